import type { Warning } from '../domain/policy.ts'
import { parseDuration } from './duration.ts'

export const WARNING_FORMS = '"75%" (of the time gone) or "30m" (left)'

/** `75%`, `30m`, `2 hours`; null when it is neither, or not within the target. */
export function parseWarning(text: string): Warning | null {
  const share = /^\s*(\d{1,2})\s*%\s*$/.exec(text)
  if (share !== null) {
    const amount = Number(share[1])
    return amount > 0 ? { unit: 'percent', amount, text: `${amount}%` } : null
  }
  const left = parseDuration(text)
  if (left === null || left.unit !== 'minutes') return null
  return { unit: 'minutes_left', amount: left.amount, text: `${text.trim()} left` }
}

/** A length of time as a policy writes it. */
export type Duration = { readonly amount: number; readonly unit: 'minutes' | 'business_days' }

const MINUTES: Readonly<Record<string, number>> = {
  m: 1,
  min: 1,
  minute: 1,
  minutes: 1,
  h: 60,
  hour: 60,
  hours: 60,
}

/** `15m`, `4h`, `90 minutes`, `1h 30m`, `3 business days`; null when it is none of these or not above zero. */
export function parseDuration(text: string): Duration | null {
  const days = /^\s*(\d{1,4}) business days?\s*$/.exec(text)
  if (days) return positive({ amount: Number(days[1]), unit: 'business_days' })
  if (!/^\s*(\d{1,6}\s*[a-z]+\s*)+$/.test(text)) return null
  let amount = 0
  for (const [, count, unit] of text.matchAll(/(\d+)\s*([a-z]+)/g)) {
    const minutes = Object.hasOwn(MINUTES, unit!) ? MINUTES[unit!] : undefined
    if (minutes === undefined) return null
    amount += Number(count) * minutes
  }
  return positive({ amount, unit: 'minutes' })
}

/** Hours for `within`: as `parseDuration`, and `7d` or `7 days` of 24 hours each. */
export function parseHours(text: string): number | null {
  const days = /^\s*(\d{1,4})\s*(d|day|days)\s*$/.exec(text)
  if (days) return Number(days[1]) * 24
  const duration = parseDuration(text)
  return duration?.unit === 'minutes' ? duration.amount / 60 : null
}

export const DURATION_FORMS = '"15m", "4h", "90 minutes" or "3 business days"'

function positive(duration: Duration): Duration | null {
  return duration.amount > 0 ? duration : null
}

import type { CompiledPolicy } from './compile-policy.ts'
import type { Incident } from './incident.ts'
import { showInstant } from './show-instant.ts'
import { isInvented } from './spike-keys.ts'
import { spokenForm } from './spike-words.ts'

/** Slots of `messages.incident`. */
export const NOTICE_SLOTS = ['topic', 'customers', 'since', 'regions'] as const

type About = Pick<Incident, 'key' | 'customers' | 'expected' | 'openedAt'> & {
  readonly regions: readonly string[]
  /** What some of its customers wrote. */
  readonly texts: readonly { readonly text: string; readonly language: string }[]
}

/** The policy's message to customers about an incident, filled; null when it has none. A draft: nothing sends it. */
export function noticeOf(policy: CompiledPolicy, incident: About): string | null {
  const { customers, openedAt, regions } = incident
  return (
    policy.incidentNotice?.({
      topic: spokenTopic(incident),
      customers,
      since: showInstant(openedAt),
      regions: regions.length === 0 ? 'all regions' : regions.join(', '),
    }) ?? null
  )
}

/** Why people of ours are told, for themselves. */
export function pageReason(incident: About): string {
  const { customers, expected, regions } = incident
  const where = regions.length === 0 ? '' : ` in ${regions.join(', ')}`
  const usual = expected < 1 ? 'fewer than 1' : String(Math.round(expected))
  return `${customers} customers report "${spokenTopic(incident)}"${where}; usual are ${usual}`
}

/** Words are counted by their stems, which nobody says. */
function spokenTopic({ key, texts }: About): string {
  return isInvented(key) ? spokenForm(topicOf(key), texts) : topicOf(key)
}

/** A key as people read it: without its kind. */
export function topicOf(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}

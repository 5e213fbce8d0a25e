import type { HappeningKind } from './happening.ts'
import type { Severity, TicketType } from './labels.ts'

/** What a platform tells about a ticket. `occurredAt` is ISO 8601 in UTC and not in the future. */
export type TicketEvent = {
  /** The sender's own id of the event: the same again is the same event. */
  readonly id: string
  readonly occurredAt: string
} & (
  | { readonly type: Exclude<HappeningKind, 'merged' | 'absorbed'> }
  /** The ticket goes on as part of `into`, another ticket of the same caller. */
  | { readonly type: 'merged'; readonly into: string }
  /** How satisfied the customer was, 1 to 5. */
  | { readonly type: 'csat'; readonly score: number; readonly comment?: string }
  /** What it turned out to be, as people know it afterwards. */
  | {
      readonly type: 'outcome'
      readonly severity?: Severity
      readonly ticketType?: TicketType
      readonly team?: string
      readonly note?: string
    }
)

/** The members that are kept beside kind and time. */
export function dataOf(event: TicketEvent): Readonly<Record<string, string | number>> {
  const { id: _id, occurredAt: _occurredAt, type: _type, ...data } = event
  if (event.type === 'merged') return { ticket: event.into }
  return data
}

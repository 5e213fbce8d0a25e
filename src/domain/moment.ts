import type { Happening } from './happening.ts'
import type { ClockKind } from './labels.ts'

/** The two instants a decision depends on, ISO 8601 in UTC, what happened between them, and to which ticket. */
export type Moment = {
  /** The platform's number, for messages to name; absent in examples. */
  readonly ticketId?: string
  /** When the decision is made. */
  readonly now: string
  /** When the customer's clocks start: `createdAt`, or arrival. */
  readonly clockStart: string
  /** What moved the clocks since; absent: nothing. */
  readonly happened?: readonly Happening[]
  /** Clocks that were warned of or missed while they ran; absent: none. */
  readonly sla?: SlaRecord
  /** Since when a person is awaited, over all revisions; absent: nobody was before this decision. */
  readonly heldSince?: string
}

/** Since when a person is awaited for the held decision that was made at this moment. */
export const heldSinceOf = ({ now, heldSince }: Pick<Moment, 'now' | 'heldSince'>): string =>
  heldSince ?? now

export type SlaRecord = {
  readonly warned: readonly ClockKind[]
  readonly breached: readonly ClockKind[]
  /** When the next of the running clocks is missed; absent when none runs. */
  readonly nextDueAt?: string
}

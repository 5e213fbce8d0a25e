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
}

export type SlaRecord = {
  readonly warned: readonly ClockKind[]
  readonly breached: readonly ClockKind[]
  /** When the next of the running clocks is missed; absent when none runs. */
  readonly nextDueAt?: string
}

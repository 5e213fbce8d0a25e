import type { Decision } from './decision.ts'
import type { TicketLink } from './earlier-contact.ts'
import type { Facts } from './facts.ts'
import type { ClockRow } from './clock-rows.ts'
import type { Happening } from './happening.ts'
import type { SlaRecord } from './moment.ts'
import type { PlannedReview } from './plan-review.ts'
import type { Roster } from './roster.ts'
import type { ScorerRun, Signals } from './signal.ts'
import type { Severity } from './labels.ts'
import type { Ticket } from './ticket.ts'

/** Everything a decision was made from; `decide` on it gives the same decision, byte for byte. */
export type Receipt = {
  readonly schema: 1
  readonly decisionId: string
  readonly ticketId: string
  /** 1 for the first decision on a ticket, then counting; each names the one it follows. */
  readonly revision: number
  readonly follows: string | null
  /** HMAC-SHA256 of the ticket text under the ticket's own salt, hex; erasing the salt cuts the link to the text. */
  readonly textHmac: string
  readonly redactedText: string
  readonly scorers: readonly ScorerRun[]
  readonly signals: Signals
  readonly facts: Facts
  readonly roster: Roster
  /** The instant the clocks were computed at, and the instant they count from. */
  readonly now: string
  readonly clockStart: string
  /** What moved the clocks before this decision, and which of them were warned of or missed. */
  readonly happened?: readonly Happening[]
  readonly sla?: SlaRecord
  /** Since when a person had been awaited; absent: nobody was before this decision. */
  readonly heldSince?: string
  readonly policy: { readonly id: string; readonly version: string; readonly hash: string }
  readonly degraded: readonly string[]
  /** Earlier tickets of the customer that this one belongs with; absent: none. */
  readonly links?: readonly TicketLink[]
  /** There when another opinion was asked for: why, and whether it had not come when this was decided. */
  readonly secondOpinion?: { readonly because: readonly string[]; readonly pending: boolean }
  readonly decision: Decision
}

/** One unit of work for the store: written whole or not at all. */
export type TriageRecord = {
  readonly receipt: Receipt
  readonly ticket: Ticket
  readonly caller: string
  /** SHA-256 of the canonical ticket, hex: same id and content is the same request. */
  readonly contentHash: string
  readonly salt: string
  readonly review: PlannedReview | null
  readonly idempotency: {
    readonly key: string
    readonly fingerprint: string
    readonly expiresAt: string
  } | null
  /** The JSON of the answer to repeat for a retry. */
  readonly answer: string
  readonly clocks: readonly ClockRow[]
  /** How many events of the ticket the clocks were worked out from. */
  readonly seen: number
  readonly claim: Claim | null
  /** What is counted for spikes: one row per key, each standing for `weight` customers. */
  readonly observed: {
    /** 64 bits of a hash, as a decimal number. */
    readonly customer: string
    readonly bucket: string
    readonly keys: readonly { readonly key: string; readonly weight: number }[]
  }
  /** The incident that the ticket is a member of from now on. */
  readonly incident: IncidentJoin | null
  /** What the ticket is about and a hash of its words, to know the customer's next ticket about the same. */
  readonly topics: readonly string[]
  readonly textHash: string
}

/** A ticket joins an open incident, with the numbers that it was decided on. */
export type IncidentJoin = {
  readonly id: string
  readonly customer: string
  readonly region: string | null
  /** Decided before the incident was there. */
  readonly earlier: boolean
  /** Keys of the ticket that belong to the incident. */
  readonly keys: readonly string[]
  readonly customers: number
  readonly expected: number
  readonly ratio: number
}

/**
 * What the choice of an owner rests on. The store records the decision only while that is still so: the person is
 * below `capacity`, owns `open` tickets where the load decided, and the team's last turn is `turn` where that did.
 */
export type Claim = {
  readonly person: string
  readonly capacity?: number
  readonly open?: number
  readonly team?: string
  readonly turn?: number
}

/** The decision that stands for a ticket when changed content arrives. */
export type PreviousDecision = {
  /** What it was made from. */
  readonly receipt: Receipt
  /** The content that the ticket stands at. */
  readonly contentHash: string
  readonly decisionId: string
  readonly revision: number
  readonly severity: Severity
  /** It still waits for a person. */
  readonly held: boolean
  /** Since when, over all revisions; null: it does not. */
  readonly heldSince: string | null
  readonly owner: string
  /** Where the clocks of the first decision began. */
  readonly clockStart: string
  readonly happened: readonly Happening[]
  /** How many events of the ticket that were read from. */
  readonly seen: number
  readonly sla: SlaRecord
}

/** What became of a record. `stale`: the ticket already has a decision that this record does not follow. */
export type RecordOutcome =
  | { readonly kind: 'recorded'; readonly answer: string }
  | { readonly kind: 'replayed'; readonly answer: string }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'stale'; readonly previous: PreviousDecision }

/**
 * Writes a record whole or not at all. Where the owner has no room any more or the turn was taken meanwhile, it asks for
 * the decision on a fresh roster, which nobody else can change until that one is written.
 */
export type Recorder = (
  record: TriageRecord,
  decideOn: (roster: Roster) => TriageRecord,
) => Promise<RecordOutcome>

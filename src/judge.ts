import { answerOf } from './domain/answer.ts'
import { buildFacts } from './domain/build-facts.ts'
import { claimOf } from './domain/claim.ts'
import { clockRows } from './domain/clock-rows.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { decide } from './domain/decide.ts'
import { degradedSteps } from './domain/degraded.ts'
import type { Repeats } from './domain/earlier-contact.ts'
import type { Evidence } from './domain/facts.ts'
import type { Moment } from './domain/moment.ts'
import type { Judge, Judged } from './domain/raise-only.ts'
import type { PreviousDecision, Receipt, TriageRecord } from './domain/receipt.ts'
import type { Roster } from './domain/roster.ts'
import type { ScorerRun, Signals } from './domain/signal.ts'
import type { Ticket } from './domain/ticket.ts'
import { planReview } from './domain/plan-review.ts'
import { ticketText } from './domain/ticket.ts'
import { findInstructionShaped } from './domain/untrusted-text.ts'
import { fingerprint, hmac } from './fingerprint.ts'

/** What is the same for every decision about one arrival of a ticket. */
export type Arrival = Pick<
  TriageRecord,
  'caller' | 'idempotency' | 'salt' | 'observed' | 'incident' | 'topics' | 'textHash'
> & {
  readonly ticket: Ticket
  readonly original: string
  readonly redacted: string
  readonly instructionShaped: readonly Evidence[]
  readonly repeats: Repeats
  readonly policy: CompiledPolicy
  readonly newId: () => string
}

type Arriving = Omit<
  Arrival,
  'salt' | 'ticket' | 'original' | 'instructionShaped' | 'policy' | 'newId'
>

export function arrivalOf(
  ticket: Ticket,
  arriving: Arriving,
  deps: {
    readonly policy: CompiledPolicy
    readonly newId: () => string
    readonly newSalt: () => string
  },
): Arrival {
  const original = ticketText(ticket)
  const instructionShaped = findInstructionShaped(original).map((seen) => ({
    ...seen,
    quote: arriving.redacted.slice(seen.start, seen.end),
  }))
  const { policy, newId } = deps
  const salt = deps.newSalt()
  return { ...arriving, salt, ticket, original, instructionShaped, policy, newId }
}

/** What a decision is made from besides. */
export type Scoring = {
  readonly runs: readonly ScorerRun[]
  readonly signals: Signals
  readonly roster: Roster
  readonly at: Moment
  readonly secondOpinion?: NonNullable<Receipt['secondOpinion']>
}

/** Facts and decision under the policy; `previous` is the decision that changed content revises. */
export function judgeOf(
  { ticket, instructionShaped, repeats, policy }: Arrival,
  { runs, roster, at }: Scoring,
  previous: PreviousDecision | null,
): Judge {
  const degraded = degradedSteps(runs)
  const before = previous === null ? {} : { before: previous }
  return {
    factsOf: (signals) =>
      buildFacts(
        ticket,
        { signals, degraded, instructionShaped, repeats: repeats.facts, ...before },
        at,
        policy.policy.types,
      ),
    decideOn: (facts) => decide(facts, policy, roster, at),
  }
}

/**
 * The scoring as it is for a ticket that was here before: its clocks count from when they first began, and what
 * happened to it since counts.
 */
export function scoringAfter(scoring: Scoring, previous: PreviousDecision | null): Scoring {
  return previous === null ? scoring : { ...scoring, at: momentAfter(scoring.at, previous) }
}

/** The moment as it is for a ticket that was here before. */
export function momentAfter(
  { ticketId, now, clockStart: start }: Moment,
  previous: PreviousDecision,
): Moment {
  const { clockStart, happened, sla, heldSince } = previous
  // A reopened ticket is a new wait.
  const waits =
    heldSince !== null && !happened.some(({ kind, at }) => kind === 'reopened' && at > heldSince)
  return {
    ...(ticketId !== undefined && { ticketId }),
    now,
    clockStart: clockStart < start ? clockStart : start,
    ...(happened.length > 0 && { happened }),
    ...((sla.warned.length > 0 || sla.breached.length > 0) && { sla }),
    ...(waits && { heldSince }),
  }
}

export function judgeSignals(signals: Signals, { factsOf, decideOn }: Judge): Judged {
  const facts = factsOf(signals)
  return { signals, facts, decision: decideOn(facts) }
}

/** Everything that the store writes for one decision. */
export function recordOf(
  { ticket, original, redacted, repeats, policy, newId, ...arrival }: Arrival,
  { runs, roster, at, secondOpinion }: Scoring,
  { signals, facts, decision }: Judged,
  follows: Pick<PreviousDecision, 'decisionId' | 'revision' | 'owner' | 'seen'> | null,
): TriageRecord {
  const { caller, idempotency, salt, observed, incident, topics, textHash } = arrival
  const { id, version, hash } = policy.policy
  const receipt: Receipt = {
    schema: 1,
    decisionId: newId(),
    ticketId: ticket.id,
    revision: (follows?.revision ?? 0) + 1,
    follows: follows?.decisionId ?? null,
    textHmac: hmac(salt, original),
    redactedText: redacted,
    scorers: runs,
    signals,
    facts,
    roster,
    ...at,
    policy: { id, version, hash },
    degraded: degradedSteps(runs),
    ...(repeats.links.length > 0 && { links: repeats.links }),
    ...(secondOpinion && { secondOpinion }),
    decision,
  }
  const review = planReview({ ...receipt, now: at.now }, policy, newId)
  const reviewId = review?.kind === 'held' ? review.id : null
  return {
    caller,
    idempotency,
    receipt,
    ticket,
    contentHash: fingerprint(ticket),
    salt,
    review,
    answer: JSON.stringify(answerOf(receipt, reviewId)),
    clocks: clockRows(decision, policy, at),
    seen: follows?.seen ?? 0,
    claim: claimOf(decision, policy, roster, follows?.owner),
    observed,
    incident,
    topics,
    textHash,
  }
}

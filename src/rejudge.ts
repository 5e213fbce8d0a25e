import type { CompiledPolicy } from './domain/compile-policy.ts'
import type { Decision } from './domain/decision.ts'
import type { Facts } from './domain/facts.ts'
import { bucketOf } from './domain/incident.ts'
import { isNoLower, isRaise } from './domain/raise-only.ts'
import type { PreviousDecision, Receipt, RecordOutcome, Recorder } from './domain/receipt.ts'
import type { Roster } from './domain/roster.ts'
import type { Ticket } from './domain/ticket.ts'
import type { Scoring } from './judge.ts'
import { arrivalOf, judgeOf, judgeSignals, recordOf, scoringAfter } from './judge.ts'

/** A standing decision with what it was made from and what happened since. */
export type Standing = {
  readonly caller: string
  readonly ticket: Ticket | null
  readonly salt: string | null
  readonly topics: readonly string[]
  readonly textHash: string
  readonly undecided: boolean
  readonly receipt: Receipt
  readonly previous: PreviousDecision
}

export type RejudgeDeps = {
  readonly policy: CompiledPolicy
  readonly roster: () => Promise<Roster>
  readonly record: Recorder
  readonly now: () => Date
  readonly newId: () => string
}

/**
 * Decides a ticket again on its old scores, because time passed or something happened: warnings and misses are facts
 * now. Only a raise is recorded, as a revision; or, for a ticket that was reopened, that somebody else goes on with it
 * because its owner is away. Null when nothing changes; a person's decision is never revised.
 */
export async function rejudge(
  { caller, ticket, salt, topics, textHash, undecided, receipt, previous }: Standing,
  deps: RejudgeDeps,
): Promise<RecordOutcome | null> {
  if (!undecided || ticket === null || salt === null) return null
  const { policy, newId } = deps
  // The request and its words were counted with the first decision.
  const arrival = arrivalOf(
    ticket,
    {
      caller,
      idempotency: null,
      redacted: receipt.redactedText,
      observed: { customer: '0', bucket: bucketOf(deps.now()), keys: [] },
      incident: null,
      topics,
      textHash,
      repeats: { links: receipt.links ?? [], facts: lastingFacts(receipt) },
    },
    { policy, newId, newSalt: () => salt },
  )
  const { ticketId, clockStart } = receipt
  const at = { ticketId, now: deps.now().toISOString(), clockStart }
  const { secondOpinion } = receipt
  const scoringOn = (roster: Roster): Scoring =>
    scoringAfter(
      {
        runs: receipt.scorers,
        signals: receipt.signals,
        roster,
        at,
        ...(secondOpinion && { secondOpinion }),
      },
      previous,
    )
  const reviseOn = (roster: Roster) => {
    const scoring = scoringOn(roster)
    const judged = judgeSignals(receipt.signals, judgeOf(arrival, scoring, previous))
    const { decision } = judged
    const changes = isRaise(receipt.decision, decision) || handsOver(receipt, decision, previous)
    return changes ? recordOf(arrival, scoring, judged, previous) : null
  }
  const revised = reviseOn(await deps.roster())
  if (revised === null) return null
  return deps.record(revised, (roster) => reviseOn(roster) ?? revised)
}

/** What was known beside the ticket and its scores, as far as time does not change it. */
function lastingFacts({ facts }: Receipt): Facts['values'] {
  return Object.fromEntries(Object.entries(facts.values).filter(([name]) => !MOVING.has(name)))
}

const MOVING: ReadonlySet<string> = new Set([
  'ticket.ageMinutes',
  'ticket.severityBefore',
  'ticket.heldBefore',
  'ticket.ownerBefore',
  'customer.renewal',
  'history.breaches',
  'history.minutesToBreach',
  'sla.warned',
  'sla.breached',
])

/** A reopened ticket does not wait for an owner who has gone home. */
function handsOver(
  { decision, now }: Receipt,
  after: Decision,
  previous: PreviousDecision,
): boolean {
  const reopened = previous.happened.some(({ kind, at }) => kind === 'reopened' && at > now)
  return reopened && after.route.owner.id !== previous.owner && isNoLower(decision, after)
}

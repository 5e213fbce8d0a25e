import type { SpikeDeps } from './count-customers.ts'
import { countCustomers } from './count-customers.ts'
import { combineSignals } from './domain/combine-signals.ts'
import { coverEvidence } from './domain/cover-evidence.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import type { EarlierContact } from './domain/earlier-contact.ts'
import { findRepeats } from './domain/earlier-contact.ts'
import { TriageError } from './domain/errors.ts'
import type { Moment } from './domain/moment.ts'
import type { PreviousDecision, RecordOutcome, Recorder, TriageRecord } from './domain/receipt.ts'
import { coverNames, redact } from './domain/redact.ts'
import type { Range } from './domain/quoted-lines.ts'
import type { Roster } from './domain/roster.ts'
import type { Scorer, ScorerInput } from './domain/signal.ts'
import type { Ticket } from './domain/ticket.ts'
import { clockStart, ticketText } from './domain/ticket.ts'
import { fingerprint } from './fingerprint.ts'
import type { Scoring } from './judge.ts'
import { arrivalOf, judgeOf, recordOf, scoringAfter } from './judge.ts'
import { runScorer } from './run-scorer.ts'
import type { Recorded, SecondOpinion } from './second-opinion.ts'
import { askSecondOpinion, heardBy, judgeWith, reviseLate, scoringTime } from './second-opinion.ts'

/** Who asks, and how a retry is recognised. */
export type TriageRequest = {
  /** The caller that ticket ids and idempotency keys are unique in. */
  readonly caller: string
  readonly idempotency: TriageRecord['idempotency']
  /** How long the caller waits for the answer; absent: the usual budget. */
  readonly waitMs?: number
}

/** What the path needs from outside; a test or an eval passes its own. */
export type TriageDeps = SpikeDeps & {
  readonly policy: CompiledPolicy
  readonly scorers: readonly Scorer[]
  /** Names of people in a text; absent: they stay. */
  readonly findNames?: (text: string) => readonly Range[]
  /** Absent: the scorers have the last word. */
  readonly secondOpinion?: SecondOpinion
  readonly roster: () => Promise<Roster>
  /** The customer's newest tickets; absent where nothing is kept. */
  readonly earlierContacts?: (
    customer: string,
    caller: string,
  ) => Promise<readonly EarlierContact[]>
  readonly record: Recorder
  readonly now: () => Date
  /** Monotonic milliseconds, for the scorers' durations only. */
  readonly elapsedMs: () => number
  readonly newId: () => string
  readonly newSalt: () => string
}

/**
 * The service in one function: ticket → redact → score → facts → decide → dispose → record → answer.
 * Production, eval and backtest all call it. Rejects only when `record` does (the store cannot commit), or when others
 * change the ticket faster than it can be decided.
 */
export async function triage(
  ticket: Ticket,
  request: TriageRequest,
  deps: TriageDeps,
): Promise<RecordOutcome> {
  const started = deps.elapsedMs()
  const now = deps.now()
  const at: Moment = {
    ticketId: ticket.id,
    now: now.toISOString(),
    clockStart: clockStart(ticket, now).toISOString(),
  }
  const { text: scored, said } = redact(ticketText(ticket))
  // Names say nothing about severity and may be part of a phrase: they are covered in what is kept or leaves the house.
  const redacted = coverNames(scored, deps.findNames?.(scored) ?? [])

  const input = inputOf({ text: scored, covered: redacted, said }, ticket, request)
  const [earlier, ...ran] = await Promise.all([
    earlierOf(ticket, request, deps),
    ...deps.scorers.map((scorer) => runScorer(scorer, input, deps.elapsedMs)),
  ])
  const runs = coverEvidence(ran, redacted)
  const counted = await countCustomers(ticket, { text: redacted, runs, now }, deps)
  const repeats = findRepeats({ id: ticket.id, now, ...counted }, earlier)
  const signals = combineSignals(runs, counted.spikes)

  const arrival = arrivalOf(ticket, { ...request, ...counted, redacted, repeats }, deps)
  const first: Scoring = { runs, signals, roster: await deps.roster(), at }
  const { secondOpinion, elapsedMs } = deps
  const answerMs = request.waitMs ?? secondOpinion?.answerBudgetMs ?? 0
  const dueMs = started + scoringTime(answerMs, secondOpinion?.reserve?.ms())
  const opinion = await askSecondOpinion(arrival, first, { secondOpinion, dueMs, elapsedMs })
  const waitedUntil = Math.min(dueMs, elapsedMs())
  const scoring = heardBy(first, opinion)

  function decideAfter(previous: PreviousDecision | null, roster = scoring.roster) {
    const known = scoringAfter({ ...scoring, roster }, previous)
    const judged = judgeWith(known, opinion, judgeOf(arrival, known, previous))
    const record = recordOf(arrival, known, judged, previous)
    return (decided = { arrival, scoring: known, judged, record, previous })
  }
  let decided: Recorded
  const record = (previous: PreviousDecision | null) =>
    deps.record(decideAfter(previous).record, (roster) => decideAfter(previous, roster).record)

  let outcome = await record(null)
  // The ticket was here before with other content: decide again, linked to that decision and never below it.
  for (let tries = 1; outcome.kind === 'stale'; tries++) {
    if (tries === MOST_TRIES) throw changesTooFast()
    const { previous } = outcome
    // Another replica was faster with the same content: there is nothing to revise, and its answer is ours.
    outcome = await record(previous.contentHash === fingerprint(ticket) ? null : previous)
  }
  secondOpinion?.reserve?.took(elapsedMs() - waitedUntil)
  if (opinion.kind === 'late' && outcome.kind === 'recorded')
    secondOpinion?.later(reviseLate(decided!, opinion, deps))
  return outcome
}

/** Each further try means that somebody else changed the ticket meanwhile. */
const MOST_TRIES = 20

const changesTooFast = () =>
  new TriageError('store_unavailable', 'Cannot decide now: the ticket is being changed by others', {
    detail: { retryAfterSeconds: 1 },
  })

/** Nobody knows who writes without a customer id, so there is nothing earlier. */
async function earlierOf({ customer }: Ticket, { caller }: TriageRequest, deps: TriageDeps) {
  return customer?.id === undefined
    ? []
    : ((await deps.earlierContacts?.(customer.id, caller)) ?? [])
}

function inputOf(
  texts: Pick<ScorerInput, 'text' | 'covered' | 'said'>,
  { language }: Ticket,
  { waitMs }: TriageRequest,
): ScorerInput {
  return {
    ...texts,
    ...(language !== undefined && { language }),
    ...(waitMs !== undefined && { waitMs: scoringTime(waitMs) }),
  }
}

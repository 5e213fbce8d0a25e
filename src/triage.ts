import { combineSignals } from './domain/combine-signals.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import type { Moment } from './domain/moment.ts'
import type { PreviousDecision, RecordOutcome, Recorder, TriageRecord } from './domain/receipt.ts'
import { redact } from './domain/redact.ts'
import type { Roster } from './domain/roster.ts'
import type { Scorer, ScorerInput } from './domain/signal.ts'
import type { KeyVolume } from './domain/spike.ts'
import { detectSpikes, spikeKeys } from './domain/spike.ts'
import type { Ticket } from './domain/ticket.ts'
import { clockStart, ticketText } from './domain/ticket.ts'
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

export type VolumeQuery = {
  readonly keys: readonly string[]
  readonly customer: string
  readonly now: Date
  readonly windowMinutes: number
}

/** What the path needs from outside; a test or an eval passes its own. */
export type TriageDeps = {
  readonly policy: CompiledPolicy
  readonly scorers: readonly Scorer[]
  /** Absent: the scorers have the last word. */
  readonly secondOpinion?: SecondOpinion
  readonly roster: () => Promise<Roster>
  readonly recentVolume: (query: VolumeQuery) => Promise<readonly KeyVolume[]>
  readonly record: Recorder
  readonly now: () => Date
  /** Monotonic milliseconds, for the scorers' durations only. */
  readonly elapsedMs: () => number
  readonly newId: () => string
  readonly newSalt: () => string
}

/**
 * The service in one function: ticket → redact → score → facts → decide → dispose → record → answer.
 * Production, eval and backtest all call it. Rejects only when `record` does (the store cannot commit).
 */
export async function triage(
  ticket: Ticket,
  request: TriageRequest,
  deps: TriageDeps,
): Promise<RecordOutcome> {
  const started = deps.elapsedMs()
  const now = deps.now()
  const at: Moment = { now: now.toISOString(), clockStart: clockStart(ticket, now).toISOString() }
  const redacted = redact(ticketText(ticket)).text

  const input = inputOf(redacted, ticket, request)
  const runs = await Promise.all(
    deps.scorers.map((scorer) => runScorer(scorer, input, deps.elapsedMs)),
  )
  const keys = spikeKeys(redacted, combineSignals(runs, []))
  const customer = ticket.customer?.id ?? ANONYMOUS
  const { spikes } = deps.policy.policy
  const { windowMinutes } = spikes
  const volumes = await deps.recentVolume({ keys, customer, now, windowMinutes })
  const signals = combineSignals(runs, detectSpikes(volumes, spikes))

  const observed = { customer, keys }
  const arrival = arrivalOf(ticket, { ...request, redacted, observed }, deps)
  const first: Scoring = { runs, signals, roster: await deps.roster(), at }
  const { secondOpinion, elapsedMs } = deps
  const dueMs = started + scoringTime(request.waitMs ?? secondOpinion?.answerBudgetMs ?? 0)
  const opinion = await askSecondOpinion(arrival, first, { secondOpinion, dueMs, elapsedMs })
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
  while (outcome.kind === 'stale') outcome = await record(outcome.previous)
  if (opinion.kind === 'late' && outcome.kind === 'recorded')
    secondOpinion?.later(reviseLate(decided!, opinion, deps))
  return outcome
}

/** Tickets without a customer id count as one customer, so that nobody can fake a crowd by leaving it out. */
const ANONYMOUS = 'anonymous'

function inputOf(text: string, { language }: Ticket, { waitMs }: TriageRequest): ScorerInput {
  return {
    text,
    ...(language !== undefined && { language }),
    ...(waitMs !== undefined && { waitMs: scoringTime(waitMs) }),
  }
}

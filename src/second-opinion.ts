import type { AnswerReserve } from './answer-reserve.ts'
import { reasonsToAsk } from './domain/cascade.ts'
import { TriageError } from './domain/errors.ts'
import { heldSinceOf } from './domain/moment.ts'
import { raiseOnly } from './domain/raise-only.ts'
import type { Judge, Judged } from './domain/raise-only.ts'
import type {
  PreviousDecision,
  Receipt,
  RecordOutcome,
  Recorder,
  TriageRecord,
} from './domain/receipt.ts'
import type { Roster } from './domain/roster.ts'
import type { Scorer, ScorerRun } from './domain/signal.ts'
import { fingerprint } from './fingerprint.ts'
import type { Arrival, Scoring } from './judge.ts'
import { judgeOf, judgeSignals, recordOf, scoringAfter } from './judge.ts'
import { runScorer } from './run-scorer.ts'

/** A scorer that is asked when the others are in doubt. It may raise a decision and never lower one. */
export type SecondOpinion = {
  readonly scorer: Scorer
  /** `POST /triage` answers within this, with or without it. */
  readonly answerBudgetMs: number
  /** Absent: nothing is measured. */
  readonly reserve?: AnswerReserve
  /** The ticket stands at this content already: a retry, which nobody pays for twice. */
  readonly isKnown: (caller: string, ticketId: string, contentHash: string) => Promise<boolean>
  /** Takes the revision that a late opinion may still make; null: it changed nothing. */
  readonly later: (revision: Promise<RecordOutcome | null>) => void
}

type Asked = { readonly because: readonly string[] }
export type Opinion =
  | { readonly kind: 'not_asked' }
  | (Asked & { readonly kind: 'in_time'; readonly run: ScorerRun })
  | (Asked & { readonly kind: 'late'; readonly run: Promise<ScorerRun> })

const NOT_ASKED: Opinion = { kind: 'not_asked' }

/** Asks where the policy wants it and waits until the answer is due. The call goes on when the answer does not wait. */
export async function askSecondOpinion(
  arrival: Arrival,
  scoring: Scoring,
  asking: {
    readonly secondOpinion: SecondOpinion | undefined
    readonly dueMs: number
    readonly elapsedMs: () => number
  },
): Promise<Opinion> {
  const { secondOpinion, dueMs, elapsedMs } = asking
  if (secondOpinion === undefined) return NOT_ASKED
  const { policy, redacted, caller, ticket } = arrival
  const before = judgeSignals(scoring.signals, judgeOf(arrival, scoring, null))
  // Nothing is above P1, and every P1 is held.
  if (before.decision.severity === 'P1') return NOT_ASKED
  const because = reasonsToAsk(policy.scoring.ask, before, policy.askWhen)
  if (because.length === 0) return NOT_ASKED
  if (await secondOpinion.isKnown(caller, ticket.id, fingerprint(ticket))) return NOT_ASKED
  const run = runScorer(secondOpinion.scorer, { text: redacted }, elapsedMs)
  const inTime = await within(run, dueMs - elapsedMs())
  return inTime === null
    ? { kind: 'late', because, run }
    : { kind: 'in_time', because, run: inTime }
}

/** What the first decision is made from: an opinion that came is heard, one that failed is a step down the ladder. */
export function heardBy(scoring: Scoring, opinion: Opinion): Scoring {
  if (opinion.kind === 'not_asked') return scoring
  const { because } = opinion
  return opinion.kind === 'late'
    ? { ...scoring, secondOpinion: { because, pending: true } }
    : {
        ...scoring,
        runs: [...scoring.runs, opinion.run],
        secondOpinion: { because, pending: false },
      }
}

/** The decision on the first scores, raised by what an opinion in time says. */
export function judgeWith({ signals }: Scoring, opinion: Opinion, judge: Judge): Judged {
  const before = judgeSignals(signals, judge)
  if (opinion.kind !== 'in_time') return before
  return raiseOnly(before, opinion.run.scores, judge) ?? before
}

/** The decision that was recorded without the late opinion. */
export type Recorded = {
  readonly arrival: Arrival
  readonly scoring: Scoring
  readonly judged: Judged
  readonly record: TriageRecord
  readonly previous: PreviousDecision | null
}

/** A decision that a late opinion may raise. */
type Base = {
  readonly receipt: Receipt
  /** What it revised, which is part of its facts. */
  readonly before: PreviousDecision | null
  readonly owner: string
  /** What happened to the ticket since; null: nothing that we know of. */
  readonly since: PreviousDecision | null
}

/**
 * Waits for a late opinion and records the revision that it raises to, linked to the decision that stands by then: what
 * an incident or a missed target raised meanwhile stays raised. Null when it raises nothing. A late failure is a step
 * down the ladder as any other: it holds what nobody else holds. The store drops the revision when the ticket says
 * something else by now or a person has decided.
 */
export async function reviseLate(
  { arrival, scoring, record, previous }: Recorded,
  opinion: Extract<Opinion, { kind: 'late' }>,
  deps: {
    readonly now: () => Date
    readonly roster: () => Promise<Roster>
    readonly record: Recorder
  },
): Promise<RecordOutcome | null> {
  const run = await opinion.run
  // The request and its words were counted with the first decision.
  const { observed } = arrival
  const counted: Arrival = {
    ...arrival,
    idempotency: null,
    observed: { ...observed, keys: [] },
    incident: null,
  }
  const { heldSince: _before, ...at } = scoring.at
  const now = deps.now().toISOString()

  async function reviseOn({ receipt, before, owner, since }: Base) {
    const { decisionId, revision, signals, facts, decision, scorers } = receipt
    const held = decision.disposition === 'review'
    const known = scoringAfter(
      {
        runs: [...scorers, run],
        signals,
        roster: await deps.roster(),
        at: { ...at, now, ...(held && { heldSince: heldSinceOf(receipt) }) },
        secondOpinion: { because: opinion.because, pending: false },
      },
      since,
    )
    const follows = { decisionId, revision, owner, seen: since?.seen ?? record.seen }
    const on = (roster: Roster) => {
      const fresh = { ...known, roster }
      const judge = judgeOf(arrival, fresh, before)
      const raised = raiseOnly({ signals, facts, decision }, run.scores, judge)
      return raised && recordOf(counted, fresh, raised, follows)
    }
    const raised = on(known.roster)
    return raised && persistently(() => deps.record(raised, (roster) => on(roster) ?? raised))
  }

  const { receipt } = record
  const { id: owner } = receipt.decision.route.owner
  let base: Base = { receipt, before: previous, owner, since: null }
  for (let tries = 1; ; tries++) {
    const outcome = await reviseOn(base)
    if (outcome?.kind !== 'stale' || tries === MOST_TRIES) return outcome
    const { previous: standing } = outcome
    const isSame = standing.decisionId === base.receipt.decisionId
    const replaced = standing.contentHash !== record.contentHash
    // Or it was decided or solved, and nothing that happened since explains it.
    if (replaced || (isSame && standing.seen === (base.since?.seen ?? record.seen))) return outcome
    base = {
      receipt: standing.receipt,
      before: isSame ? base.before : standing,
      owner: standing.owner,
      since: standing,
    }
  }
}

const MOST_TRIES = 5
const PAUSES_MS = [500, 2_000, 10_000]

/** No caller asks again for what no answer waits for. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS)
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TriageError && error.code === 'store_unavailable')) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  return work()
}

/**
 * What is left for scoring of the time until an answer is due; the rest is for deciding and recording: 100 ms or what was
 * measured, but never more than half.
 */
export function scoringTime(answerMs: number, measuredMs = 0): number {
  const least = Math.min(STORE_MS, answerMs / 4)
  return answerMs - Math.max(least, Math.min(measuredMs, answerMs / 2))
}

const STORE_MS = 100

/** Null when it takes longer; what has come already is in time. */
function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), Math.max(0, ms))
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

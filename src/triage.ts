import { answerOf } from './domain/answer.ts'
import { buildFacts } from './domain/build-facts.ts'
import { combineSignals } from './domain/combine-signals.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { decide } from './domain/decide.ts'
import { degradedSteps } from './domain/degraded.ts'
import type { Moment } from './domain/moment.ts'
import { TriageError } from './domain/errors.ts'
import type { PreviousDecision, Receipt, RecordOutcome, TriageRecord } from './domain/receipt.ts'
import { redact } from './domain/redact.ts'
import type { Roster } from './domain/roster.ts'
import type { Scorer, ScorerInput, ScorerRun } from './domain/signal.ts'
import type { KeyVolume } from './domain/spike.ts'
import { detectSpikes, spikeKeys } from './domain/spike.ts'
import type { Ticket } from './domain/ticket.ts'
import { clockStart, ticketText } from './domain/ticket.ts'
import { findInstructionShaped } from './domain/untrusted-text.ts'
import { fingerprint, hmac } from './fingerprint.ts'

/** Who asks, and how a retry is recognised. */
export type TriageRequest = {
  /** The caller that ticket ids and idempotency keys are unique in. */
  readonly caller: string
  readonly idempotency: TriageRecord['idempotency']
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
  readonly roster: () => Promise<Roster>
  readonly recentVolume: (query: VolumeQuery) => Promise<readonly KeyVolume[]>
  readonly record: (record: TriageRecord) => Promise<RecordOutcome>
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
  const now = deps.now()
  const at: Moment = { now: now.toISOString(), clockStart: clockStart(ticket, now).toISOString() }
  const original = ticketText(ticket)
  const redacted = redact(original).text

  const runs = await scoreAll({ text: redacted, ...declaredLanguage(ticket) }, deps)
  const keys = spikeKeys(redacted, combineSignals(runs, []))
  const customer = ticket.customer?.id ?? ANONYMOUS
  const { policy } = deps.policy
  const volumes = await deps.recentVolume({
    keys,
    customer,
    now,
    windowMinutes: policy.spikes.windowMinutes,
  })
  const signals = combineSignals(runs, detectSpikes(volumes, policy.spikes))

  const degraded = degradedSteps(runs)
  const instructionShaped = findInstructionShaped(original).map((seen) => ({
    ...seen,
    quote: redacted.slice(seen.start, seen.end),
  }))
  const roster = await deps.roster()
  const salt = deps.newSalt()

  function decideAfter(previous: PreviousDecision | null): TriageRecord {
    const before = previous === null ? {} : { before: previous }
    const scored = { signals, degraded, instructionShaped, ...before }
    const facts = buildFacts(ticket, scored, at, policy.types)
    const decision = decide(facts, deps.policy, roster, at)
    const receipt: Receipt = {
      schema: 1,
      decisionId: deps.newId(),
      ticketId: ticket.id,
      revision: (previous?.revision ?? 0) + 1,
      follows: previous?.decisionId ?? null,
      textHmac: hmac(salt, original),
      redactedText: redacted,
      scorers: runs,
      signals,
      facts,
      roster,
      ...at,
      policy: { id: policy.id, version: policy.version, hash: policy.hash },
      degraded,
      decision,
    }
    const reviewId = decision.disposition === 'review' ? deps.newId() : null
    return {
      ...request,
      receipt,
      ticket,
      contentHash: fingerprint(ticket),
      salt,
      reviewId,
      answer: JSON.stringify(answerOf(receipt, reviewId)),
      observed: { customer, keys },
    }
  }

  let outcome = await deps.record(decideAfter(null))
  // The ticket was here before with other content: decide again, linked to that decision and never below it.
  while (outcome.kind === 'stale') outcome = await deps.record(decideAfter(outcome.previous))
  return outcome
}

/** Tickets without a customer id count as one customer, so that nobody can fake a crowd by leaving it out. */
const ANONYMOUS = 'anonymous'

const declaredLanguage = ({ language }: Ticket) => (language === undefined ? {} : { language })

/** A scorer that fails is a step down the ladder, not a failed ticket. */
async function scoreAll(input: ScorerInput, deps: TriageDeps): Promise<readonly ScorerRun[]> {
  return Promise.all(
    deps.scorers.map(async ({ name, version, score }) => {
      const start = deps.elapsedMs()
      const ms = () => Math.round((deps.elapsedMs() - start) * 1000) / 1000
      try {
        const scores = await score(input)
        return { name, version, ms: ms(), scores }
      } catch (error) {
        return { name, version, ms: ms(), scores: {}, failure: failureOf(error) }
      }
    }),
  )
}

/** Only our own messages are shown: a foreign error may quote the ticket. */
function failureOf(error: unknown): string {
  return error instanceof TriageError ? error.message : 'failed'
}

import { answerOf } from './domain/answer.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { decide } from './domain/decide.ts'
import type { Facts } from './domain/facts.ts'
import { SEVERITIES, type Severity } from './domain/labels.ts'
import type { Moment } from './domain/moment.ts'
import { planSample, type PlannedReview } from './domain/plan-review.ts'
import type { PolicyCase } from './domain/policy.ts'
import type { Receipt, RecordOutcome, TriageRecord } from './domain/receipt.ts'
import { EMPTY_ROSTER } from './domain/roster.ts'
import { shareOf } from './domain/share-of.ts'
import type { Signals } from './domain/signal.ts'
import { ticketText, type Ticket } from './domain/ticket.ts'
import { fingerprint, hmac } from './fingerprint.ts'

const BY_HAND = { unscored: 'set by hand in a policy case' } as const
const NOTHING_SCORED: Signals = {
  sentiment: BY_HAND,
  emotions: BY_HAND,
  intent: BY_HAND,
  urgency: BY_HAND,
  priority: BY_HAND,
  language: BY_HAND,
  triggers: [],
  spikes: [],
}

/** Who "sent" an exercise; no platform has this name, so none of them can see it. */
export const EXERCISE_CALLER = 'service exercise'

/** Of the exercises that show a suggestion, so many show a wrong one. */
const PLANTED_SHARE = 0.5

export type ExerciseDeps = {
  readonly policy: CompiledPolicy
  /** Exercises that wait, and exercises and all reviews decided since then. */
  readonly countReviews: (since: Date) => Promise<{
    readonly waiting: number
    readonly exercises: number
    readonly decided: number
  }>
  /** The facts of an example, as its author set them. */
  readonly factsOf: (example: PolicyCase, policy: CompiledPolicy, at: Moment) => Facts
  readonly record: (record: TriageRecord) => Promise<RecordOutcome>
  /** Takes an exercise out of everybody's open work. */
  readonly putAside: (ticketId: string, now: Date) => Promise<void>
  readonly newId: () => string
}

const DAY_MS = 24 * 3_600_000

/**
 * Keeps the share of reviews with a known answer at what the policy asks for: an example ticket of the policy with its
 * expected decision joins the queue, at times with a wrong suggestion. Nothing of it leaves the house. Gives 1 when one
 * was planted. Two replicas may plant one each; the share is kept by the next looks.
 */
export async function plantExercise(now: Date, deps: ExerciseDeps): Promise<number> {
  const share = deps.policy.policy.review.samples?.known ?? 0
  const examples = deps.policy.policy.cases.filter(
    ({ ticket, expect }) => typeof ticket['body'] === 'string' && expect.severity !== undefined,
  )
  if (share === 0 || examples.length === 0) return 0
  const counts = await deps.countReviews(new Date(now.getTime() - DAY_MS))
  if (counts.waiting > 0 || counts.exercises >= share * counts.decided) return 0
  const id = deps.newId()
  const example = examples[Math.floor(shareOf(id, 'example') * examples.length)]!
  const record = exerciseOf(example, id, now, deps)
  await deps.record(record)
  await deps.putAside(record.ticket.id, now)
  return 1
}

function exerciseOf(
  example: PolicyCase,
  id: string,
  now: Date,
  { policy, factsOf, newId }: ExerciseDeps,
): TriageRecord {
  const at: Moment = { now: now.toISOString(), clockStart: now.toISOString() }
  const ticket = { ...example.ticket, id } as Ticket
  const facts = factsOf(example, policy, at)
  const decision = decide(facts, policy, EMPTY_ROSTER, at)
  const text = ticketText(ticket)
  const salt = newId()
  const { id: policyId, version, hash } = policy.policy
  const receipt: Receipt = {
    schema: 1,
    decisionId: newId(),
    ticketId: id,
    revision: 1,
    follows: null,
    textHmac: hmac(salt, text),
    redactedText: text,
    scorers: [],
    signals: NOTHING_SCORED,
    facts,
    roster: EMPTY_ROSTER,
    ...at,
    policy: { id: policyId, version, hash },
    degraded: [],
    decision,
  }
  return {
    receipt,
    ticket,
    caller: EXERCISE_CALLER,
    contentHash: fingerprint(ticket),
    salt,
    review: reviewOf(receipt, example, policy, newId),
    idempotency: null,
    answer: JSON.stringify(answerOf(receipt, null)),
    clocks: [],
    seen: 0,
    claim: null,
    observed: { customer: '0', bucket: at.now, keys: [] },
    incident: null,
    topics: [],
    textHash: fingerprint(text),
  }
}

function reviewOf(
  receipt: Receipt,
  { expect }: PolicyCase,
  policy: CompiledPolicy,
  newId: () => string,
): PlannedReview {
  const { decisionId } = receipt
  const blind = shareOf(decisionId, 'blind') < (policy.policy.review.samples?.blind ?? 0)
  const planted = !blind && shareOf(decisionId, 'planted') < PLANTED_SHARE
  const { severity, type, team } = expect
  const fields = {
    ...(severity !== undefined && { severity }),
    ...(type !== undefined && { type }),
    ...(team !== undefined && { team }),
  }
  const shown = planted && severity !== undefined ? { severity: wrongFor(severity) } : {}
  return {
    ...planSample(receipt, policy, { id: newId(), blind, ...shown }),
    kind: 'known',
    expected: { ...fields, planted },
    shown,
  }
}

/** Two levels off: what somebody who reads the ticket notices. */
function wrongFor(severity: Severity): Severity {
  const place = SEVERITIES.indexOf(severity)
  return SEVERITIES[place < 2 ? place + 2 : place - 2]!
}

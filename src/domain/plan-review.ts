import { reviewTimes } from './clock.ts'
import type { CompiledPolicy } from './compile-policy.ts'
import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'
import type { Severity } from './labels.ts'
import { rankAt, weighReview } from './review-order.ts'
import type { Expected } from './review-quality.ts'
import type { ReviewKind, ReviewedFields } from './review-state.ts'
import { statedMode } from './route-mode.ts'
import type { Signals } from './signal.ts'
import { shareOf } from './share-of.ts'

/** A review to be opened with a decision. */
export type PlannedReview = {
  readonly id: string
  readonly kind: ReviewKind
  readonly dueAt: string
  readonly backupAt: string | null
  /** A review of an earlier revision waits since then: who was told stays told. Absent: none did. */
  readonly heldSince?: string
  readonly blind: boolean
  readonly fourEyes: boolean
  readonly consequence: number
  readonly doubt: number
  readonly orderBecause: string
  readonly rankAt: string
  readonly route: string
  readonly words: number
  /** The right answer, of an item that has one. */
  readonly expected: Expected | null
  /** What is shown instead of the decision: a planted error. */
  readonly shown?: Partial<ReviewedFields>
}

export type Reviewable = {
  readonly decisionId: string
  readonly decision: Decision
  readonly facts: Facts
  readonly signals: Signals
  readonly redactedText: string
  readonly now: string
  readonly heldSince?: string
}

/**
 * The review that a decision needs: one that holds it, one that samples it, or none. Which decisions are sampled
 * follows from their id alone, so it can be checked afterwards and nobody can choose.
 */
export function planReview(
  made: Reviewable,
  policy: CompiledPolicy,
  newId: () => string,
): PlannedReview | null {
  const { decisionId, decision, facts, heldSince } = made
  if (decision.review === undefined) {
    const { share = 0, blind = 0 } = policy.policy.review.samples ?? {}
    if (shareOf(decisionId, 'sample') >= share) return null
    return planSample(made, policy, { id: newId(), blind: shareOf(decisionId, 'blind') < blind })
  }
  const { dueAt, backupAt = null } = decision.review
  const decided = { ...facts.values, severity: decision.severity, type: decision.type }
  const mode = statedMode(decision.route.id, policy)
  return {
    id: newId(),
    kind: 'held',
    dueAt,
    backupAt,
    ...(heldSince !== undefined && { heldSince }),
    // A route that may not even suggest keeps its suggestion to itself.
    blind: mode === 'off' || mode === 'shadow',
    fourEyes: policy.fourEyes?.holds(decided) === true,
    ...placeInQueue(made, decision.severity, dueAt),
    expected: null,
  }
}

/** A look at a decision after the fact; `severity` is the one that people see. */
export function planSample(
  made: Reviewable,
  policy: CompiledPolicy,
  {
    id,
    blind,
    severity = made.decision.severity,
  }: { id: string; blind: boolean; severity?: Severity },
): PlannedReview {
  const { dueAt } = reviewTimes(policy.timers[severity], Date.parse(made.now), -Infinity)
  return {
    id,
    kind: 'sample',
    dueAt,
    backupAt: null,
    blind,
    fourEyes: false,
    ...placeInQueue(made, severity, dueAt),
    expected: null,
  }
}

function placeInQueue(
  { decision, facts, signals, redactedText }: Reviewable,
  severity: Severity,
  dueAt: string,
) {
  const { because: orderBecause, ...weight } = weighReview(severity, facts, signals)
  return {
    ...weight,
    orderBecause,
    rankAt: rankAt(weight, dueAt),
    route: decision.route.id,
    words: redactedText.split(/\s+/).filter(Boolean).length,
  }
}

import { reviewTimes } from './clock.ts'
import type { CompiledPolicy } from './compile-policy.ts'
import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'
import { rankAt, weighReview } from './review-order.ts'
import type { Expected } from './review-quality.ts'
import type { ReviewKind, ReviewedFields } from './review-state.ts'
import type { Signals } from './signal.ts'
import { shareOf } from './share-of.ts'

/** A review to be opened with a decision. */
export type PlannedReview = {
  readonly id: string
  readonly kind: ReviewKind
  readonly dueAt: string
  readonly backupAt: string | null
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
}

/**
 * The review that a decision needs: one that holds it, one that samples it, or none. Which decisions are sampled
 * follows from their id alone, so it can be checked afterwards and nobody can choose.
 */
export function planReview(
  { decisionId, decision, facts, signals, redactedText, now }: Reviewable,
  policy: CompiledPolicy,
  newId: () => string,
): PlannedReview | null {
  const { samples } = policy.policy.review
  const held = decision.review
  if (held === undefined && shareOf(decisionId, 'sample') >= (samples?.share ?? 0)) return null

  const { because: orderBecause, ...weight } = weighReview(decision.severity, facts, signals)
  const times = held ?? reviewTimes(policy.timers[decision.severity], Date.parse(now), -Infinity)
  const decided = { ...facts.values, severity: decision.severity, type: decision.type }
  const hides =
    held === undefined
      ? shareOf(decisionId, 'blind') < (samples?.blind ?? 0)
      : isBlind(decision, policy)
  return {
    id: newId(),
    kind: held === undefined ? 'sample' : 'held',
    dueAt: times.dueAt,
    backupAt: held?.backupAt ?? null,
    blind: hides,
    fourEyes: held !== undefined && policy.fourEyes?.holds(decided) === true,
    ...weight,
    orderBecause,
    rankAt: rankAt(weight, times.dueAt),
    route: decision.route.id,
    words: redactedText.split(/\s+/).filter(Boolean).length,
    expected: null,
  }
}

/** A route that may not even suggest keeps its suggestion to itself. */
function isBlind({ route }: Decision, { policy }: CompiledPolicy): boolean {
  const routes = [policy.routes, ...(policy.segments ?? []).map((segment) => segment.routes)].flat()
  const mode = routes.find(({ id }) => id === route.id)?.mode
  return mode === 'off' || mode === 'shadow'
}

import type { CompiledPolicy, CompiledRule } from './compile-policy.ts'
import type { CompiledCondition } from './condition.ts'
import type { Comparison, Decision } from './decision.ts'
import type { Facts, FactValue } from './facts.ts'
import { isMoreSevere, type Severity } from './labels.ts'
import type { Matcher } from './policy.ts'
import { segmentRoutes } from './segment-routes.ts'

/** A comparison that stood in the way; `margin` is how far a number was from its bound, in the fact's unit. */
export type FailedComparison = Comparison & { readonly margin?: number }

/** A rule that did not decide, with what was missing. */
export type NearMiss = {
  readonly rule: string
  readonly kind: 'trigger' | 'route'
  /** What it would have done. */
  readonly would: { readonly raise: Severity } | { readonly team: string }
  /** All of these would have had to be otherwise; the fewest that suffice. */
  readonly failed: readonly FailedComparison[]
}

const MOST = 8
const MOST_FAILED = 2

/**
 * The triggers that would have raised the decision and the routes that would have taken it, but for one or two
 * comparisons; nearest first.
 */
export function nearMisses(
  facts: Facts,
  decision: Pick<Decision, 'severity' | 'type' | 'route'>,
  policy: CompiledPolicy,
): readonly NearMiss[] {
  const { severity, type, route } = decision
  const decided = { ...facts.values, severity, type }
  const triggers = policy.triggers
    .filter(({ rule }) => isMoreSevere(rule.raise, severity))
    .flatMap((trigger) => missOf(trigger, facts.values, 'trigger', { raise: trigger.rule.raise }))
  const routes = [...policy.routes, ...segmentRoutes(policy)]
    .filter(({ rule }) => rule.team !== route.team)
    .flatMap((other) => missOf(other, decided, 'route', { team: other.rule.team }))
  return [...triggers, ...routes].sort(byDistance).slice(0, MOST)
}

function missOf(
  { rule, condition }: CompiledRule<{ readonly id: string } & object>,
  values: Facts['values'],
  kind: NearMiss['kind'],
  would: NearMiss['would'],
): readonly NearMiss[] {
  const failed = obstacles(condition, values, true)
  return failed.length === 0 || failed.length > MOST_FAILED
    ? []
    : [{ rule: rule.id, kind, would, failed }]
}

/** The fewest comparisons that would have to turn for the condition to become `want`. */
function obstacles(
  condition: CompiledCondition,
  values: Facts['values'],
  want: boolean,
): readonly FailedComparison[] {
  switch (condition.kind) {
    case 'fact': {
      if (condition.holds(values) === want) return []
      const { fact, asked, matcher } = condition
      const value = values[fact] ?? null
      const margin = want ? marginOf(value, matcher) : undefined
      return [
        {
          fact,
          value,
          asked: want ? asked : `not: ${asked}`,
          ...(margin !== undefined && { margin }),
        },
      ]
    }
    case 'not':
      return obstacles(condition.part, values, !want)
    case 'all':
    case 'any': {
      const parts = condition.parts.map((part) => obstacles(part, values, want))
      const everyPart = (condition.kind === 'all') === want
      if (everyPart) return parts.flat()
      return parts.toSorted((a, b) => a.length - b.length || marginSum(a) - marginSum(b))[0] ?? []
    }
  }
}

/** How far a number is from where the matcher would hold. */
function marginOf(value: FactValue | null, matcher: Matcher): number | undefined {
  if (typeof value !== 'number') return undefined
  switch (matcher.op) {
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return Math.abs(value - matcher.value)
    case 'between':
      return value < matcher.min ? matcher.min - value : value - matcher.max
    case 'within':
      return value < 0 ? -value : value - matcher.hours
    case 'is':
      return typeof matcher.value === 'number' ? Math.abs(value - matcher.value) : undefined
    case 'one_of':
    case 'includes':
    case 'missing':
      return undefined
  }
}

function byDistance(a: NearMiss, b: NearMiss): number {
  return (
    a.failed.length - b.failed.length ||
    marginSum(a.failed) - marginSum(b.failed) ||
    severityOrder(a) - severityOrder(b) ||
    (a.rule < b.rule ? -1 : 1)
  )
}

/** The smallest step up first, routes last. */
const severityOrder = ({ would }: NearMiss) => ('raise' in would ? -Number(would.raise[1]) : 0)

/** Relative to the value, so that minutes and money compare; without a number, one whole. */
function marginSum(failed: readonly FailedComparison[]): number {
  return failed.reduce(
    (sum, { value, margin }) =>
      sum +
      (margin === undefined || typeof value !== 'number' ? 1 : margin / (Math.abs(value) + margin)),
    0,
  )
}

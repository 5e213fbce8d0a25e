import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { CaseResult } from './run-case.ts'

/** Rules that at least one case made hold, and those that none did. */
export type CaseCoverage = {
  readonly rules: number
  readonly covered: number
  readonly uncovered: readonly {
    readonly kind: 'trigger' | 'route' | 'review rule'
    readonly id: string
  }[]
}

/** Which triggers, routes and review rules the example tickets of a policy exercise. */
export function caseCoverage(
  results: readonly CaseResult[],
  { triggers, routes, reviewRules }: CompiledPolicy,
): CaseCoverage {
  const held = new Set(results.flatMap(({ decision }) => decision.reasons.map(({ rule }) => rule)))
  const rules = [
    ...triggers.map(({ rule }) => ({ kind: 'trigger' as const, id: rule.id })),
    ...routes.map(({ rule }) => ({ kind: 'route' as const, id: rule.id })),
    ...reviewRules.map(({ rule }) => ({ kind: 'review rule' as const, id: rule.id })),
  ]
  const uncovered = rules.filter(({ id }) => !held.has(id))
  return { rules: rules.length, covered: rules.length - uncovered.length, uncovered }
}

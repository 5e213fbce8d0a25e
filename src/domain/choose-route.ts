import type { CompiledPolicy, CompiledRule, CompiledSegment } from './compile-policy.ts'
import type { Reason } from './decision.ts'
import type { Facts } from './facts.ts'
import { comparisonsOf, evidenceOf } from './explain-condition.ts'
import type { Needs, Route } from './policy.ts'

export type ChosenRoute = {
  readonly id: string
  readonly team: string
  readonly reason: Reason
  /** Several routes matched; a person has to say which. */
  readonly ambiguous: boolean
  readonly needs: Needs | undefined
}

/**
 * The one route that matches the decided facts, of the ticket's segments before the general ones; `otherwise` for none,
 * for several, and for tickets that could not be read.
 */
export function chooseRoute(
  facts: Facts,
  policy: CompiledPolicy,
  readable: boolean,
  segments: readonly CompiledSegment[] = [],
): ChosenRoute {
  if (!readable) return otherwise(facts, policy, 'Intent or language could not be scored', false)
  const matches = (route: CompiledRule<Route>) => route.condition.holds(facts.values)
  const own = segments.flatMap((segment) => segment.routes.filter(matches))
  const matching = own.length > 0 ? own : policy.routes.filter(matches)
  const [only, second] = matching
  if (only === undefined) return otherwise(facts, policy, 'No route matches', false)
  if (second !== undefined) {
    const names = matching.map((route) => route.rule.id).join(', ')
    return otherwise(facts, policy, `Several routes match (${names})`, true)
  }
  return matched(only, facts)
}

function matched(route: CompiledRule<Route>, facts: Facts): ChosenRoute {
  const { id, team, needs } = route.rule
  const reason: Reason = {
    rule: id,
    kind: 'route',
    sentence: route.because(facts.values),
    evidence: evidenceOf(route.condition, facts),
    compared: comparisonsOf(route.condition, facts.values),
  }
  return { id, team, reason, ambiguous: false, needs }
}

function otherwise(
  facts: Facts,
  policy: CompiledPolicy,
  why: string,
  ambiguous: boolean,
): ChosenRoute {
  const sentence = `${why}: ${policy.otherwise.because(facts.values)}`
  const reason: Reason = { rule: 'otherwise', kind: 'route', sentence, evidence: [], compared: [] }
  const { team, needs } = policy.otherwise
  return { id: 'otherwise', team, reason, ambiguous, needs }
}

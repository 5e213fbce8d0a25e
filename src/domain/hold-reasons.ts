import type { CompiledPolicy, CompiledSegment, CompiledTrigger } from './compile-policy.ts'
import type { Reason } from './decision.ts'
import { comparisonsOf, evidenceOf } from './explain-condition.ts'
import type { Facts } from './facts.ts'
import type { Severity } from './labels.ts'
import type { RouteMode } from './policy.ts'
import { showFact } from './sentence.ts'

/** What the built-in rules look at besides the facts. */
export type Draft = {
  readonly severity: Severity
  readonly fired: readonly CompiledTrigger[]
  readonly ambiguousRoute: boolean
  /** What the service may do with tickets of this route. */
  readonly mode: RouteMode
  readonly segments?: readonly CompiledSegment[]
}

/** Without these two nobody knows what the customer wants; a missing mood or urgency is for the policy to weigh. */
const ESSENTIAL: ReadonlySet<string> = new Set(['intent', 'language'])

/**
 * Why a person must decide; empty means that nobody has to. The built-in rules come first and no policy can switch
 * them off: a critical ticket, a signal that could not be scored, a step down the fall-back ladder, an unclear route.
 */
export function holdReasons(facts: Facts, policy: CompiledPolicy, draft: Draft): readonly Reason[] {
  const held: Reason[] = []
  if (draft.severity === 'P1')
    held.push(builtIn('core.critical', 'A person decides every critical ticket'))
  if (facts.values['ticket.heldBefore'] === true)
    held.push(builtIn('core.held_before', 'The decision before this one still waits for a person'))
  const unscored = unscoredSignals(facts).filter((signal) => ESSENTIAL.has(signal))
  if (unscored.length > 0)
    held.push(builtIn('core.unscored', `Could not be scored: ${showFact(unscored)}`))
  const degraded = facts.values['scoring.degraded']
  if (Array.isArray(degraded) && degraded.length > 0)
    held.push(builtIn('core.degraded', `Scored without all scorers: ${showFact(degraded)}`))
  if (draft.ambiguousRoute)
    held.push(builtIn('core.ambiguous_route', 'Several routes match, so a person picks the team'))
  if (draft.mode !== 'auto')
    held.push(builtIn('core.route_mode', 'A person decides every ticket of this route'))

  for (const trigger of draft.fired) if (trigger.rule.review) held.push(heldBy(trigger, facts))
  const own = (draft.segments ?? []).flatMap((segment) => segment.reviewRules)
  for (const rule of [...own, ...policy.reviewRules])
    if (rule.condition.holds(facts.values)) held.push(heldBy(rule, facts))
  return held
}

/** Signals without a score. Facts that never mention `intent` or `language` count as unscored too. */
export function unscoredSignals({ values }: Facts): readonly string[] {
  const named = values['scoring.unscored']
  const absent = ['intent', 'language'].filter((name) => values[name] === undefined)
  return Array.isArray(named) ? [...new Set([...absent, ...(named as readonly string[])])] : absent
}

function heldBy(
  {
    rule,
    condition,
    because,
  }: Pick<CompiledTrigger, 'condition' | 'because'> & {
    readonly rule: { readonly id: string }
  },
  facts: Facts,
): Reason {
  return {
    rule: rule.id,
    kind: 'review',
    sentence: because(facts.values),
    evidence: evidenceOf(condition, facts),
    compared: comparisonsOf(condition, facts.values),
  }
}

function builtIn(rule: string, sentence: string): Reason {
  return { rule, kind: 'review', sentence, evidence: [], compared: [] }
}

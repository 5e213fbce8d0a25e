import type { CompiledPolicy, CompiledTrigger } from './compile-policy.ts'
import type { Reason } from './decision.ts'
import { comparisonsOf, evidenceOf } from './explain-condition.ts'
import type { Facts } from './facts.ts'
import { SEVERITIES, type Severity } from './labels.ts'
import { eachCandidate } from './trigger-index.ts'

/** Every trigger that fires on these facts, most severe first, then by id. */
export function fireTriggers(facts: Facts, policy: CompiledPolicy): readonly CompiledTrigger[] {
  const fired = new Set<CompiledTrigger>()
  eachCandidate(policy.index, facts.values, (place) => {
    const trigger = policy.triggers[place]
    if (trigger !== undefined && !fired.has(trigger) && trigger.condition.holds(facts.values))
      fired.add(trigger)
  })
  return [...fired].sort((a, b) => a.order - b.order)
}

/** The most severe raise; P4 when there is none. */
export function severityOf(fired: readonly CompiledTrigger[]): Severity {
  return SEVERITIES.find((severity) => fired.some(({ rule }) => rule.raise === severity)) ?? 'P4'
}

export function triggerReason({ rule, condition, because }: CompiledTrigger, facts: Facts): Reason {
  return {
    rule: rule.id,
    kind: 'trigger',
    sentence: because(facts.values),
    category: rule.category,
    raise: rule.raise,
    floor: rule.floor,
    evidence: evidenceOf(condition, facts),
    compared: comparisonsOf(condition, facts.values),
  }
}

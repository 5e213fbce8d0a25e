import type { CompiledCondition } from './condition.ts'
import type { Comparison } from './decision.ts'
import type { Evidence, Facts } from './facts.ts'

/** What was compared to make the condition true; branches of `any` that are false are left out. */
export function comparisonsOf(
  condition: CompiledCondition,
  values: Facts['values'],
): readonly Comparison[] {
  const found: Comparison[] = []
  collectComparisons(condition, values, false, found)
  return found
}

/** The customer's words behind the branches that held, each once, in text order. */
export function evidenceOf(condition: CompiledCondition, facts: Facts): readonly Evidence[] {
  const found: Evidence[] = []
  collectEvidence(condition, facts, found)
  if (found.length < 2) return found
  const seen = new Set<string>()
  return found
    .filter((item) => {
      const key = `${item.start}:${item.end}:${item.source}`
      return !seen.has(key) && seen.add(key)
    })
    .sort((a, b) => a.start - b.start || a.end - b.end || (a.source < b.source ? -1 : 1))
}

function collectComparisons(
  condition: CompiledCondition,
  values: Facts['values'],
  negated: boolean,
  into: Comparison[],
): void {
  switch (condition.kind) {
    case 'all':
      for (const part of condition.parts) collectComparisons(part, values, negated, into)
      return
    case 'any':
      for (const part of condition.parts)
        if (negated || part.holds(values)) collectComparisons(part, values, negated, into)
      return
    case 'not':
      collectComparisons(condition.part, values, !negated, into)
      return
    case 'fact': {
      const { fact, asked } = condition
      into.push({ fact, value: values[fact] ?? null, asked: negated ? `not: ${asked}` : asked })
    }
  }
}

function collectEvidence(condition: CompiledCondition, facts: Facts, into: Evidence[]): void {
  switch (condition.kind) {
    case 'all':
    case 'any':
      for (const part of condition.parts)
        if (part.holds(facts.values)) collectEvidence(part, facts, into)
      return
    // What was not said has no words to show.
    case 'not':
      return
    case 'fact': {
      const { fact, matcher } = condition
      append(into, facts.evidence[fact])
      if (matcher.op === 'includes')
        for (const item of matcher.values) append(into, facts.evidence[`${fact}:${item}`])
    }
  }
}

function append(into: Evidence[], items: readonly Evidence[] | undefined): void {
  if (items !== undefined) into.push(...items)
}

import type { FactDefinition } from '../domain/facts.ts'
import { requireFact, type Vocabulary } from './parse-condition.ts'
import { faultOf } from './parse-matcher.ts'
import type { Report } from './problem.ts'
import { showValue } from './problem.ts'
import type { PartialPolicy } from './schema.ts'

/** Facts that a case sets by hand must be such as the service could compute. */
export function checkCases(policy: PartialPolicy, vocabulary: Vocabulary, report: Report): void {
  for (const [index, { facts }] of (policy.cases ?? []).entries())
    for (const [fact, value] of Object.entries(facts)) {
      const path = ['cases', index, 'facts', fact]
      const definition = requireFact(fact, path, vocabulary, report)
      const fault = definition === undefined ? null : faultOfFact(value, definition)
      if (fault !== null) report(path, `Cannot use fact ${fact}: ${fault}`)
    }
}

function faultOfFact(value: unknown, fact: FactDefinition): string | null {
  if (fact.type === 'hours_until')
    return typeof value === 'number' ? null : `a number of hours required, got ${showValue(value)}`
  if (fact.type !== 'list') return faultOf(value, fact)
  if (!Array.isArray(value)) return `a list required, got ${showValue(value)}`
  return value.map((item) => faultOf(item, fact)).find((fault) => fault !== null) ?? null
}

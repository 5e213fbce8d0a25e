import type { Graded } from '../grade/graded.ts'

/** One case on one line: what was expected, what was decided and by which rules. */
export function caseLine({ evalCase, receipt, grades, outcome }: Graded): string {
  const { decision } = receipt
  const rules = decision.reasons
    .filter(({ kind }) => kind === 'trigger' || kind === 'review')
    .map(({ rule }) => rule)
  const severity = grades.severity
  const held = decision.disposition === 'review' ? ', held' : ''
  const broken = outcome.violations.length > 0 ? ` ! ${outcome.violations.join('; ')}` : ''
  const because = rules.length === 0 ? 'nothing fired' : rules.join(', ')
  return `${evalCase.id}: ${severity?.expected ?? '–'} expected, ${decision.severity}${held} (${because})${broken}`
}

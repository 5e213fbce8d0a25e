import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.ts'
import { TriageError } from '../domain/errors.ts'
import type { Policy } from '../domain/policy.ts'
import { buildPolicy, type Conditions } from './build-policy.ts'
import { checkCases } from './check-cases.ts'
import { checkIds } from './check-ids.ts'
import { checkReferences } from './check-references.ts'
import { checkShape } from './check-shape.ts'
import { checkLeave } from './check-leave.ts'
import { checkTimes } from './check-times.ts'
import { parseCalendar } from './parse-calendar.ts'
import { parseConditions } from './parse-conditions.ts'
import { checkPhrases, type CheckPhrase } from './check-phrases.ts'
import { declaredAttributes, declaredPhrases } from './declared-names.ts'
import type { PolicyProblem } from './problem.ts'
import { showValue } from './problem.ts'
import { readYaml, type YamlSource } from './yaml-source.ts'

export type { CheckPhrase } from './check-phrases.ts'
export type { PolicyProblem } from './problem.ts'

export type ParseOptions = {
  /** What is wrong with a phrase pattern, or null; without it patterns are not looked at. */
  readonly checkPhrase?: CheckPhrase
}

/**
 * A policy file as the rules that run. Throws `invalid_policy` with every problem of the file in `detail.problems`
 * (`PolicyProblem[]`), each with its line and column.
 */
export function parsePolicy(text: string, fileName: string, options: ParseOptions = {}): Policy {
  const source = readYaml(text, fileName)
  const policy = source.problems().length === 0 ? parseData(source, options) : undefined
  const problems = source.problems()
  if (policy === undefined || problems.length > 0) throw invalid(fileName, problems)
  return { ...policy, hash: sha256(canonicalJson(policy)) }
}

function parseData(
  { value, report }: YamlSource,
  options: ParseOptions,
): Omit<Policy, 'hash'> | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    report([], `Cannot read the policy: a map of sections required, got ${showValue(value)}`)
    return undefined
  }
  const data = value as Readonly<Record<string, unknown>>
  const vocabulary = {
    attributes: declaredAttributes(data.attributes),
    phraseIds: declaredPhrases(data.phrases),
    decided: false,
  }
  const shape = checkShape(data, report)
  const conditions: Conditions = parseConditions(data, vocabulary, report)
  checkIds(shape.policy, shape.report)
  checkReferences(shape.policy, data, vocabulary, shape.report)
  checkTimes(shape.policy, shape.report)
  checkLeave(shape.policy, shape.report)
  checkCases(shape.policy, vocabulary, shape.report)
  checkPhrases(shape.policy, options.checkPhrase, shape.report)
  const calendars = Object.entries(shape.policy.calendars ?? {}).map(
    ([id, raw]) => [id, parseCalendar(id, raw, shape.report)] as const,
  )
  return buildPolicy(shape.policy, conditions, Object.fromEntries(calendars))
}

function invalid(fileName: string, problems: readonly PolicyProblem[]): TriageError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const where = first ? `${first.line}:${first.column}: ${first.message}${more}` : 'no sections'
  return new TriageError('invalid_policy', `Cannot use policy ${fileName}:${where}`, {
    detail: { problems },
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

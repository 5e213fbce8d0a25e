import type { FactDefinition } from '../domain/facts.ts'
import type { Matcher } from '../domain/policy.ts'
import { didYouMean } from './did-you-mean.ts'
import { parseHours } from './duration.ts'
import type { Path } from './problem.ts'
import { showValue } from './problem.ts'

/** Reports a problem of the matcher; `at` is the place inside it. */
type Complain = (message: string, at: Path) => void
type Scalar = string | number | boolean

/** A value, a list of values, or a map of operators (several are joined by "and"); null after a report. */
export function parseMatchers(
  value: unknown,
  fact: FactDefinition,
  complain: Complain,
): readonly Matcher[] | null {
  if (Array.isArray(value)) return parseList(value, fact, [], complain)
  if (value === null || typeof value !== 'object') {
    if (!isValueOf(value, fact, [], complain)) return null
    return [
      fact.type === 'list'
        ? { op: 'includes', values: [value as string] }
        : { op: 'is', value: value as Scalar },
    ]
  }
  const entries = Object.entries(value)
  if (entries.length === 0) {
    complain('a value or an operator required, got an empty map', [])
    return null
  }
  const matchers = entries.map(([operator, operand]) =>
    parseOperator(operator, operand, fact, complain),
  )
  const read = matchers.filter((matcher) => matcher !== null).flat()
  if (read.length < matchers.length) return null
  return isPossible(read, fact, complain) ? read : null
}

const OPERATORS = ['lt', 'lte', 'gt', 'gte', 'between', 'within', 'includes', 'missing'] as const

function parseOperator(
  operator: string,
  operand: unknown,
  fact: FactDefinition,
  complain: Complain,
): readonly Matcher[] | null {
  const refuse = (message: string) => {
    complain(message, [operator])
    return null
  }
  switch (operator) {
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      if (!isNumeric(fact)) return refuse(`${operator} asks a number, this fact is a ${fact.type}`)
      if (!isNumber(operand)) return refuse(`a number required, got ${showValue(operand)}`)
      return [{ op: operator, value: operand }]
    case 'between': {
      if (!isNumeric(fact)) return refuse(`between asks a number, this fact is a ${fact.type}`)
      const [min, max, ...more]: readonly unknown[] = Array.isArray(operand) ? operand : []
      if (!isNumber(min) || !isNumber(max) || more.length > 0)
        return refuse(`two numbers [lowest, highest] required, got ${showValue(operand)}`)
      if (min > max) return refuse(`[lowest, highest] required, got [${min}, ${max}]`)
      return [{ op: 'between', min, max }]
    }
    case 'within': {
      if (fact.type !== 'hours_until')
        return refuse(`within asks a time until something, this fact is a ${fact.type}; use lte`)
      const hours = typeof operand === 'string' ? parseHours(operand) : null
      if (hours === null)
        return refuse(`a time such as "48h" or "30 days" required, got ${showValue(operand)}`)
      return [{ op: 'within', hours }]
    }
    case 'includes':
      if (fact.type !== 'list') return refuse(`includes asks a list, this fact is a ${fact.type}`)
      return parseList(Array.isArray(operand) ? operand : [operand], fact, [operator], complain)
    case 'missing':
      if (typeof operand !== 'boolean')
        return refuse(`true or false required, got ${showValue(operand)}`)
      return [{ op: 'missing', missing: operand }]
    default:
      complain(
        `unknown operator "${operator}"${didYouMean(operator, OPERATORS) || `; known are ${OPERATORS.join(', ')}`}`,
        [operator],
      )
      return null
  }
}

function parseList(
  values: readonly unknown[],
  fact: FactDefinition,
  at: Path,
  complain: Complain,
): readonly Matcher[] | null {
  if (values.length === 0) {
    complain('at least one value required, got an empty list', at)
    return null
  }
  const right = values.filter((value, index) => isValueOf(value, fact, [...at, index], complain))
  if (right.length < values.length) return null
  return [
    fact.type === 'list'
      ? { op: 'includes', values: right as string[] }
      : { op: 'one_of', values: right as Scalar[] },
  ]
}

function isValueOf(value: unknown, fact: FactDefinition, at: Path, complain: Complain): boolean {
  const problem = faultOf(value, fact)
  if (problem !== null) complain(problem, at)
  return problem === null
}

/** What keeps a value from being one that the fact can have (an item, for a list), or null. */
export function faultOf(value: unknown, fact: FactDefinition): string | null {
  switch (fact.type) {
    case 'string':
    case 'list':
      if (typeof value !== 'string') return `text required, got ${showValue(value)}`
      if (fact.values !== undefined && !fact.values.includes(value))
        return `one of ${fact.values.join(', ')} required, got "${value}"${didYouMean(value, fact.values)}`
      return null
    case 'number':
      if (!isNumber(value)) return `a number required, got ${showValue(value)}`
      if (value < (fact.min ?? -Infinity) || value > (fact.max ?? Infinity))
        return `${rangeOf(fact)} required, got ${value}`
      return null
    case 'hours_until':
      return `an operator such as { within: 48h } required, got ${showValue(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? null : `true or false required, got ${showValue(value)}`
  }
}

/** False after a report when no value of the fact can pass all of the matchers. */
function isPossible(
  matchers: readonly Matcher[],
  fact: FactDefinition,
  complain: Complain,
): boolean {
  let low = fact.min ?? -Infinity
  let high = fact.max ?? Infinity
  let open = false
  for (const matcher of matchers)
    switch (matcher.op) {
      case 'gt':
      case 'gte':
        open ||= matcher.op === 'gt' && matcher.value >= low
        low = Math.max(low, matcher.value)
        break
      case 'lt':
      case 'lte':
        open ||= matcher.op === 'lt' && matcher.value <= high
        high = Math.min(high, matcher.value)
        break
      case 'between':
        low = Math.max(low, matcher.min)
        high = Math.min(high, matcher.max)
        break
      case 'within':
      case 'is':
      case 'one_of':
      case 'includes':
      case 'missing':
        break
    }
  if (low < high || (low === high && !open)) return true
  complain(`a range that the fact can reach (${rangeOf(fact)}) required, got an empty one`, [])
  return false
}

function rangeOf({ min, max }: FactDefinition): string {
  if (min === undefined && max === undefined) return 'any number'
  if (min === undefined) return `at most ${max}`
  return max === undefined ? `at least ${min}` : `${min} to ${max}`
}

function isNumeric(fact: FactDefinition): boolean {
  return fact.type === 'number' || fact.type === 'hours_until'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

import { DECIDED_FACTS, FACTS, findFact, type FactDefinition } from '../domain/facts.ts'
import type { Condition, Policy } from '../domain/policy.ts'
import { didYouMean } from './did-you-mean.ts'
import { parseMatchers } from './parse-matcher.ts'
import type { Path, Report } from './problem.ts'
import { showValue } from './problem.ts'

/** What a condition may speak of. */
export type Vocabulary = {
  readonly attributes: Policy['attributes']
  /** Ids of the listed phrases: the values that `phrases.ids` can have. */
  readonly phraseIds: readonly string[]
  /** Routes and review rules may read what the triggers have decided. */
  readonly decided: boolean
}

const MAX_DEPTH = 12

/** `{ fact: matcher, … }` (several are joined by "and"), with `all`, `any` and `not`; null after a report. */
export function parseCondition(
  value: unknown,
  path: Path,
  vocabulary: Vocabulary,
  report: Report,
  depth = 0,
): Condition | null {
  if (depth > MAX_DEPTH) {
    report(path, `Cannot read condition: at most ${MAX_DEPTH} levels required, got more`)
    return null
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const way = Array.isArray(value) ? '; write all: or any: in front of the list' : ''
    report(
      path,
      `Cannot read condition: a map of facts to matchers required, got ${showValue(value)}${way}`,
    )
    return null
  }
  const entries = Object.entries(value)
  if (entries.length === 0) {
    report(path, 'Cannot read condition: at least one fact required, got an empty map')
    return null
  }
  const parts = entries.map(([key, member]) => {
    const place = [...path, key]
    switch (key) {
      case 'all':
      case 'any':
        return parseGroup(key, member, place, vocabulary, report, depth)
      case 'not': {
        const of = parseCondition(member, place, vocabulary, report, depth + 1)
        return of === null ? null : ({ kind: 'not', of } as const)
      }
      default:
        return parseFact(key, member, place, vocabulary, report)
    }
  })
  return join('all', parts)
}

/** The definition of a fact, or undefined after a report with the way out. */
export function requireFact(
  fact: string,
  path: Path,
  vocabulary: Vocabulary,
  report: Report,
): FactDefinition | undefined {
  const known =
    vocabulary.decided && Object.hasOwn(DECIDED_FACTS, fact)
      ? DECIDED_FACTS[fact]
      : findFact(fact, vocabulary.attributes)
  if (fact === 'phrases.ids' && known !== undefined)
    return { ...known, values: vocabulary.phraseIds }
  if (known !== undefined) return known
  report(path, `Cannot use fact "${fact}": ${whyUnknown(fact, vocabulary)}`, 'key')
  return undefined
}

function whyUnknown(fact: string, vocabulary: Vocabulary): string {
  if (Object.hasOwn(DECIDED_FACTS, fact))
    return 'the triggers decide it, so only routes and review rules may read it'
  const attributes = Object.keys(vocabulary.attributes)
  if (fact.startsWith('attributes.')) {
    const near = didYouMean(fact.slice('attributes.'.length), attributes)
    return `unknown fact${near.replace('"', '"attributes.') || '; declare it with its type under attributes:'}`
  }
  const decided = vocabulary.decided ? Object.keys(DECIDED_FACTS) : []
  return `unknown fact${didYouMean(fact, [...Object.keys(FACTS), ...decided])}`
}

function parseGroup(
  kind: 'all' | 'any',
  value: unknown,
  path: Path,
  vocabulary: Vocabulary,
  report: Report,
  depth: number,
): Condition | null {
  if (!Array.isArray(value) || value.length === 0) {
    report(
      path,
      `Cannot read ${kind}: a list of at least one condition required, got ${Array.isArray(value) ? 'an empty list' : showValue(value)}`,
    )
    return null
  }
  const parts = value.map((part: unknown, index) =>
    parseCondition(part, [...path, index], vocabulary, report, depth + 1),
  )
  return join(kind, parts)
}

function parseFact(
  fact: string,
  value: unknown,
  path: Path,
  vocabulary: Vocabulary,
  report: Report,
): Condition | null {
  const definition = requireFact(fact, path, vocabulary, report)
  if (definition === undefined) return null
  const matchers = parseMatchers(value, definition, (message, at) =>
    report([...path, ...at], `Cannot match ${fact}: ${message}`),
  )
  if (matchers === null) return null
  return join(
    'all',
    matchers.map((matcher) => ({ kind: 'fact', fact, matcher }) as const),
  )
}

function join(kind: 'all' | 'any', parts: readonly (Condition | null)[]): Condition | null {
  const read = parts.filter((part) => part !== null)
  if (read.length < parts.length) return null
  return read.length === 1 ? read[0]! : { kind, of: read }
}

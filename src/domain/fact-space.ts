import type { CompiledCondition } from './condition.ts'
import { DECIDED_FACTS, findFact, type FactDefinition, type FactValue } from './facts.ts'
import { INTENTS } from './labels.ts'
import { between } from './number-range.ts'
import type { Matcher, Policy } from './policy.ts'

/** The fact is absent. */
export const MISSING = Symbol('missing')
/** A value of a variable: of a fact, or whether an item is in a list fact. */
export type Choice = FactValue | typeof MISSING

/**
 * For every variable that the rules read, one value of each class that they can tell apart: two values of a class make
 * every condition equally true, so a search over these values is a search over all tickets.
 */
export type FactSpace = {
  readonly choices: ReadonlyMap<string, readonly Choice[]>
  /** The numbers between which the values of a number are all alike. */
  readonly cuts: ReadonlyMap<string, readonly number[]>
}

/** The values of a variable; one that no rule reads is there or not. */
export function choicesOf({ choices }: FactSpace, variable: string): readonly Choice[] {
  return choices.get(variable) ?? (variable.includes('∋') ? BOTH : ['other', MISSING])
}

/** The variable that says whether a list fact holds an item. */
export function itemVariable(fact: string, item: string): string {
  return `${fact}∋${item.toLowerCase()}`
}

/** The variable that says whether a list fact is there at all, with items or without. */
export function presenceVariable(fact: string): string {
  return `${fact}∋`
}

/** The space of everything that these conditions read; `severity` and `type` are decided, so they are not in it. */
export function factSpaceOf(
  conditions: readonly CompiledCondition[],
  policy: Pick<Policy, 'attributes'>,
): FactSpace {
  const asked = new Map<string, Matcher[]>()
  for (const condition of conditions)
    for (const { fact, matcher } of atomsOf(condition)) {
      const matchers = asked.get(fact) ?? []
      asked.set(fact, matchers)
      matchers.push(matcher)
    }
  const space = new Map<string, readonly Choice[]>()
  const cuts = new Map<string, readonly number[]>()
  for (const [fact, matchers] of asked) {
    const definition = findFact(fact, policy.attributes)
    if (definition === undefined || Object.hasOwn(DECIDED_FACTS, fact)) continue
    cuts.set(fact, matchers.flatMap(boundsOf))
    if (definition.type === 'list') {
      for (const item of matchers.flatMap(itemsOf)) space.set(itemVariable(fact, item), BOTH)
      if (matchers.some(({ op }) => op === 'missing')) space.set(presenceVariable(fact), BOTH)
    } else space.set(fact, [MISSING, ...valuesOf(definition, matchers)])
  }
  // A type is that of an intent, so each intent may matter.
  if (asked.has('type')) space.set('intent', [MISSING, ...INTENTS])
  return { choices: space, cuts }
}

/** Every comparison in a condition. */
export function atomsOf(
  condition: CompiledCondition,
): readonly Extract<CompiledCondition, { kind: 'fact' }>[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.parts.flatMap(atomsOf)
    case 'not':
      return atomsOf(condition.part)
    case 'fact':
      return [condition]
  }
}

const BOTH: readonly Choice[] = [false, true]

function itemsOf(matcher: Matcher): readonly string[] {
  return matcher.op === 'includes' ? matcher.values : []
}

function valuesOf(definition: FactDefinition, matchers: readonly Matcher[]): readonly FactValue[] {
  switch (definition.type) {
    case 'boolean':
      return [false, true]
    case 'string':
      return wordsOf(definition, matchers)
    case 'number':
    case 'hours_until':
      return numbersOf(definition, matchers)
    case 'list':
      return []
  }
}

/** The words that rules name, and one that none names, if there is any. */
function wordsOf(definition: FactDefinition, matchers: readonly Matcher[]): readonly string[] {
  const named = new Map<string, string>()
  for (const matcher of matchers)
    for (const value of comparedWith(matcher))
      if (typeof value === 'string') named.set(value.toLowerCase(), value)
  const other =
    definition.values === undefined
      ? unnamed(named)
      : definition.values.find((value) => !named.has(value.toLowerCase()))
  return [...(other === undefined ? [] : [other]), ...named.values()]
}

function unnamed(named: ReadonlyMap<string, string>): string {
  let word = 'other'
  while (named.has(word)) word += '-other'
  return word
}

/** Each bound, and one number inside every interval that the bounds cut, within the range of the fact. */
function numbersOf(definition: FactDefinition, matchers: readonly Matcher[]): readonly number[] {
  const { min = -Infinity, max = Infinity } = definition
  const whole = definition.integer === true
  const bounds = [...new Set(matchers.flatMap(boundsOf))].sort((a, b) => a - b)
  const first = bounds[0] ?? Math.max(min, 0)
  const last = bounds.at(-1) ?? first
  const points = [
    between(Math.max(whole ? min - 1 : min, first - 2), first, whole),
    ...(bounds.length === 0 ? [first] : []),
    ...bounds.flatMap((bound, index) => [bound, between(bound, bounds[index + 1] ?? bound, whole)]),
    between(last, Math.min(whole ? max + 1 : max, last + 2), whole),
  ]
  return points.filter(
    (point): point is number =>
      point !== undefined && point >= min && point <= max && (!whole || Number.isInteger(point)),
  )
}

/** The numbers at which the matcher's answer changes. */
export function boundsOf(matcher: Matcher): readonly number[] {
  switch (matcher.op) {
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return [matcher.value]
    case 'between':
      return [matcher.min, matcher.max]
    case 'within':
      return [0, matcher.hours]
    case 'is':
    case 'one_of':
      return comparedWith(matcher).filter((value) => typeof value === 'number')
    case 'includes':
    case 'missing':
      return []
  }
}

function comparedWith(matcher: Matcher): readonly (string | number | boolean)[] {
  if (matcher.op === 'is') return [matcher.value]
  return matcher.op === 'one_of' ? matcher.values : []
}

import type { CompiledPolicy } from './compile-policy.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import { PRODUCTS } from './derived-facts.ts'
import { atomsOf, boundsOf, factSpaceOf, MISSING } from './fact-space.ts'
import { findFact, type FactDefinition, type Facts, type FactValue } from './facts.ts'
import { TYPE_OF_INTENT, type Intent, type Severity } from './labels.ts'
import type { Moment } from './moment.ts'
import type { Matcher, Policy } from './policy.ts'
import type { Roster } from './roster.ts'
import { segmentRoutes } from './segment-routes.ts'

/** What one fact would have to be for another decision. */
export type WhatIf = {
  readonly fact: string
  readonly was: FactValue | null
  /** Null: the fact absent. */
  readonly is: FactValue | null
  /** "customer.tier were enterprise" */
  readonly sentence: string
  readonly severity: Severity
  readonly team: string
}

/** Not for anybody to change: what was decided before, what follows from other facts, how the scoring went. */
const FIXED: ReadonlySet<string> = new Set([
  'ticket.severityBefore',
  'ticket.heldBefore',
  'type',
  'order.exposure',
  'impact.userMinutes',
  'scoring.unscored',
  'scoring.degraded',
])

/**
 * For every fact that the policy reads, the smallest change of it alone that changes severity or team: the nearest
 * number on either side, another value, one item more or less, the fact absent. What follows from a fact (the type of an
 * intent, a product, the kind of a phrase) changes with it. Facts that are known first, then by severity and fact.
 */
export function whatIf(
  facts: Facts,
  decision: Pick<Decision, 'severity' | 'route'>,
  policy: CompiledPolicy,
  roster: Roster,
  at: Moment,
): readonly WhatIf[] {
  const now = { severity: decision.severity, team: decision.route.team }
  const found = [...changesOf(facts, policy)].flatMap(({ fact, candidates }) =>
    candidates.flatMap((nearestFirst) => {
      for (const change of nearestFirst) {
        const { severity, route } = decide(
          changed(facts, fact, change.is, policy),
          policy,
          roster,
          at,
        )
        if (severity === now.severity && route.team === now.team) continue
        const { is, sentence } = change
        return [
          {
            fact,
            was: facts.values[fact] ?? null,
            is: is === MISSING ? null : is,
            sentence,
            severity,
            team: route.team,
          },
        ]
      }
      return []
    }),
  )
  return found.sort(
    (a, b) =>
      Number(a.was === null) - Number(b.was === null) ||
      (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0) ||
      (a.fact < b.fact ? -1 : a.fact > b.fact ? 1 : 0),
  )
}

type Change = { readonly is: FactValue | typeof MISSING; readonly sentence: string }
/** Per direction, changes from the smallest on. */
type Changes = { readonly fact: string; readonly candidates: readonly (readonly Change[])[] }

function* changesOf({ values }: Facts, compiled: CompiledPolicy): Iterable<Changes> {
  const { policy } = compiled
  const conditions = [...compiled.triggers, ...compiled.routes, ...segmentRoutes(compiled)].map(
    ({ condition }) => condition,
  )
  const asked = new Map<string, Matcher[]>()
  for (const { fact, matcher } of conditions.flatMap(atomsOf))
    asked.set(fact, [...(asked.get(fact) ?? []), matcher])
  const { choices } = factSpaceOf(conditions, policy)
  // A factor is read through its product.
  for (const { product, factors } of PRODUCTS)
    if (asked.has(product)) for (const factor of factors) asked.set(factor, asked.get(factor) ?? [])
  if (asked.has('type')) asked.set('intent', asked.get('intent') ?? [])
  for (const [fact, matchers] of asked) {
    const definition = findFact(fact, policy.attributes)
    if (definition === undefined || FIXED.has(fact)) continue
    const value = values[fact]
    const absent = absentChange(fact, value, definition)
    if (definition.type === 'list') yield { fact, candidates: itemChanges(fact, value, matchers) }
    else if (definition.type === 'number' || definition.type === 'hours_until')
      yield {
        fact,
        candidates: [
          ...numberChanges(fact, value, boundsFor(fact, matchers, values, asked), definition),
          ...absent,
        ],
      }
    else
      yield {
        fact,
        candidates: [
          ...(choices.get(fact) ?? [])
            .filter((other) => other !== MISSING && !same(other, value))
            .map((other) => [{ is: other, sentence: `${fact} were ${String(other)}` }]),
          ...absent,
        ] as Change[][],
      }
  }
}

function same(a: unknown, b: FactValue | undefined): boolean {
  return typeof a === 'string' && typeof b === 'string'
    ? a.toLowerCase() === b.toLowerCase()
    : a === b
}

/** A ticket field may be left out; a model's opinion is not for leaving out. */
function absentChange(
  fact: string,
  value: FactValue | undefined,
  definition: FactDefinition,
): readonly (readonly Change[])[] {
  if (value === undefined || definition.fromModel === true) return []
  return [[{ is: MISSING, sentence: `${fact} were not known` } as const]]
}

function itemChanges(
  fact: string,
  value: FactValue | undefined,
  matchers: readonly Matcher[],
): readonly (readonly Change[])[] {
  const has = Array.isArray(value) ? (value as readonly string[]) : []
  const known = new Set(has.map((item) => item.toLowerCase()))
  const named = new Set(
    matchers.flatMap((matcher) => (matcher.op === 'includes' ? matcher.values : [])),
  )
  return [
    ...[...named]
      .filter((item) => !known.has(item.toLowerCase()))
      .map((item) => [{ is: [...has, item].sort(), sentence: `${fact} also had ${item}` }]),
    ...has.map((item) => [
      { is: has.filter((other) => other !== item), sentence: `${fact} had no ${item}` },
    ]),
  ]
}

/** The bounds of a fact, those of a product divided by its other factor. */
function boundsFor(
  fact: string,
  matchers: readonly Matcher[],
  values: Facts['values'],
  asked: ReadonlyMap<string, readonly Matcher[]>,
): readonly number[] {
  const own = matchers.flatMap(boundsOf)
  const through = PRODUCTS.flatMap(({ product, factors }) => {
    const other = factors.find((factor) => factor !== fact)
    const by = other === undefined ? undefined : values[other]
    if (!(factors as readonly string[]).includes(fact) || typeof by !== 'number' || by === 0)
      return []
    return (asked.get(product) ?? []).flatMap(boundsOf).map((bound) => bound / by)
  })
  return [...new Set([...own, ...through])].sort((a, b) => a - b)
}

/** Upwards and downwards: at each bound, and just past it. */
function numberChanges(
  fact: string,
  value: FactValue | undefined,
  bounds: readonly number[],
  { integer: whole, min = -Infinity, max = Infinity }: FactDefinition,
): readonly (readonly Change[])[] {
  const integer = whole === true
  const inRange = (number: number) => number >= min && number <= max
  const points = bounds.flatMap((bound) => [
    justBelow(bound, integer),
    ...(integer && !Number.isInteger(bound) ? [] : [bound]),
    justAbove(bound, integer),
  ])
  const known = [...new Set(points.filter(inRange))].sort((a, b) => a - b)
  const changeTo = (is: number): Change => ({
    is,
    sentence: `${fact} were ${showBound(is, bounds)}`,
  })
  // An absent number has no nearest one: the smallest that matters.
  if (typeof value !== 'number') return [known.map(changeTo)]
  return [
    known.filter((number) => number > value).map(changeTo),
    known
      .filter((number) => number < value)
      .toReversed()
      .map(changeTo),
  ]
}

/** "more than 0.8" for the number next above a bound. */
function showBound(number: number, bounds: readonly number[]): string {
  if (bounds.includes(number) || Number.isInteger(number)) return String(number)
  const bound = bounds.find((one) => justAbove(one, false) === number)
  if (bound !== undefined) return `more than ${bound}`
  const above = bounds.find((one) => justBelow(one, false) === number)
  return above === undefined ? String(number) : `less than ${above}`
}

function justAbove(bound: number, integer: boolean): number {
  if (integer) return Math.floor(bound) + 1
  return bound === 0 ? Number.MIN_VALUE : bound + Math.abs(bound) * Number.EPSILON
}

function justBelow(bound: number, integer: boolean): number {
  if (integer) return Math.ceil(bound) - 1
  return bound === 0 ? -Number.MIN_VALUE : bound - Math.abs(bound) * Number.EPSILON
}

/** The facts with one of them otherwise, and with what follows from it. */
export function changed(
  { values, evidence }: Facts,
  fact: string,
  is: FactValue | typeof MISSING,
  { policy }: CompiledPolicy,
): Facts {
  const next: Record<string, FactValue> = { ...values }
  if (is === MISSING) delete next[fact]
  else next[fact] = is
  if (fact === 'intent' && is !== MISSING) {
    const intent = is as Intent
    next['type'] = policy.types[intent] ?? TYPE_OF_INTENT[intent]
  }
  if (fact === 'phrases.ids') {
    const left = kindsOf(is, policy)
    const gone = kindsOf(values[fact], policy).filter((kind) => !left.includes(kind))
    const kinds = itemsOf(next['phrases']).filter((kind) => !gone.includes(kind))
    next['phrases'] = [...new Set([...kinds, ...left])].sort()
  }
  // A phrase whose kind is not there was not found.
  if (fact === 'phrases' && next['phrases.ids'] !== undefined) {
    const gone = itemsOf(values[fact]).filter((kind) => !itemsOf(is).includes(kind))
    next['phrases.ids'] = itemsOf(next['phrases.ids']).filter((id) =>
      kindsOf([id], policy).every((kind) => !gone.includes(kind)),
    )
  }
  for (const { product, factors } of PRODUCTS) {
    if (!(factors as readonly string[]).includes(fact)) continue
    const [left, right] = factors.map((factor) => next[factor])
    if (typeof left === 'number' && typeof right === 'number') next[product] = left * right
    else delete next[product]
  }
  return { values: next, evidence }
}

const itemsOf = (list: FactValue | typeof MISSING | undefined): readonly string[] =>
  Array.isArray(list) ? (list as readonly string[]) : []

/** The kinds of the phrases that are found. */
function kindsOf(
  ids: FactValue | typeof MISSING | undefined,
  { phrases }: Policy,
): readonly string[] {
  const found = itemsOf(ids)
  return phrases.filter(({ id }) => found.includes(id)).map(({ kind }) => kind)
}

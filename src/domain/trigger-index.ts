import type { Condition, Matcher } from './policy.ts'
import { fold } from './condition.ts'
import type { FactValue, Facts } from './facts.ts'

/**
 * Finds the triggers that could fire on some facts without asking each one. Every trigger is filed under facts that
 * must be so for it to fire (its anchors): a value of a word or list fact, or a threshold of a number. Those without
 * such a fact (`not`, `missing`) are always candidates. A candidate may still not fire; one left out cannot.
 */
export type TriggerIndex = {
  readonly always: readonly number[]
  readonly byFact: readonly FactIndex[]
}

type FactIndex = {
  readonly fact: string
  readonly byValue: ReadonlyMap<string | number | boolean, readonly number[]>
  /** Sorted upwards: the fact must be at least `bound`. */
  readonly atLeast: readonly Threshold[]
  /** Sorted downwards: the fact must be at most `bound`. */
  readonly atMost: readonly Threshold[]
}
type Threshold = { readonly bound: number; readonly trigger: number }

type Anchor =
  | { readonly kind: 'value'; readonly fact: string; readonly value: string | number | boolean }
  | { readonly kind: 'at_least' | 'at_most'; readonly fact: string; readonly bound: number }

/** Several anchors: at least one of them must be so. */
type AnchorSet = readonly Anchor[]

export function buildTriggerIndex(conditions: readonly Condition[]): TriggerIndex {
  const choices = conditions.map(anchorSetsOf)
  const crowd = new Map<string, number>()
  for (const key of choices.flat(2).map(crowdKey)) crowd.set(key, (crowd.get(key) ?? 0) + 1)
  const crowdOf = (set: AnchorSet) =>
    set.reduce((sum, anchor) => sum + (crowd.get(crowdKey(anchor)) ?? 0), 0)

  const always: number[] = []
  const filed = new Map<string, { anchor: Anchor; trigger: number }[]>()
  for (const [trigger, sets] of choices.entries()) {
    // The least crowded anchors leave the fewest candidates.
    const best = sets.toSorted((a, b) => crowdOf(a) - crowdOf(b))[0]
    if (best === undefined) always.push(trigger)
    else
      for (const anchor of best) {
        const entries = filed.get(anchor.fact) ?? []
        entries.push({ anchor, trigger })
        filed.set(anchor.fact, entries)
      }
  }
  const byFact = [...filed].map(([fact, entries]) => indexFact(fact, entries))
  return { always, byFact }
}

/** Calls `visit` with every candidate; the same one may come more than once. */
export function eachCandidate(
  index: TriggerIndex,
  values: Facts['values'],
  visit: (trigger: number) => void,
): void {
  for (const trigger of index.always) visit(trigger)
  for (const entry of index.byFact) {
    const value = values[entry.fact]
    if (value !== undefined) visitFact(entry, value, visit)
  }
}

function visitFact(entry: FactIndex, value: FactValue, visit: (trigger: number) => void): void {
  if (typeof value === 'object') {
    for (const item of value) entry.byValue.get(fold(item))?.forEach(visit)
    return
  }
  entry.byValue.get(fold(value))?.forEach(visit)
  if (typeof value !== 'number') return
  for (const { bound, trigger } of entry.atLeast) {
    if (value < bound) break
    visit(trigger)
  }
  for (const { bound, trigger } of entry.atMost) {
    if (value > bound) break
    visit(trigger)
  }
}

function indexFact(
  fact: string,
  entries: readonly { anchor: Anchor; trigger: number }[],
): FactIndex {
  const byValue = new Map<string | number | boolean, number[]>()
  const atLeast: Threshold[] = []
  const atMost: Threshold[] = []
  for (const { anchor, trigger } of entries)
    switch (anchor.kind) {
      case 'value':
        byValue.set(anchor.value, [...(byValue.get(anchor.value) ?? []), trigger])
        break
      case 'at_least':
        atLeast.push({ bound: anchor.bound, trigger })
        break
      case 'at_most':
        atMost.push({ bound: anchor.bound, trigger })
        break
    }
  return {
    fact,
    byValue,
    atLeast: atLeast.sort((a, b) => a.bound - b.bound),
    atMost: atMost.sort((a, b) => b.bound - a.bound),
  }
}

/** Every set of anchors of which one must be so for the condition to hold. */
function anchorSetsOf(condition: Condition): readonly AnchorSet[] {
  switch (condition.kind) {
    case 'all':
      return condition.of.flatMap(anchorSetsOf)
    case 'any': {
      const parts = condition.of.map((part) => shortest(anchorSetsOf(part)))
      const anchored = parts.filter((part) => part !== undefined)
      return parts.length > 0 && anchored.length === parts.length ? [anchored.flat()] : []
    }
    case 'not':
      return []
    case 'fact': {
      const anchors = anchorsOf(condition.fact, condition.matcher)
      return anchors === null ? [] : [anchors]
    }
  }
}

function anchorsOf(fact: string, matcher: Matcher): AnchorSet | null {
  switch (matcher.op) {
    case 'is':
      return [{ kind: 'value', fact, value: fold(matcher.value) }]
    case 'one_of':
    case 'includes':
      return matcher.values.map((value) => ({ kind: 'value', fact, value: fold(value) }))
    case 'gt':
    case 'gte':
      return [{ kind: 'at_least', fact, bound: matcher.value }]
    case 'lt':
    case 'lte':
      return [{ kind: 'at_most', fact, bound: matcher.value }]
    case 'between':
      return [{ kind: 'at_least', fact, bound: matcher.min }]
    case 'within':
      return [{ kind: 'at_most', fact, bound: matcher.hours }]
    case 'missing':
      return null
  }
}

function shortest(sets: readonly AnchorSet[]): AnchorSet | undefined {
  return sets.toSorted((a, b) => a.length - b.length)[0]
}

/** Thresholds of one fact share a crowd: a high value passes them all. */
function crowdKey(anchor: Anchor): string {
  return anchor.kind === 'value'
    ? `${anchor.fact}=${typeof anchor.value}:${anchor.value}`
    : `${anchor.fact} ${anchor.kind}`
}

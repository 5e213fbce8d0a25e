import type { CompiledPolicy } from './compile-policy.ts'
import type { CompiledCondition } from './condition.ts'
import { PRODUCTS } from './derived-facts.ts'
import type { Choice, FactSpace } from './fact-space.ts'
import { choicesOf, itemVariable, MISSING, presenceVariable } from './fact-space.ts'
import { findFact, type Facts, type FactValue } from './facts.ts'
import { TYPE_OF_INTENT, type Intent } from './labels.ts'
import { ANY_AMOUNT, factorsOf, rangeAround } from './number-range.ts'
import { isMoreSevere, SEVERITIES, TYPES, type Severity, type TicketType } from './labels.ts'

/** What is known so far of a ticket that is being looked for. */
export type Known = ReadonlyMap<string, Choice>

/** Not decided by what is known: ask for this variable, these values first. */
export type Question = { readonly variable: string; readonly wanted: (value: Choice) => boolean }
export type Verdict = boolean | Question
/** Something that a ticket must be. Its verdict, once it is a boolean, holds however the rest turns out. */
export type Goal = (known: Known) => Verdict

export type Found =
  | { readonly kind: 'found'; readonly facts: Facts }
  | { readonly kind: 'none' }
  /** Not answered within the steps allowed. */
  | { readonly kind: 'open' }

const STEPS = 20_000

/**
 * Looks for facts under which the goal is reached: depth first over the variables that the goal asks for, so what no
 * rule reads is never tried. Complete over the space: `none` means that no ticket does it.
 */
export function findFacts(goal: Goal, space: FactSpace, policy: CompiledPolicy): Found {
  const known = new Map<string, Choice>()
  let steps = 0
  function search(): boolean | undefined {
    steps += 1
    if (steps > STEPS) return undefined
    const verdict = goal(known)
    if (typeof verdict === 'boolean') return verdict
    const { variable, wanted } = verdict
    const values = choicesOf(space, variable)
    const ordered = [...values.filter(wanted), ...values.filter((value) => !wanted(value))]
    for (const value of ordered) {
      known.set(variable, value)
      const reached = isPossible(variable, known, space, policy) ? search() : false
      if (reached !== false) return reached
    }
    known.delete(variable)
    return false
  }
  const reached = search()
  if (reached === undefined) return { kind: 'open' }
  return reached ? { kind: 'found', facts: factsOf(known, space, policy) } : { kind: 'none' }
}

export function allOf(...goals: readonly Goal[]): Goal {
  return (known) => {
    let question: Question | undefined
    for (const goal of goals) {
      const verdict = goal(known)
      if (verdict === false) return false
      if (verdict !== true) question ??= verdict
    }
    return question ?? true
  }
}

/** A condition and the truth that is looked for. */
export type Wish = { readonly condition: CompiledCondition; readonly want: boolean }

/**
 * Looks for a readable ticket whose decided severity and type make routes or review rules as wished. One decided pair
 * after the other, so that two rules never hope for two different severities of one ticket.
 */
export function findDecided(
  wishes: readonly Wish[],
  space: FactSpace,
  policy: CompiledPolicy,
): Found {
  let isOpen = false
  for (const severity of SEVERITIES.toReversed())
    for (const type of TYPES) {
      const goals = wishes.map(({ condition, want }) =>
        holdsDecided(condition, { severity, type }, policy, want),
      )
      const found = findFacts(
        allOf(...goals, isType(type, policy), isSeverity(severity, policy), READABLE),
        space,
        policy,
      )
      if (found.kind === 'found') return found
      isOpen ||= found.kind === 'open'
    }
  return { kind: isOpen ? 'open' : 'none' }
}

/** Intent and language are scored, so that the routes are asked at all. */
const READABLE: Goal = allOf(isKnown('intent'), isKnown('language'))

function isKnown(fact: string): Goal {
  return (known) => {
    const value = known.get(fact)
    return value === undefined
      ? { variable: fact, wanted: (choice) => choice !== MISSING }
      : value !== MISSING
  }
}

/** The condition of a trigger, which is heard before anything is decided, has this truth. */
export function holds(condition: CompiledCondition, policy: CompiledPolicy, want = true): Goal {
  return (known) =>
    asWanted(
      combine(condition, want, (atom, wish) => judgeAtom(atom, known, wish, policy)),
      want,
    )
}

function holdsDecided(
  condition: CompiledCondition,
  decided: { readonly severity: Severity; readonly type: TicketType },
  policy: CompiledPolicy,
  want: boolean,
): Goal {
  return (known) =>
    asWanted(
      combine(condition, want, (atom, wish) =>
        atom.fact === 'severity' || atom.fact === 'type'
          ? matches(atom, decided[atom.fact])
          : judgeAtom(atom, known, wish, policy),
      ),
      want,
    )
}

/** A trigger of this severity fires and none that raises more; for the least severe, none that raises more. */
function isSeverity(severity: Severity, policy: CompiledPolicy): Goal {
  const above = policy.triggers.filter(({ rule }) => isMoreSevere(rule.raise, severity))
  const same = policy.triggers.filter(({ rule }) => rule.raise === severity)
  const notAbove = above.map(({ condition }) => holds(condition, policy, false))
  if (severity === SEVERITIES.at(-1)) return allOf(...notAbove)
  return allOf(...notAbove, anyOf(...same.map(({ condition }) => holds(condition, policy))))
}

/**
 * The most severe trigger that names a type names this one, a floor before others, or none does and the intent is of
 * this type.
 */
function isType(type: TicketType, policy: CompiledPolicy): Goal {
  const naming = policy.triggers
    .filter(({ rule }) => rule.type !== undefined)
    .toSorted(
      ({ rule: a }, { rule: b }) =>
        SEVERITIES.indexOf(a.raise) - SEVERITIES.indexOf(b.raise) ||
        Number(b.floor) - Number(a.floor),
    )
  const ofIntent: Goal = (known) => {
    const intent = known.get('intent')
    return intent === undefined
      ? { variable: 'intent', wanted: (choice) => typeOf(choice, policy) === type }
      : typeOf(intent, policy) === type
  }
  return (known) => {
    let question: Question | undefined
    let possible = false
    for (const { rule, condition } of naming) {
      const isThis = rule.type === type
      const verdict = combine(condition, isThis, (atom, wish) =>
        judgeAtom(atom, known, wish, policy),
      )
      if (verdict === false) continue
      possible ||= isThis
      if (verdict === true)
        return isThis ? (question ?? true) : possible && question !== undefined ? question : false
      question ??= verdict
    }
    const last = ofIntent(known)
    if (last === false && !possible) return false
    // The intent first: most tickets have the type of their intent.
    if (typeof last !== 'boolean') return last
    return question ?? last
  }
}

export function anyOf(...goals: readonly Goal[]): Goal {
  return (known) => {
    let question: Question | undefined
    for (const goal of goals) {
      const verdict = goal(known)
      if (verdict === true) return true
      if (verdict !== false) question ??= verdict
    }
    return question ?? false
  }
}

function asWanted(verdict: Verdict, want: boolean): Verdict {
  return typeof verdict === 'boolean' ? verdict === want : verdict
}

type Atom = Extract<CompiledCondition, { kind: 'fact' }>
type JudgeAtom = (atom: Atom, want: boolean) => Verdict

function combine(condition: CompiledCondition, want: boolean, atom: JudgeAtom): Verdict {
  switch (condition.kind) {
    case 'fact':
      return atom(condition, want)
    case 'not': {
      const verdict = combine(condition.part, !want, atom)
      return typeof verdict === 'boolean' ? !verdict : verdict
    }
    case 'all':
    case 'any': {
      const decisive = condition.kind === 'any'
      let question: Question | undefined
      for (const part of condition.parts) {
        const verdict = combine(part, want, atom)
        if (verdict === decisive) return decisive
        if (typeof verdict !== 'boolean') question ??= verdict
      }
      return question ?? !decisive
    }
  }
}

function judgeAtom(atom: Atom, known: Known, want: boolean, policy: CompiledPolicy): Verdict {
  const { fact, matcher } = atom
  if (matcher.op === 'includes') return judgeList(fact, matcher.values, known, want)
  if (findFact(fact, policy.policy.attributes)?.type === 'list')
    return matcher.op === 'missing' && judgePresence(fact, matcher.missing, known, want)
  // The model's type is that of the intent.
  if (fact === 'type') {
    const intent = known.get('intent')
    return intent === undefined
      ? { variable: 'intent', wanted: (value) => matches(atom, typeIfAny(value, policy)) === want }
      : matches(atom, typeIfAny(intent, policy))
  }
  const value = known.get(fact)
  return value === undefined
    ? { variable: fact, wanted: (choice) => matches(atom, choice) === want }
    : matches(atom, value)
}

function judgeList(fact: string, items: readonly string[], known: Known, want: boolean): Verdict {
  let question: Question | undefined
  for (const item of items) {
    const variable = itemVariable(fact, item)
    const value = known.get(variable)
    if (value === true) return true
    if (value === undefined) question ??= { variable, wanted: (choice) => choice === want }
  }
  return question ?? false
}

/** Lists that every ticket has, if only empty ones. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  'phrases',
  'phrases.ids',
  'model.triggers',
  'scoring.unscored',
  'scoring.degraded',
])

function judgePresence(fact: string, isMissing: boolean, known: Known, want: boolean): Verdict {
  if (ALWAYS_THERE.has(fact)) return !isMissing
  const variable = presenceVariable(fact)
  const value = known.get(variable)
  return value === undefined
    ? { variable, wanted: (choice) => (choice !== isMissing) === want }
    : value !== isMissing
}

function matches({ fact, holds }: Atom, value: Choice): boolean {
  return holds(value === MISSING ? {} : { [fact]: value })
}

function typeOf(intent: Choice, { policy }: CompiledPolicy): TicketType {
  const named = intent as Intent
  return policy.types[named] ?? TYPE_OF_INTENT[named] ?? 'general'
}

function typeIfAny(intent: Choice, policy: CompiledPolicy): Choice {
  return intent === MISSING ? MISSING : typeOf(intent, policy)
}

/** Facts that come together: all of them are there, or none is. */
const TOGETHER: readonly (readonly string[])[] = [
  ['intent', 'intent.confidence', 'intent.band'],
  ['sentiment', 'sentiment.confidence'],
  ['urgency', 'urgency.confidence'],
  ['model.priority', 'model.priority.confidence', 'model.critical'],
  ['spike.key', 'spike.customers', 'spike.ratio'],
  ['repeat.contacts7d', 'repeat.tickets'],
]

/** Whether a ticket can be like this: facts that come together, products, lists with items, phrases with their kind. */
function isPossible(
  variable: string,
  known: Known,
  space: FactSpace,
  policy: CompiledPolicy,
): boolean {
  return (
    comesTogether(variable, known) &&
    PRODUCTS.every((product) => isProduct(variable, known, space, product)) &&
    isThereWithItems(variable, known) &&
    hasItsKind(variable, known, policy)
  )
}

function comesTogether(variable: string, known: Known): boolean {
  const group = TOGETHER.find((facts) => facts.some((fact) => thereVariable(fact) === variable))
  const isAbsent = known.get(variable) === absentValue(variable)
  return (
    group === undefined ||
    group.map(thereVariable).every((other) => {
      const value = known.get(other)
      return value === undefined || (value === absentValue(other)) === isAbsent
    })
  )
}

/** The variable that tells whether a fact is there, and its value when it is not. */
const thereVariable = (fact: string) =>
  findFact(fact, {})?.type === 'list' ? presenceVariable(fact) : fact
const absentValue = (variable: string) => (variable.endsWith('∋') ? false : MISSING)

type Product = (typeof PRODUCTS)[number]

/** A product is there exactly when both factors are, and some two of them give it. */
function isProduct(variable: string, known: Known, space: FactSpace, all: Product): boolean {
  const { product, factors } = all
  if (variable !== product && !factors.some((factor) => factor === variable)) return true
  const value = known.get(product)
  if (value === undefined) return true
  const choices = factors.map((factor) => known.get(factor))
  if (value === MISSING) return choices.some((choice) => choice === undefined || choice === MISSING)
  return !choices.includes(MISSING) && factorsThatGive(all, known, space) !== undefined
}

/** Numbers for the factors that are as those that were found, and give a product as the one that was found. */
function factorsThatGive(
  { product, factors }: Product,
  known: Known,
  space: FactSpace,
): readonly [number, number] | undefined {
  const rangeOf = (fact: string) => {
    const value = known.get(fact)
    return typeof value === 'number' ? rangeAround(value, space.cuts.get(fact) ?? []) : ANY_AMOUNT
  }
  const [left, right] = factors
  const isLeftWhole = findFact(left, {})?.integer === true
  return factorsOf(rangeOf(product), [rangeOf(left), rangeOf(right)], isLeftWhole)
}

function isThereWithItems(variable: string, known: Known): boolean {
  const [fact, item] = partsOf(variable)
  if (item === undefined || known.get(variable) !== (item !== '')) return true
  if (item !== '') return known.get(presenceVariable(fact)) !== false
  return [...known].every(([other, value]) => !other.startsWith(variable) || value !== true)
}

function partsOf(variable: string): readonly [fact: string, item: string | undefined] {
  const [fact, item] = variable.split('∋')
  return [fact ?? variable, item]
}

function hasItsKind(variable: string, known: Known, { policy }: CompiledPolicy): boolean {
  if (!variable.startsWith('phrases')) return true
  return policy.phrases.every(
    ({ id, kind }) =>
      known.get(itemVariable('phrases.ids', id)) !== true ||
      known.get(itemVariable('phrases', kind)) !== false,
  )
}

/** The facts that were found, and what has to be there beside them. */
function factsOf(known: Known, space: FactSpace, { policy }: CompiledPolicy): Facts {
  const values: Record<string, FactValue> = {
    phrases: [],
    'phrases.ids': [],
    'model.triggers': [],
    'scoring.unscored': [],
    'scoring.degraded': [],
  }
  for (const [variable, value] of known) {
    const [fact, item] = partsOf(variable)
    if (item === undefined) {
      if (value !== MISSING) values[fact] = value
    } else if (item !== '' && value === true) add(values, fact, item)
    else if (known.get(presenceVariable(fact)) !== false) values[fact] ??= []
  }
  for (const { id, kind } of policy.phrases)
    if (listOf(values['phrases.ids']).includes(id.toLowerCase())) add(values, 'phrases', kind)
  for (const group of TOGETHER) {
    if (group.every((fact) => values[fact] === undefined)) continue
    for (const fact of group) {
      if (values[fact] !== undefined) continue
      const present = space.choices.get(fact)?.find((choice) => choice !== MISSING)
      if (present !== undefined) values[fact] = present
    }
  }
  for (const product of PRODUCTS) completeProduct(values, product, known, space)
  const intent = values['intent'] as Intent | undefined
  if (intent !== undefined)
    values['type'] = policy.types[intent] ?? TYPE_OF_INTENT[intent] ?? 'general'
  return { values, evidence: {} }
}

/** A product comes with factors that give it, and two factors with their product. */
function completeProduct(
  values: Record<string, FactValue>,
  all: Product,
  known: Known,
  space: FactSpace,
): void {
  const { product, factors } = all
  const [left, right] = factors
  const given = values[product] === undefined ? undefined : factorsThatGive(all, known, space)
  if (given !== undefined) [values[left], values[right]] = given
  const [one, other] = [values[left], values[right]]
  if (typeof one === 'number' && typeof other === 'number') values[product] = one * other
}

function add(values: Record<string, FactValue>, fact: string, item: string): void {
  const items = listOf(values[fact])
  if (!items.includes(item)) values[fact] = [...items, item].sort()
}

const listOf = (value: FactValue | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : []

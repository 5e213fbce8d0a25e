import { compilePolicy, type CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Choice, FactSpace } from '../../src/domain/fact-space.ts'
import { MISSING } from '../../src/domain/fact-space.ts'
import type { Facts, FactValue } from '../../src/domain/facts.ts'
import { SEVERITIES, TYPE_OF_INTENT, type Intent } from '../../src/domain/labels.ts'
import type { Condition, Matcher } from '../../src/domain/policy.ts'
import { aPolicy, aTrigger, fact } from '../support/a-policy.ts'

type Random = () => number

/** A policy of a few triggers and routes over a few facts, so small that every ticket can be tried. */
export function smallPolicy(random: Random): CompiledPolicy {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const number = (): Matcher => {
    const op = pick(['lt', 'lte', 'gt', 'gte', 'between'] as const)
    const value = pick([-1, 0, 1])
    return op === 'between' ? { op, min: value, max: value + pick([0, 1]) } : { op, value }
  }
  const ATOMS = [
    () => fact('sentiment', number()),
    () => fact('customer.tier', { op: 'is', value: pick(['gold', 'silver']) }),
    () => fact('customer.regulated', { op: 'is', value: random() < 0.5 }),
    () => fact('phrases', { op: 'includes', values: [pick(['churn', 'outrage'])] }),
    () => fact('customer.tier', { op: 'missing', missing: random() < 0.5 }),
    () => fact('attributes.tags', { op: 'missing', missing: random() < 0.5 }),
    () => fact('attributes.tags', { op: 'includes', values: [pick(['a', 'b'])] }),
  ]
  // A product and its factors, of which some policies read all and most read none.
  const amount = (bounds: readonly number[]): Matcher => {
    const matcher = number()
    const value = pick(bounds)
    return matcher.op === 'between'
      ? { ...matcher, min: value, max: value }
      : ({ ...matcher, value } as Matcher)
  }
  const PRODUCT = [
    () => fact('order.value', amount([1, 2])),
    () => fact('order.delayHours', amount([1, 2])),
    () => fact('order.exposure', amount([1, 2, 4])),
    () => fact('order.exposure', amount([1, 2, 4])),
  ]
  const condition = (atoms: readonly (() => Condition)[], depth = 2): Condition => {
    if (depth === 0 || random() < 0.4) return pick(atoms)()
    const kind = pick(['all', 'any', 'not'] as const)
    if (kind === 'not') return { kind, of: condition(atoms, depth - 1) }
    return { kind, of: [condition(atoms, depth - 1), condition(atoms, depth - 1)] }
  }
  // Half of the facts a policy, so that their product stays small.
  const read = random() < 0.3 ? PRODUCT : ATOMS.filter(() => random() < 0.5)
  const heard = read.length === 0 ? [ATOMS[0]!] : read
  const decided = [
    ...heard,
    () => fact('severity', { op: 'one_of', values: [pick(SEVERITIES), pick(SEVERITIES)] }),
    () => fact('type', { op: 'is', value: pick(['technical', 'billing']) }),
  ]
  const triggers = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => {
    const when = condition(heard)
    return aTrigger(`t${index}`, when, {
      raise: pick(['P1', 'P2', 'P2', 'P3']),
      // A floor reads no model.
      floor: random() < 0.5 && !JSON.stringify(when).includes('sentiment'),
      ...(random() < 0.5 && { type: pick(['technical', 'billing']) }),
    })
  })
  const routes = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => ({
    id: `r${index}`,
    when: condition(decided),
    team: 'front',
    because: 'because',
  }))
  const segments =
    random() < 0.4
      ? [
          {
            id: 'segment',
            when: condition(heard),
            severities: {},
            routes: [0, 1].slice(0, 1 + Math.floor(random() * 2)).map((index) => ({
              id: `s${index}`,
              when: condition(decided),
              team: 'front',
              because: 'because',
            })),
            reviewRules: [],
          },
        ]
      : []
  const attributes = { tags: { type: 'list', doc: 'Tags' } } as const
  return compilePolicy(aPolicy({ attributes, triggers, routes, segments }))
}

/** So fine that every way of two factors and their product to lie about 1, 2 and 4 is among them. */
const AMOUNTS: readonly Choice[] = [MISSING, 0, 0.25, 0.5, 0.8, 1, 1.25, 1.6, 2, 2.5, 4, 8, 16]

/** Every ticket of the space: the product of all values of all variables. */
export function everyTicket({ choices }: FactSpace): readonly Facts[] {
  let all: Record<string, FactValue>[] = [{ language: 'en', phrases: [] }]
  const variables = new Map(choices)
  if (['order.value', 'order.delayHours', 'order.exposure'].some((name) => variables.has(name)))
    for (const name of ['order.value', 'order.delayHours']) variables.set(name, AMOUNTS)
  variables.delete('order.exposure')
  if (!variables.has('intent')) variables.set('intent', ['outage', 'refund', MISSING])
  for (const [variable, values] of variables)
    all = all.flatMap((ticket) => values.map((value) => withValue(ticket, variable, value)))
  return all.map((values) => ({ values: withExposure(withType(values)), evidence: {} }))
}

function withValue(
  ticket: Record<string, FactValue>,
  variable: string,
  value: Choice,
): Record<string, FactValue> {
  const [name, item] = variable.split('∋') as [string, string | undefined]
  if (item === undefined) return value === MISSING ? ticket : { ...ticket, [name]: value }
  // An empty item says that the list is there.
  const items = [...((ticket[name] ?? []) as string[]), ...(item === '' ? [] : [item])]
  return value === true ? { ...ticket, [name]: items } : ticket
}

function withExposure(values: Record<string, FactValue>): Record<string, FactValue> {
  const { 'order.value': value, 'order.delayHours': hours } = values
  return typeof value === 'number' && typeof hours === 'number'
    ? { ...values, 'order.exposure': value * hours }
    : values
}

function withType(values: Record<string, FactValue>): Record<string, FactValue> {
  const { intent } = values
  return intent === undefined ? values : { ...values, type: TYPE_OF_INTENT[intent as Intent] }
}

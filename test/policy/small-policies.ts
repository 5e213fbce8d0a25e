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
  ]
  const condition = (atoms: readonly (() => Condition)[], depth = 2): Condition => {
    if (depth === 0 || random() < 0.4) return pick(atoms)()
    const kind = pick(['all', 'any', 'not'] as const)
    if (kind === 'not') return { kind, of: condition(atoms, depth - 1) }
    return { kind, of: [condition(atoms, depth - 1), condition(atoms, depth - 1)] }
  }
  // Half of the facts a policy, so that their product stays small.
  const read = ATOMS.filter(() => random() < 0.6)
  const heard = read.length === 0 ? [ATOMS[0]!] : read
  const decided = [
    ...heard,
    () => fact('severity', { op: 'one_of', values: [pick(SEVERITIES), pick(SEVERITIES)] }),
    () => fact('type', { op: 'is', value: pick(['technical', 'billing']) }),
  ]
  const triggers = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) =>
    aTrigger(`t${index}`, condition(heard), {
      raise: pick(['P1', 'P2', 'P3']),
      ...(random() < 0.3 && { type: pick(['technical', 'billing']) }),
    }),
  )
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
  return compilePolicy(aPolicy({ triggers, routes, segments }))
}

/** Every ticket of the space: the product of all values of all variables. */
export function everyTicket(space: FactSpace): readonly Facts[] {
  let all: Record<string, FactValue>[] = [{ language: 'en', phrases: [] }]
  const variables = new Map(space)
  if (!variables.has('intent')) variables.set('intent', ['outage', 'refund', MISSING])
  for (const [variable, values] of variables)
    all = all.flatMap((ticket) => values.map((value) => withValue(ticket, variable, value)))
  return all.map((values) => ({ values: withType(values), evidence: {} }))
}

function withValue(
  ticket: Record<string, FactValue>,
  variable: string,
  value: Choice,
): Record<string, FactValue> {
  const [name, item] = variable.split('∋') as [string, string | undefined]
  if (item === undefined) return value === MISSING ? ticket : { ...ticket, [name]: value }
  return value === true
    ? { ...ticket, [name]: [...((ticket[name] ?? []) as string[]), item] }
    : ticket
}

function withType(values: Record<string, FactValue>): Record<string, FactValue> {
  const { intent } = values
  return intent === undefined ? values : { ...values, type: TYPE_OF_INTENT[intent as Intent] }
}

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../src/domain/condition.ts'
import { describeCondition } from '../../src/domain/describe-condition.ts'
import { comparisonsOf } from '../../src/domain/explain-condition.ts'
import type { FactValue } from '../../src/domain/facts.ts'
import type { Condition, Matcher } from '../../src/domain/policy.ts'
import { buildTriggerIndex, eachCandidate } from '../../src/domain/trigger-index.ts'
import { fact, gte, includes, is } from '../support/a-policy.ts'

const holds = (condition: Condition, values: Record<string, FactValue>) =>
  compileCondition(condition).holds(values)

describe('matchers', () => {
  test.each<[Matcher, readonly FactValue[], readonly FactValue[]]>([
    [{ op: 'is', value: 'Enterprise' }, ['enterprise', 'ENTERPRISE'], ['smb', 1, ['enterprise']]],
    [{ op: 'is', value: true }, [true], [false, 'true']],
    [{ op: 'one_of', values: ['a', 2] }, ['A', 2], ['b', '2', ['a']]],
    [{ op: 'lt', value: 5 }, [4.9, -1], [5, '4']],
    [{ op: 'lte', value: 5 }, [5], [5.1]],
    [{ op: 'gt', value: 5 }, [5.1], [5]],
    [{ op: 'gte', value: 5 }, [5], [4.9, Number.NaN]],
    [{ op: 'between', min: 1, max: 5 }, [1, 5], [0.9, 5.1]],
    [{ op: 'within', hours: 48 }, [0, 48], [-0.1, 48.1]],
    [{ op: 'includes', values: ['churn', 'outrage'] }, [['x', 'churn']], [[], ['x'], 'churn']],
    [{ op: 'missing', missing: false }, ['', 0, []], []],
  ])('%j', (matcher, fitting, others) => {
    for (const value of fitting)
      expect([value, holds(fact('f', matcher), { f: value })]).toEqual([value, true])
    for (const value of others)
      expect([value, holds(fact('f', matcher), { f: value })]).toEqual([value, false])
    expect(holds(fact('f', matcher), {})).toBe(false)
  })
  test('missing: true asks for an absent fact', () => {
    expect(holds(fact('f', { op: 'missing', missing: true }), {})).toBe(true)
    expect(holds(fact('f', { op: 'missing', missing: true }), { f: 0 })).toBe(false)
  })
})

const COMPOSED: Condition = {
  kind: 'all',
  of: [
    is('customer.tier', 'enterprise'),
    {
      kind: 'any',
      of: [gte('impact.affectedUsers', 100), includes('phrases', 'churn', 'outrage')],
    },
    { kind: 'not', of: is('language', 'de') },
  ],
}

test('describeCondition() reads as a sentence', () => {
  expect(describeCondition(COMPOSED)).toBe(
    'customer.tier is enterprise and (impact.affectedUsers is at least 100 or phrases includes churn or outrage) and not (language is de)',
  )
})

test('comparisonsOf() names the branches that held', () => {
  const values = { 'customer.tier': 'enterprise', phrases: ['churn'], 'impact.affectedUsers': 3 }
  expect(comparisonsOf(compileCondition(COMPOSED), values)).toEqual([
    { fact: 'customer.tier', value: 'enterprise', asked: 'is enterprise' },
    { fact: 'phrases', value: ['churn'], asked: 'includes churn or outrage' },
    { fact: 'language', value: null, asked: 'not: is de' },
  ])
})

const NAMES = ['a', 'b', 'c']
const anyMatcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.constantFrom('x', 'y', 1, 2, true).map((value) => ({ op: 'is', value }) as const),
  fc.subarray(['x', 'Y', 2]).map((values) => ({ op: 'one_of', values }) as const),
  fc.subarray(['x', 'y', 'z']).map((values) => ({ op: 'includes', values }) as const),
  fc
    .tuple(fc.constantFrom('lt', 'lte', 'gt', 'gte'), fc.integer({ min: -3, max: 3 }))
    .map(([op, value]) => ({ op, value })),
  fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.nat(3))
    .map(([min, span]) => ({ op: 'between', min, max: min + span }) as const),
  fc.nat(3).map((hours) => ({ op: 'within', hours }) as const),
  fc.boolean().map((missing) => ({ op: 'missing', missing }) as const),
)
const { condition: anyCondition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(fc.constantFrom(...NAMES), anyMatcher).map(([name, matcher]) => fact(name, matcher)),
    fc
      .tuple(
        fc.constantFrom('all' as const, 'any' as const),
        fc.array(tie('condition'), { maxLength: 3 }),
      )
      .map(([kind, of]) => ({ kind, of })),
    tie('condition').map((of) => ({ kind: 'not' as const, of })),
  ),
}))
const anyValues = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(
    fc.constantFrom<FactValue>('x', 'y', 'X', true, false),
    fc.integer({ min: -3, max: 3 }),
    fc.subarray(['x', 'y', 'Z']),
  ),
  { noNullPrototype: true },
)

test('the index never leaves out a trigger that fires', () => {
  fc.assert(
    fc.property(fc.array(anyCondition, { maxLength: 12 }), anyValues, (conditions, values) => {
      const candidates = new Set<number>()
      eachCandidate(buildTriggerIndex(conditions), values, (place) => candidates.add(place))
      const firing = [...conditions.keys()].filter((place) => holds(conditions[place]!, values))
      expect(firing.filter((place) => !candidates.has(place))).toEqual([])
    }),
    { numRuns: 3000 },
  )
})

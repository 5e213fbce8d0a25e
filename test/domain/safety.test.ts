import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/domain/canonical-json.ts'
import { compilePolicy, type CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import { allowedActions, type Decision } from '../../src/domain/decision.ts'
import type { Facts } from '../../src/domain/facts.ts'
import { EMOTIONS, SEVERITIES, TRIGGER_KINDS, isMoreSevere } from '../../src/domain/labels.ts'
import type { Moment } from '../../src/domain/moment.ts'
import type { Policy, Trigger } from '../../src/domain/policy.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { aPolicy, aTrigger, fact, gte, includes, is } from '../support/a-policy.ts'
import { anyValues, isModelFact } from '../support/any-facts.ts'
import { shippedPolicy } from '../support/shipped-policy.ts'

/** Rules of DESIGN section 3, on the shipped policy and on policies made at random. */

const SHIPPED = shippedPolicy()
const RUNS = { numRuns: 400 }

type Values = Facts['values']

const anyMoment: fc.Arbitrary<Moment> = fc
  .tuple(
    fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
    fc.oneof(fc.constant(0), fc.nat(5 * 1440)),
  )
  .map(([now, minutes]) => ({
    now: now.toISOString(),
    clockStart: new Date(now.getTime() - minutes * 60_000).toISOString(),
  }))

const anyTrigger = (id: string): fc.Arbitrary<Trigger> =>
  fc
    .tuple(
      fc.constantFrom(...SEVERITIES),
      fc.boolean(),
      fc.constantFrom(undefined, 'billing' as const, 'technical' as const),
      fc.constantFrom(
        includes('phrases', 'churn'),
        gte('impact.affectedUsers', 100),
        is('customer.tier', 'enterprise'),
        fact('history.breaches', { op: 'missing', missing: true }),
      ),
      fc.constantFrom(
        is('intent', 'outage'),
        fact('sentiment', { op: 'lte', value: -1 }),
        includes('emotions', 'anger', 'frustration'),
        includes('model.triggers', 'churn'),
        { kind: 'not', of: is('model.priority', 'low') } as const,
      ),
    )
    .map(([raise, floor, type, certain, sensed]) =>
      aTrigger(id, floor ? certain : { kind: 'any', of: [certain, sensed] }, {
        raise,
        floor,
        ...(type !== undefined && { type }),
      }),
    )

const randomPolicy: fc.Arbitrary<Policy> = fc
  .tuple(...['a', 'b', 'c', 'd', 'e', 'f'].map(anyTrigger))
  .map((triggers) =>
    aPolicy({
      triggers,
      routes: [
        { id: 'tech', when: is('type', 'technical'), team: 'experts', because: 'technical' },
        { id: 'severe', when: is('severity', 'P1'), team: 'experts', because: 'severe' },
        { id: 'money', when: is('type', 'billing'), team: 'front', because: 'money' },
      ],
    }),
  )
const anyPolicy = fc.oneof(fc.constant(SHIPPED), randomPolicy)

const compiled = new WeakMap<Policy, CompiledPolicy>()
function decided(values: Values, policy: Policy, at: Moment): Decision {
  const ready = compiled.get(policy) ?? compilePolicy(policy)
  compiled.set(policy, ready)
  return decide({ values, evidence: {} }, ready, EMPTY_ROSTER, at)
}

const certain = anyValues(SHIPPED, (name) => !isModelFact(name))
const sensed = anyValues(SHIPPED, isModelFact)

describe('floor', () => {
  test('nothing that a model says goes below what is certain', () => {
    fc.assert(
      fc.property(anyPolicy, certain, sensed, sensed, anyMoment, (policy, base, one, two, at) => {
        const first = decided({ ...base, ...one }, policy, at)
        const second = decided({ ...base, ...two }, policy, at)
        expect(second.floor).toBe(first.floor)
        for (const { severity, floor } of [first, second])
          expect(isMoreSevere(floor, severity)).toBe(false)
      }),
      RUNS,
    )
  })
  test('nor does taking all models away', () => {
    fc.assert(
      fc.property(anyPolicy, certain, sensed, anyMoment, (policy, base, one, at) => {
        const alone = decided(base, policy, at)
        expect(decided({ ...base, ...one }, policy, at).floor).toBe(alone.floor)
        expect(isMoreSevere('P2', alone.severity)).toBe(false)
        expect(alone.disposition).toBe('review')
      }),
      RUNS,
    )
  })
})

test('the order of rules, routes, people and teams does not change a byte', () => {
  fc.assert(
    fc.property(
      anyPolicy,
      certain,
      sensed,
      anyMoment,
      fc.infiniteStream(fc.nat()),
      (policy, base, one, at, keys) => {
        const values = { ...base, ...one }
        const shuffle = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item)
        const mixed: Policy = {
          ...policy,
          triggers: shuffle(policy.triggers),
          routes: shuffle(policy.routes),
          review: { ...policy.review, rules: shuffle(policy.review.rules) },
          people: Object.fromEntries(shuffle(Object.entries(policy.people))),
          teams: Object.fromEntries(shuffle(Object.entries(policy.teams))),
          calendars: Object.fromEntries(shuffle(Object.entries(policy.calendars))),
          tags: shuffle(policy.tags),
        }
        expect(canonicalJson(decided(values, mixed, at))).toBe(
          canonicalJson(decided(values, policy, at)),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('the same facts, policy, people and time give the same bytes', () => {
  fc.assert(
    fc.property(anyPolicy, anyValues(SHIPPED), anyMoment, (policy, values, at) => {
      const again = JSON.parse(JSON.stringify({ values, policy, at })) as {
        values: Values
        policy: Policy
        at: Moment
      }
      expect(canonicalJson(decided(again.values, again.policy, again.at))).toBe(
        canonicalJson(decided(values, policy, at)),
      )
    }),
    { numRuns: 200 },
  )
})

describe('emotion raises', () => {
  const withItem = (values: Values, name: string, item: string): Values => ({
    ...values,
    [name]: [...new Set([...((values[name] as readonly string[]) ?? []), item])],
  })
  test.each([
    ['emotions', EMOTIONS],
    ['phrases', TRIGGER_KINDS],
    ['model.triggers', TRIGGER_KINDS],
  ] as const)('one more of %s never lowers', (name, items) => {
    fc.assert(
      fc.property(anyValues(SHIPPED), fc.constantFrom(...items), anyMoment, (values, item, at) => {
        const before = decided(values, SHIPPED, at)
        const after = decided(withItem(values, name, item), SHIPPED, at)
        expect(isMoreSevere(before.severity, after.severity)).toBe(false)
        expect(isMoreSevere(before.floor, after.floor)).toBe(false)
      }),
      RUNS,
    )
  })
  test('and neither does a worse mood', () => {
    fc.assert(
      fc.property(anyValues(SHIPPED), anyMoment, (values, at) => {
        const moods = [2, 1, 0, -1, -2].map((sentiment) =>
          decided({ ...values, sentiment }, SHIPPED, at),
        )
        for (const [index, worse] of moods.slice(1).entries())
          expect(isMoreSevere(moods[index]!.severity, worse.severity)).toBe(false)
      }),
      RUNS,
    )
  })
})

test('every decision has an owner, another person behind, due times, and no other than known people', () => {
  fc.assert(
    fc.property(anyPolicy, anyValues(SHIPPED), anyMoment, (policy, values, at) => {
      const { route, clocks, reasons } = decided(values, policy, at)
      expect(policy.people[route.owner.id]?.name).toBe(route.owner.name)
      expect(policy.people[route.backup.id]?.name).toBe(route.backup.name)
      expect(route.owner.id).not.toBe(route.backup.id)
      expect(clocks.slice(0, 3).map((clock) => clock.kind)).toEqual([
        'first_response',
        'update',
        'resolution',
      ])
      for (const clock of clocks) expect(clock.dueAt > at.clockStart).toBe(true)
      expect(reasons.length).toBeGreaterThan(0)
    }),
    RUNS,
  )
})

const isUnread = (values: Values) => values.intent === undefined || values.language === undefined
const isDegraded = (values: Values) =>
  ((values['scoring.degraded'] as readonly string[] | undefined) ?? []).length > 0

test('critical, unread or degraded tickets wait for a person and nothing is allowed before', () => {
  fc.assert(
    fc.property(anyPolicy, anyValues(SHIPPED), anyMoment, (policy, values, at) => {
      const decision = decided(values, policy, at)
      fc.pre(decision.severity === 'P1' || isUnread(values) || isDegraded(values))
      expect(decision.disposition).toBe('review')
      expect(allowedActions(decision)).toEqual([])
      expect(decision.review?.reviewers.length).toBeGreaterThan(1)
    }),
    RUNS,
  )
})

test('unread tickets are at least P2 and go to the route of last choice', () => {
  fc.assert(
    fc.property(anyPolicy, anyValues(SHIPPED), anyMoment, (policy, values, at) => {
      fc.pre(isUnread(values))
      const decision = decided(values, policy, at)
      expect(decision.route.id).toBe('otherwise')
      expect(isMoreSevere('P2', decision.severity)).toBe(false)
    }),
    RUNS,
  )
})

test('text in facts never becomes a slot, a rule or another shape', () => {
  const hostile = fc.constantFrom(
    '{customer.annualValue}',
    '__proto__',
    'constructor',
    '<b>',
    '\u202E',
    '${x}',
  )
  fc.assert(
    fc.property(anyValues(SHIPPED), hostile, anyMoment, (values, text, at) => {
      const facts = { ...values, 'customer.tier': text, 'customer.region': text }
      const plain = { ...values, 'customer.tier': 'unknown', 'customer.region': 'unknown' }
      const got = decided(facts, SHIPPED, at)
      expect(got.severity).toBe(decided(plain, SHIPPED, at).severity)
      expect(got.route).toEqual(decided(plain, SHIPPED, at).route)
    }),
    { numRuns: 200 },
  )
})

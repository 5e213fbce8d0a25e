import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import { MISSING } from '../../src/domain/fact-space.ts'
import { findFact, type Facts, type FactValue } from '../../src/domain/facts.ts'
import { INTENTS, TYPE_OF_INTENT } from '../../src/domain/labels.ts'
import { nearMisses } from '../../src/domain/near-misses.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { changed, whatIf, type WhatIf } from '../../src/domain/what-if.ts'
import { aPolicy, aTrigger, fact } from '../support/a-policy.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { factsOfCase } from '../../src/policy/run-case.ts'
import { SHIPPED_POLICIES, shippedPolicy } from '../support/shipped-policy.ts'

/** `npm test` tries a part; 1,000 with DECISIONS=1000. */
const DECISIONS = Number(process.env['DECISIONS'] ?? 120)
const AT = { now: '2026-03-04T15:00:00.000Z', clockStart: '2026-03-04T15:00:00.000Z' }
const policy = compilePolicy(shippedPolicy())

type Random = () => number
const pick = <T>(random: Random, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)]!

/** A plausible ticket: most facts calm or absent, so that all severities occur. */
function someFacts(random: Random): Facts {
  const intent = pick(random, INTENTS)
  const some = (share: number, value: () => FactValue) => (random() < share ? value() : undefined)
  const users = some(0.4, () => Math.floor(random() ** 3 * 900))
  const minutes = some(0.4, () => Math.floor(random() * 60))
  const values = {
    language: 'en',
    intent,
    type: policy.policy.types[intent] ?? TYPE_OF_INTENT[intent],
    'intent.confidence': random(),
    'intent.band': pick(random, ['high', 'medium', 'low']),
    sentiment: pick(random, [-2, -1, 0, 0, 1]),
    urgency: pick(random, [0, 0, 1, 1, 2, 3]),
    emotions: random() < 0.3 ? [pick(random, ['anger', 'worry', 'frustration'])] : [],
    'model.priority': pick(random, ['low', 'low', 'high', 'critical']),
    'model.priority.confidence': random(),
    'model.critical': random() ** 6,
    phrases: random() < 0.3 ? [pick(random, ['churn', 'repeat_contact', 'outrage'])] : [],
    'phrases.ids': [],
    'model.triggers': [],
    'customer.tier': some(0.5, () => pick(random, ['smb', 'business', 'enterprise'])),
    'customer.annualValue': some(0.4, () => Math.floor(random() * 200_000)),
    'customer.healthScore': some(0.3, () => Math.floor(random() * 100)),
    'customer.renewal': some(0.3, () => random() * 2000 - 100),
    'impact.affectedUsers': users,
    'impact.downtimeMinutes': minutes,
    'impact.userMinutes':
      users === undefined || minutes === undefined ? undefined : Number(users) * Number(minutes),
    'history.contacts': some(0.4, () => Math.floor(random() * 5)),
    'history.reopened': some(0.3, () => Math.floor(random() * 3)),
  }
  const present = Object.entries(values).filter(([, value]) => value !== undefined)
  return { values: Object.fromEntries(present) as Facts['values'], evidence: {} }
}

const outcome = (facts: Facts) => {
  const { severity, route } = decide(facts, policy, EMPTY_ROSTER, AT)
  return { severity, team: route.team }
}

/** Numbers nearer to the old value than the stated one. */
function nearer({ was, is }: WhatIf, random: Random, integer: boolean): readonly number[] {
  if (typeof was !== 'number' || typeof is !== 'number') return []
  const tries = Array.from({ length: 25 }, () => was + (is - was) * random() * 0.999_999)
  tries.push(is - Math.sign(is - was) * (integer ? 1 : Math.abs(is) * 1e-9))
  return tries
    .map((number) => (integer ? Math.round(number) : number))
    .filter((number) => Math.abs(number - was) < Math.abs(is - was) && number !== was)
}

const lost = (before: readonly string[], after: unknown) =>
  new Set(before.filter((item) => !(after as readonly string[]).includes(item)))

describe('what would change a decision', () => {
  let removals = 0

  test(`each stated change does, and no smaller one of that fact, on ${DECISIONS} decisions`, () => {
    const random = seededRandom(11)
    let stated = 0
    for (let count = 0; count < DECISIONS; count += 1) {
      const facts = someFacts(random)
      const now = outcome(facts)
      const { severity, route } = decide(facts, policy, EMPTY_ROSTER, AT)
      const changes = whatIf(facts, { severity, route }, policy, EMPTY_ROSTER, AT)
      stated += changes.length
      for (const change of changes) {
        const is = change.is ?? MISSING
        const then = outcome(changed(facts, change.fact, is, policy))
        expect(then, change.sentence).toEqual({ severity: change.severity, team: change.team })
        expect(then, change.sentence).not.toEqual(now)
        const definition = findFact(change.fact, policy.policy.attributes)!
        for (const number of nearer(change, random, definition.integer === true))
          expect(outcome(changed(facts, change.fact, number, policy)), change.sentence).toEqual(now)
      }
    }
    expect(stated).toBeGreaterThan(DECISIONS)
  })

  test('nothing that would change it is left out', () => {
    const random = seededRandom(12)
    for (let count = 0; count < DECISIONS / 4; count += 1) {
      const facts = someFacts(random)
      const now = outcome(facts)
      const { severity, route } = decide(facts, policy, EMPTY_ROSTER, AT)
      const changes = whatIf(facts, { severity, route }, policy, EMPTY_ROSTER, AT)
      for (const intent of INTENTS) {
        if (intent === facts.values.intent) continue
        const then = outcome(changed(facts, 'intent', intent, policy))
        const isStated = changes.some((one) => one.fact === 'intent' && one.is === intent)
        expect(isStated, intent).toBe(JSON.stringify(then) !== JSON.stringify(now))
      }
      for (let tries = 0; tries < 30; tries += 1) {
        const name = pick(random, [
          'impact.affectedUsers',
          'history.contacts',
          'urgency',
          'sentiment',
        ])
        const was = facts.values[name]
        const { min = 0, max = 2000 } = findFact(name, {})!
        const number = Math.floor(min + random() * (Math.min(max, 2000) - min + 1))
        if (typeof was !== 'number' || number === was) continue
        if (JSON.stringify(outcome(changed(facts, name, number, policy))) === JSON.stringify(now))
          continue
        const sameWay = changes.filter(
          (one) => one.fact === name && Number(one.is) > was === number > was && one.is !== null,
        )
        expect(sameWay.length, `${name} ${was} → ${number}`).toBeGreaterThan(0)
      }
    }
  })

  test.each(SHIPPED_POLICIES)('without a phrase its kind is gone, in the cases of %s', (name) => {
    const shipped = compilePolicy(shippedPolicy(name))
    const { phrases, cases } = shipped.policy
    const kindsOf = (ids: unknown) =>
      phrases.filter(({ id }) => (ids as readonly string[]).includes(id)).map(({ kind }) => kind)
    for (const policyCase of cases) {
      const facts = factsOfCase(policyCase, shipped, AT)
      const { values } = facts
      const decision = decide(facts, shipped, EMPTY_ROSTER, AT)
      const changes = whatIf(facts, decision, shipped, EMPTY_ROSTER, AT)
      for (const { fact: changedFact, is, sentence, severity, team } of changes) {
        if (!changedFact.startsWith('phrases') || !sentence.includes('had no')) continue
        const ids = (values['phrases.ids'] ?? []) as readonly string[]
        const kinds = (values.phrases ?? []) as readonly string[]
        const then =
          changedFact === 'phrases'
            ? {
                phrases: is!,
                'phrases.ids': ids.filter((id) => !lost(kinds, is).has(kindsOf([id])[0]!)),
              }
            : {
                phrases: kinds.filter((kind) => !lost(kindsOf(ids), kindsOf(is)).has(kind)),
                'phrases.ids': is!,
              }
        const { severity: got, route } = decide(
          { ...facts, values: { ...values, ...then } },
          shipped,
          EMPTY_ROSTER,
          AT,
        )
        expect([got, route.team], `${policyCase.id}: if ${sentence}`).toEqual([severity, team])
        removals += 1
      }
    }
  })

  test('the cases show many such phrases', () => expect(removals).toBeGreaterThan(10))

  test('a bound that is not included is named with the number next to it', () => {
    const small = compilePolicy(
      aPolicy({
        triggers: [
          aTrigger('dear', fact('order.value', { op: 'gt', value: 0.5 }), { raise: 'P2' }),
        ],
      }),
    )
    const facts: Facts = {
      values: { intent: 'bug', language: 'en', type: 'technical', 'order.value': 0.25 },
      evidence: {},
    }
    const decision = decide(facts, small, EMPTY_ROSTER, AT)
    const [change] = whatIf(facts, decision, small, EMPTY_ROSTER, AT)
    expect(change?.sentence).toBe('order.value were more than 0.5')
    expect(change?.is).toBeGreaterThan(0.5)
  })
})

describe('near misses', () => {
  test('name the failing comparison with its margin, the nearest first', () => {
    const facts: Facts = {
      values: {
        intent: 'bug',
        language: 'en',
        type: 'technical',
        urgency: 1,
        'impact.affectedUsers': 45,
        phrases: [],
      },
      evidence: {},
    }
    const decision = decide(facts, policy, EMPTY_ROSTER, AT)
    const found = nearMisses(facts, decision, policy)
    const users = found.find(({ rule }) => rule === 'users-many')
    expect(users?.failed).toEqual([
      { fact: 'impact.affectedUsers', value: 45, asked: 'is at least 50', margin: 5 },
    ])
    expect(found.every(({ failed }) => failed.length <= 2)).toBe(true)
    expect(found.map(({ failed }) => failed.length)).toEqual(
      found.map(({ failed }) => failed.length).toSorted((a, b) => a - b),
    )
  })

  test('mending what failed makes the rule fire, on random tickets', () => {
    const random = seededRandom(13)
    let mended = 0
    for (let count = 0; count < DECISIONS; count += 1) {
      const facts = someFacts(random)
      const decision = decide(facts, policy, EMPTY_ROSTER, AT)
      for (const { rule, kind, failed } of nearMisses(facts, decision, policy)) {
        const [only, second] = failed
        if (kind !== 'trigger' || second !== undefined || only?.margin === undefined) continue
        const value = Number(only.value)
        const { margin } = only
        const tries = [value + margin, value - margin, value + margin + 1, value - margin - 1]
        const fires = tries.some((number) =>
          decide(
            { ...facts, values: { ...facts.values, [only.fact]: number } },
            policy,
            EMPTY_ROSTER,
            AT,
          ).reasons.some((reason) => reason.rule === rule),
        )
        expect(fires, `${rule} ${only.fact} ${value} ± ${only.margin}`).toBe(true)
        mended += 1
      }
    }
    expect(mended).toBeGreaterThan(20)
  })
})

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildFacts } from '../../src/domain/build-facts.ts'
import { type CompiledPolicy, compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import { SEVERITIES, isMoreSevere } from '../../src/domain/labels.ts'
import type { Policy, Trigger } from '../../src/domain/policy.ts'
import { type Judge, type Judged, isRaise, raiseOnly } from '../../src/domain/raise-only.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import type { Scores, Signals } from '../../src/domain/signal.ts'
import type { Ticket } from '../../src/domain/ticket.ts'
import { aPolicy, aTrigger, fact, gte, includes, is } from '../support/a-policy.ts'
import { anyScores, anySignals } from '../support/any-signals.ts'
import { shippedPolicy } from '../support/shipped-policy.ts'

const AT = { now: '2026-03-04T12:00:00.000Z', clockStart: '2026-03-04T11:55:00.000Z' }
const RUNS = { numRuns: 600 }

function judgeOf(policy: CompiledPolicy, ticket: Ticket, degraded: readonly string[]): Judge {
  return {
    factsOf: (signals) =>
      buildFacts(ticket, { signals, degraded, instructionShaped: [] }, AT, policy.policy.types),
    decideOn: (facts) => decide(facts, policy, EMPTY_ROSTER, AT),
  }
}

function judged(signals: Signals, { factsOf, decideOn }: Judge): Judged {
  const facts = factsOf(signals)
  return { signals, facts, decision: decideOn(facts) }
}

/** Also what no sane policy says: calm that raises, silence that raises. */
const perverse = (id: string): fc.Arbitrary<Trigger> =>
  fc
    .record({
      raise: fc.constantFrom(...SEVERITIES),
      review: fc.boolean(),
      type: fc.constantFrom(undefined, 'billing' as const, 'technical' as const),
      when: fc.constantFrom(
        is('intent', 'outage'),
        is('language', 'de'),
        fact('intent', { op: 'missing', missing: true }),
        fact('sentiment', { op: 'lte', value: -1 }),
        fact('sentiment', { op: 'gte', value: 0 }),
        fact('urgency', { op: 'lt', value: 2 }),
        gte('urgency.confidence', 0.6),
        gte('sentiment.confidence', 0.5),
        is('model.priority', 'critical'),
        { kind: 'not', of: is('model.priority', 'critical') } as const,
        { kind: 'not', of: includes('model.triggers', 'churn') } as const,
        { kind: 'not', of: includes('emotions', 'anger') } as const,
        includes('scoring.unscored', 'intent'),
      ),
    })
    .map(({ when, type, ...part }) => aTrigger(id, when, { ...part, ...(type && { type }) }))

const floorTrigger = (id: string): fc.Arbitrary<Trigger> =>
  fc
    .record({ raise: fc.constantFrom(...SEVERITIES), review: fc.boolean() })
    .map((part) =>
      aTrigger(id, includes('phrases', 'churn'), { ...part, floor: true, type: 'billing' }),
    )

const anyPolicy = fc.oneof(
  { weight: 1, arbitrary: fc.constant(compilePolicy(shippedPolicy())) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(floorTrigger('f'), ...['a', 'b', 'c', 'd', 'e'].map(perverse))
      .map((triggers): CompiledPolicy => compilePolicy(aPolicy({ triggers, routes: ROUTES }))),
  },
)
const ROUTES: Policy['routes'] = [
  { id: 'money', when: is('type', 'billing'), team: 'front', because: 'money' },
  { id: 'tech', when: is('type', 'technical'), team: 'experts', because: 'technical' },
]
const anyTicket: fc.Arbitrary<Ticket> = fc
  .record({ annualValue: fc.constantFrom(0, 60_000, 500_000), users: fc.constantFrom(0, 5, 600) })
  .map(({ annualValue, users }) => ({
    id: 't',
    body: 'x'.repeat(100),
    customer: { annualValue },
    impact: { affectedUsers: users },
  }))
const anyDegraded = fc.constantFrom<readonly string[]>([], ['local: queue full'])

describe('raiseOnly()', () => {
  test('never lowers anything, whatever the opinion, the signals and the policy are', () => {
    let raised = 0
    fc.assert(
      fc.property(
        anyPolicy,
        anyTicket,
        anyDegraded,
        anySignals,
        anyScores,
        (policy, ticket, degraded, signals, opinion) => {
          const judge = judgeOf(policy, ticket, degraded)
          const before = judged(signals, judge)
          const after = raiseOnly(before, opinion, judge)
          if (after === null) return
          raised++
          const [old, late] = [before.decision, after.decision]
          const held = old.disposition === 'review'
          const heldByFloor = held && old.floor !== 'P4' && old.floor === old.severity
          expect({
            lowered: isMoreSevere(old.severity, late.severity),
            floorLowered: isMoreSevere(old.floor, late.floor),
            released: held && late.disposition === 'auto',
            moved: heldByFloor && late.route.team !== old.route.team,
            raised:
              isMoreSevere(late.severity, old.severity) || (!held && late.disposition === 'review'),
          }).toEqual({
            lowered: false,
            floorLowered: false,
            released: false,
            moved: false,
            raised: true,
          })
          expect(judge.decideOn(after.facts)).toEqual(late)
        },
      ),
      RUNS,
    )
    expect(raised).toBeGreaterThan(RUNS.numRuns / 20)
  })

  test('opinion after opinion, in any order, severity only climbs', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        anyTicket,
        anySignals,
        fc.array(anyScores, { maxLength: 4 }),
        (policy, ticket, signals, opinions) => {
          const judge = judgeOf(policy, ticket, [])
          let standing = judged(signals, judge)
          for (const opinion of opinions) {
            const next = raiseOnly(standing, opinion, judge) ?? standing
            expect(isMoreSevere(standing.decision.severity, next.decision.severity)).toBe(false)
            standing = next
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test('a worse opinion is never worth less than a milder one, on the shipped policy', () => {
    const policy = compilePolicy(shippedPolicy())
    fc.assert(
      fc.property(anyTicket, anySignals, (ticket, signals) => {
        const judge = judgeOf(policy, ticket, [])
        const before = judged(signals, judge)
        const sure = { confidence: 0.7, band: 'medium' } as const
        const severityFor = (opinion: Scores) =>
          (raiseOnly(before, opinion, judge) ?? before).decision.severity
        const high = severityFor({ priority: { label: 'high', ...sure } })
        const critical = severityFor({ priority: { label: 'critical', ...sure } })
        expect(isMoreSevere(high, critical)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})

describe('one opinion', () => {
  const scored = { confidence: 0.9, band: 'high' } as const
  const CALM: Signals = {
    sentiment: { value: 0, label: 'neutral', ...scored },
    emotions: [],
    intent: { label: 'bug', ...scored, alternatives: [] },
    urgency: { value: 0, ...scored },
    priority: { label: 'low', ...scored },
    language: { code: 'en', confidence: 0.9 },
    triggers: [],
    spikes: [],
  }
  const UNREADABLE: Signals = { ...CALM, intent: { unscored: 'no' }, language: { unscored: 'no' } }
  const CRITICAL: Scores = {
    priority: { label: 'critical', ...scored },
    intent: { label: 'praise', ...scored, alternatives: [] },
    sentiment: { value: 2, label: 'very positive', ...scored },
    emotions: [{ label: 'gratitude', ...scored }],
    language: { code: 'fr', confidence: 1 },
  }
  const triggers = [
    aTrigger('critical', is('model.priority', 'critical'), { raise: 'P1' }),
    aTrigger('outage', is('intent', 'outage'), { raise: 'P1' }),
    aTrigger('leaving', includes('phrases', 'churn'), {
      raise: 'P2',
      floor: true,
      review: true,
      type: 'billing',
    }),
  ]
  const judge = judgeOf(compilePolicy(aPolicy({ triggers, routes: ROUTES })), { id: 't' }, [])

  test('raises by its severest part and leaves intent, language and feeling as scored', () => {
    const after = raiseOnly(judged(CALM, judge), CRITICAL, judge)!
    expect(after.decision).toMatchObject({ severity: 'P1', type: 'technical' })
    expect(after.signals).toEqual({ ...CALM, priority: CRITICAL.priority })
  })

  test('that is calmer or equal changes nothing', () => {
    expect(raiseOnly(judged(CALM, judge), { sentiment: CRITICAL.sentiment! }, judge)).toBeNull()
    expect(raiseOnly(judged(CALM, judge), {}, judge)).toBeNull()
  })

  test('about a text that could not be read never makes it a readable, lesser one', () => {
    const before = judged(UNREADABLE, judge)
    expect(before.decision).toMatchObject({ severity: 'P2', disposition: 'review' })
    const harmless: Scores = { intent: { label: 'praise', ...scored, alternatives: [] } }
    expect(
      raiseOnly(before, { ...harmless, language: { code: 'de', confidence: 1 } }, judge),
    ).toBeNull()
  })

  test('may name the outage that the local model could not read, and the doubt stays', () => {
    const opinion: Scores = {
      intent: { label: 'outage', ...scored, alternatives: [] },
      language: { code: 'de', confidence: 0.7 },
    }
    const after = raiseOnly(judged(UNREADABLE, judge), opinion, judge)!
    expect(after.decision).toMatchObject({ severity: 'P1', disposition: 'review' })
    expect(after.facts.values['scoring.unscored']).toEqual(['intent', 'language'])
  })

  test('is heard only in the parts that release nothing', () => {
    const odd = [
      aTrigger('calm', fact('sentiment', { op: 'gte', value: 0 }), { raise: 'P4', review: true }),
      aTrigger('now', fact('urgency', { op: 'is', value: 3 }), { raise: 'P2' }),
    ]
    const reviewing = judgeOf(compilePolicy(aPolicy({ triggers: odd })), { id: 't' }, [])
    const before = judged(CALM, reviewing)
    expect(before.decision).toMatchObject({ severity: 'P4', disposition: 'review' })
    const opinion: Scores = {
      sentiment: { value: -2, label: 'very negative', ...scored },
      urgency: { value: 3, ...scored },
    }
    const after = raiseOnly(before, opinion, reviewing)!
    expect(after.decision).toMatchObject({ severity: 'P2', disposition: 'review' })
    expect(after.signals).toEqual({ ...CALM, urgency: opinion.urgency })
  })

  test('does not move a ticket that its floor holds to another team', () => {
    const hit = { kind: 'churn', quote: 'x', start: 0, end: 1, source: 'phrase' } as const
    const rerouting = [
      ...triggers,
      aTrigger('moves', is('model.priority', 'critical'), { raise: 'P1', type: 'technical' }),
    ]
    const policy = compilePolicy(aPolicy({ triggers: rerouting, routes: ROUTES }))
    const mover = judgeOf(policy, { id: 't' }, [])
    const before = judged({ ...CALM, triggers: [hit] }, mover)
    expect(before.decision).toMatchObject({ floor: 'P2', route: { team: 'front' } })
    expect(raiseOnly(before, CRITICAL, mover)).toBeNull()
  })
})

test('isRaise() wants something stricter and nothing laxer', () => {
  const judge = judgeOf(compilePolicy(aPolicy()), { id: 't' }, [])
  fc.assert(
    fc.property(anySignals, (signals) => {
      const { decision } = judged(signals, judge)
      expect(isRaise(decision, decision)).toBe(false)
      expect(
        isRaise({ ...decision, disposition: 'review' }, { ...decision, disposition: 'auto' }),
      ).toBe(false)
      expect(isRaise({ ...decision, severity: 'P3' }, { ...decision, severity: 'P2' })).toBe(true)
      expect(isRaise({ ...decision, severity: 'P2' }, { ...decision, severity: 'P3' })).toBe(false)
    }),
    { numRuns: 50 },
  )
})

import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/domain/canonical-json.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import { allowedActions } from '../../src/domain/decision.ts'
import type { Facts, FactValue } from '../../src/domain/facts.ts'
import type { Moment } from '../../src/domain/moment.ts'
import type { Policy } from '../../src/domain/policy.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { aPolicy, aTrigger, fact, gte, includes, is } from '../support/a-policy.ts'

const AT = { now: '2026-03-04T12:00:00.000Z', clockStart: '2026-03-04T11:55:00.000Z' }
const READ = { intent: 'bug', language: 'en', type: 'technical' }

function given(values: Record<string, FactValue>, evidence: Facts['evidence'] = {}): Facts {
  return { values: { ...READ, ...values }, evidence }
}

function decided(facts: Facts, part: Partial<Policy> = {}, at: Moment = AT) {
  return decide(facts, compilePolicy(aPolicy(part)), EMPTY_ROSTER, at)
}

const rules = (decision: ReturnType<typeof decided>, kind: string) =>
  decision.reasons.filter((reason) => reason.kind === kind).map((reason) => reason.rule)

describe('severity', () => {
  const triggers = [
    aTrigger('many-users', gte('impact.affectedUsers', 100), { raise: 'P2', floor: true }),
    aTrigger('critical', is('model.priority', 'critical'), { raise: 'P1' }),
    aTrigger('unhappy', fact('sentiment', { op: 'lte', value: -1 }), { raise: 'P3' }),
  ]
  test.each([
    ['nothing fires', {}, 'P4', 'P4', 'low'],
    ['one trigger', { sentiment: -1 }, 'P3', 'P4', 'high'],
    [
      'the highest raise wins',
      { sentiment: -1, 'model.priority': 'critical' },
      'P1',
      'P4',
      'critical',
    ],
    ['the floor is kept apart', { 'impact.affectedUsers': 100, sentiment: -2 }, 'P2', 'P2', 'high'],
    ['below the threshold', { 'impact.affectedUsers': 99 }, 'P4', 'P4', 'low'],
  ] as const)('%s', (_, values, severity, floor, priority) => {
    expect(decided(given(values), { triggers })).toMatchObject({ severity, floor, priority })
  })

  test('all that fired are named, most severe first, then by id', () => {
    const all = given({ sentiment: -2, 'model.priority': 'critical', 'impact.affectedUsers': 340 })
    expect(rules(decided(all, { triggers }), 'trigger')).toEqual([
      'critical',
      'many-users',
      'unhappy',
    ])
  })

  test('nothing fired is said', () => {
    expect(rules(decided(given({}), { triggers }), 'default')).toEqual(['core.nothing_fired'])
  })
})

describe('reasons', () => {
  test('show the numbers, the words and a filled sentence', () => {
    const evidence = [
      { start: 30, end: 45, quote: 'thinking of leaving', source: 'phrase' as const },
      { start: 4, end: 12, quote: 'leaving', source: 'phrase' as const },
    ]
    const trigger = aTrigger(
      'leaving',
      {
        kind: 'all',
        of: [
          includes('phrases', 'churn'),
          {
            kind: 'any',
            of: [gte('customer.annualValue', 50000), is('customer.tier', 'enterprise')],
          },
        ],
      },
      { because: 'A customer worth {customer.annualValue} of tier {customer.tier} may leave' },
    )
    const facts = given(
      { phrases: ['churn'], 'customer.annualValue': 84000.25 },
      { 'phrases:churn': evidence },
    )
    expect(decided(facts, { triggers: [trigger] }).reasons[0]).toEqual({
      rule: 'leaving',
      kind: 'trigger',
      sentence: 'A customer worth 84000.3 of tier unknown may leave',
      category: 'urgency',
      raise: 'P2',
      floor: false,
      evidence: [evidence[1], evidence[0]],
      compared: [
        { fact: 'phrases', value: ['churn'], asked: 'includes churn' },
        { fact: 'customer.annualValue', value: 84000.25, asked: 'is at least 50000' },
      ],
    })
  })

  test('long values are cut in sentences, not in what was compared', () => {
    const tier = 'x'.repeat(200)
    const trigger = aTrigger('tier', is('customer.tier', tier), { because: '{customer.tier}' })
    const reason = decided(given({ 'customer.tier': tier }), { triggers: [trigger] }).reasons[0]
    expect(reason?.sentence).toBe(`${'x'.repeat(79)}…`)
    expect(reason?.compared[0]?.value).toBe(tier)
  })

  test('values that look like slots are not filled again', () => {
    const trigger = aTrigger('tier', is('customer.tier', '{language}'), {
      because: '{customer.tier}!',
    })
    const facts = given({ 'customer.tier': '{language}' })
    expect(decided(facts, { triggers: [trigger] }).reasons[0]?.sentence).toBe('{language}!')
  })
})

describe('type', () => {
  const typed = (id: string, raise: 'P1' | 'P2', type: 'compliance' | 'billing', floor = false) =>
    aTrigger(id, includes('phrases', id), { raise, type, floor })
  const triggers = [
    typed('b', 'P2', 'billing'),
    typed('a', 'P2', 'compliance', true),
    typed('c', 'P1', 'billing'),
  ]
  test.each([
    ['that of the model', given({}), 'technical'],
    ['of the trigger that fired', given({ phrases: ['b'] }), 'billing'],
    ['of the first by id among equals', given({ phrases: ['a', 'b'] }), 'compliance'],
    ['of the most severe', given({ phrases: ['a', 'c'] }), 'billing'],
    [
      'general when nobody knows',
      { values: { intent: 'other', language: 'en' }, evidence: {} },
      'general',
    ],
    [
      'general when unread',
      { values: { language: 'en', type: 'billing' }, evidence: {} },
      'general',
    ],
    ['of a floor trigger when unread', { values: { phrases: ['a'] }, evidence: {} }, 'compliance'],
    ['not of others when unread', { values: { phrases: ['b', 'c'] }, evidence: {} }, 'general'],
  ] as const)('%s', (_, facts, type) => {
    expect(decided(facts, { triggers }).type).toBe(type)
  })
})

describe('route', () => {
  const routes = [
    {
      id: 'technical',
      when: is('type', 'technical'),
      team: 'experts',
      because: 'Experts solve {type}',
    },
    { id: 'severe', when: is('severity', 'P1'), team: 'experts', because: 'Severe' },
  ]
  const triggers = [aTrigger('urgent', is('urgency', 3), { raise: 'P1' })]

  test('the one that matches', () => {
    const decision = decided(given({}), { routes })
    expect(decision.route).toMatchObject({
      id: 'technical',
      team: 'experts',
      owner: { id: 'cleo' },
    })
    expect(decision.reasons.find((reason) => reason.kind === 'route')).toMatchObject({
      sentence: 'Experts solve technical',
      compared: [{ fact: 'type', value: 'technical', asked: 'is technical' }],
    })
  })
  test('otherwise when none matches', () => {
    const decision = decided(given({ type: 'billing' }), { routes })
    expect(decision).toMatchObject({
      disposition: 'auto',
      route: { id: 'otherwise', team: 'front' },
    })
    expect(decision.reasons.find((reason) => reason.kind === 'route')?.sentence).toBe(
      'No route matches: the front line takes it',
    )
  })
  test('otherwise and a person when several match', () => {
    const decision = decided(given({ urgency: 3 }), { routes, triggers })
    expect(decision.route.id).toBe('otherwise')
    expect(rules(decision, 'review')).toContain('core.ambiguous_route')
  })
  test.each(['intent', 'language'])('otherwise, P2 and a person without %s', (missing) => {
    const { [missing]: _, ...values } = { ...READ, [missing]: undefined } as Record<
      string,
      FactValue
    >
    const decision = decided({ values, evidence: {} }, { routes })
    expect(decision).toMatchObject({
      severity: 'P2',
      floor: 'P4',
      type: 'general',
      route: { id: 'otherwise' },
      disposition: 'review',
    })
  })
  test('unread stays P1 when a trigger says so', () => {
    const urgent = { values: { urgency: 3 }, evidence: {} }
    expect(decided(urgent, { routes, triggers }).severity).toBe('P1')
  })
})

describe('review', () => {
  test('P1 is held for five minutes, the backup reviewer is told after three', () => {
    const triggers = [aTrigger('urgent', is('urgency', 3), { raise: 'P1' })]
    const decision = decided(given({ urgency: 3 }), { triggers })
    expect(decision).toMatchObject({
      disposition: 'review',
      review: {
        dueAt: '2026-03-04T12:05:00.000Z',
        backupAt: '2026-03-04T12:03:00.000Z',
        because: ['A person decides every critical ticket'],
        reviewers: [
          { id: 'eve', name: 'EVE' },
          { id: 'fay', name: 'FAY' },
        ],
      },
    })
    expect(decision.clocks.map((clock) => clock.kind)).toContain('review')
    expect(allowedActions(decision)).toEqual([])
    expect(decision.proposed).not.toEqual([])
  })
  test('never past the first response that is still ahead', () => {
    const triggers = [aTrigger('urgent', is('urgency', 3), { raise: 'P1' })]
    const late = { now: AT.now, clockStart: '2026-03-04T11:47:00.000Z' }
    expect(decided(given({ urgency: 3 }), { triggers }, late).review).toMatchObject({
      dueAt: '2026-03-04T12:02:00.000Z',
      backupAt: '2026-03-04T12:02:00.000Z',
    })
    const tooLate = { now: AT.now, clockStart: '2026-03-04T09:00:00.000Z' }
    expect(decided(given({ urgency: 3 }), { triggers }, tooLate).review?.dueAt).toBe(
      '2026-03-04T12:05:00.000Z',
    )
  })
  test.each([
    ['a step down the ladder', { 'scoring.degraded': ['local: timed out'] }, 'core.degraded'],
    ['an unscored intent', { 'scoring.unscored': ['intent'] }, 'core.unscored'],
  ])('%s asks for it without any rule', (_, values, rule) => {
    expect(rules(decided(given(values)), 'review')).toEqual([rule])
  })

  test('a missing urgency alone is for the policy to weigh', () => {
    expect(rules(decided(given({ 'scoring.unscored': ['urgency'] })), 'review')).toEqual([])
  })
  test('a rule, a trigger, and the budget of severities that name none', () => {
    const review = {
      ...aPolicy().review,
      rules: [
        { id: 'shaped', when: is('ticket.instructionShaped', true), because: 'Looks like orders' },
      ],
    }
    const triggers = [
      aTrigger('credit', gte('attributes.credit', 500), { raise: 'P3', review: true }),
    ]
    const decision = decided(
      given({ 'ticket.instructionShaped': true, 'attributes.credit': 900 }),
      {
        review,
        triggers,
      },
    )
    expect(decision.review).toMatchObject({
      dueAt: '2026-03-04T12:30:00.000Z',
      because: ['credit fired', 'Looks like orders'],
    })
    expect(decision.review?.backupAt).toBeUndefined()
  })
  test('nothing to doubt is done at once', () => {
    const decision = decided(given({}))
    expect(decision.disposition).toBe('auto')
    expect(decision.review).toBeUndefined()
    expect(allowedActions(decision)).toEqual(decision.proposed)
  })
})

describe('proposed', () => {
  test('priority, owner, tags, internal notices and a draft that keeps to the clocks', () => {
    const triggers = [
      aTrigger('key-account', is('customer.tier', 'enterprise'), {
        notify: ['experts', 'front'],
        because: 'Key account',
      }),
    ]
    expect(decided(given({ 'customer.tier': 'Enterprise' }), { triggers }).proposed).toEqual([
      { kind: 'set_priority', external: false, priority: 'high', severity: 'P2' },
      { kind: 'assign', external: false, team: 'front', owner: 'ann', backup: 'bob' },
      { kind: 'add_tags', external: false, tags: ['severity-P2'] },
      { kind: 'notify', external: false, people: ['ann', 'bob'], because: 'P2 for Team front' },
      { kind: 'notify', external: false, people: ['cleo'], because: 'Key account' },
      { kind: 'draft_reply', external: true, body: 'ANN answers by Wednesday 4 March, 13:55 UTC' },
    ])
  })
  test('the answer goes where the customer prefers, else where the severity says', () => {
    const messages = { acknowledgement: '{ticket}', channels: { P1: 'phone' } } as const
    const triggers = [aTrigger('stopped', is('customer.tier', 'gold'), { raise: 'P1' })]
    const reply = (facts: Facts['values']) =>
      decided(given(facts), { messages, triggers }, { ...AT, ticketId: 'T-77' }).proposed.at(-1)
    expect(reply({ 'customer.tier': 'gold' })).toMatchObject({ channel: 'phone', body: 'T-77' })
    expect(reply({ 'customer.tier': 'gold', 'customer.preferredChannel': 'chat' })).toMatchObject({
      channel: 'chat',
    })
    expect(reply({})).not.toHaveProperty('channel')
  })
  test('a clock that ran out promises no time', () => {
    const late = { now: AT.now, clockStart: '2026-02-01T00:00:00.000Z' }
    expect(decided(given({}), {}, late).proposed.at(-1)).toMatchObject({
      body: 'ANN answers as soon as we can',
    })
  })
})

test('a decision has the same bytes each time', () => {
  const facts = given({ sentiment: -1, phrases: ['churn'] })
  expect(canonicalJson(decided(facts))).toBe(canonicalJson(decided(facts)))
})

test('compilePolicy() refuses a floor trigger that reads a model', () => {
  const triggers = [aTrigger('floor', is('intent', 'outage'), { floor: true })]
  expect(() => compilePolicy(aPolicy({ triggers }))).toThrow('reads the model fact intent')
})

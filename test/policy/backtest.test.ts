import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Facts } from '../../src/domain/facts.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { backtest } from '../../src/policy/backtest/backtest.ts'
import { aPolicy, aTrigger, fact } from '../support/a-policy.ts'

const users = (from: number, raise: 'P1' | 'P2') =>
  aTrigger('users', fact('impact.affectedUsers', { op: 'gte', value: from }), {
    raise,
    floor: true,
  })
const toExperts = {
  id: 'experts',
  when: fact('severity', { op: 'one_of', values: ['P1', 'P2'] }),
  team: 'experts',
  because: 'hard ones',
}
const before = compilePolicy(aPolicy({ triggers: [users(50, 'P2')], routes: [toExperts] }))

/** Ten tickets, two an hour, with 10, 20 … 100 users. */
async function* receipts(policy = before): AsyncGenerator<Receipt> {
  for (let index = 0; index < 10; index += 1) {
    const hour = String(8 + Math.floor(index / 2)).padStart(2, '0')
    const at = { now: `2026-03-04T${hour}:30:00.000Z`, clockStart: `2026-03-04T${hour}:00:00.000Z` }
    const facts: Facts = {
      values: {
        intent: 'bug',
        language: 'en',
        type: 'technical',
        phrases: [],
        'phrases.ids': [],
        'impact.affectedUsers': 10 * (index + 1),
      },
      evidence: {},
    }
    yield {
      decisionId: `d${index}`,
      ticketId: `t${index}`,
      redactedText: index === 0 ? 'we will cancel' : 'nothing special',
      facts,
      roster: EMPTY_ROSTER,
      ...at,
      decision: decide(facts, policy, EMPTY_ROSTER, at),
    } as Receipt
  }
}

describe('a backtest', () => {
  test('of the same policy moves nothing', async () => {
    const result = await backtest(receipts(), before)
    expect(result).toMatchObject({ tickets: 10, moved: 0, raised: 0, lowered: 0, examples: [] })
  })

  test('of a known change gives the numbers worked out by hand', async () => {
    // From 30 users on, P1: 30 and 40 come from P4, 50 to 100 from P2. P1 is held, P2 was not.
    const after = compilePolicy(aPolicy({ triggers: [users(30, 'P1')], routes: [toExperts] }))
    const result = await backtest(receipts(), after)
    expect(result).toMatchObject({
      tickets: 10,
      moved: 8,
      movedShare: 0.8,
      raised: 8,
      lowered: 0,
      severities: { 'P2 → P1': 6, 'P4 → P1': 2 },
      teams: { 'front → experts': 2 },
      owners: { 'ANN → CLEO': 2 },
      review: { was: 0, is: 8, share: 0.8, busiestHourWas: 0, busiestHourIs: 2 },
    })
    expect(result.examples[0]).toMatchObject({
      decisionId: 'd2',
      was: { severity: 'P4', team: 'front', disposition: 'auto' },
      is: { severity: 'P1', team: 'experts', disposition: 'review' },
    })
    expect(result.examples[0]?.is.because).toContain('users')
  })

  test('lowers, and the limits of the new policy refuse it', async () => {
    const after = compilePolicy(
      aPolicy({
        triggers: [users(80, 'P2')],
        routes: [toExperts],
        limits: { lowered: 0.2, moved: 0.3 },
      }),
    )
    const result = await backtest(receipts(), after)
    expect(result).toMatchObject({ lowered: 3, loweredShare: 0.3, severities: { 'P2 → P4': 3 } })
    expect(result.refusals).toEqual(['tickets lowered: 30 %, the policy allows 20 %'])
  })

  test('reads the new policy’s phrases and types', async () => {
    const after = compilePolicy(
      aPolicy({
        triggers: [
          users(50, 'P2'),
          aTrigger('leaving', fact('phrases', { op: 'includes', values: ['churn'] }), {
            raise: 'P3',
          }),
        ],
        routes: [toExperts],
      }),
    )
    const readPhrases = async (text: string) =>
      text.includes('cancel')
        ? { phrases: ['churn'], 'phrases.ids': ['leaving'] }
        : { phrases: [], 'phrases.ids': [] }
    const result = await backtest(receipts(), after, { readPhrases })
    expect(result.severities).toEqual({ 'P4 → P3': 1 })
  })

  describe('of a ticket that was revised', () => {
    const AT = { now: '2026-03-04T08:30:00.000Z', clockStart: '2026-03-04T08:00:00.000Z' }
    const revision = (values: Facts['values'], earlier: Receipt | null): Receipt => {
      const calm = { intent: 'bug', language: 'en', type: 'technical', 'impact.affectedUsers': 5 }
      const facts: Facts = { values: { ...calm, ...values }, evidence: {} }
      const decision = decide(facts, before, EMPTY_ROSTER, AT)
      const follows = earlier?.decisionId ?? null
      const decisionId = follows === null ? 'first' : 'second'
      const rest = { ticketId: 't', redactedText: '', roster: EMPTY_ROSTER, ...AT }
      return { decisionId, follows, facts, decision, ...rest } as Receipt
    }
    const first = revision({ 'impact.affectedUsers': 60 }, null)
    const after = compilePolicy(
      aPolicy({ triggers: [users(80, 'P2')], routes: [toExperts], limits: { lowered: 0.2 } }),
    )
    const run = (second: Receipt, policy = after) =>
      backtest(
        (async function* () {
          yield second
        })(),
        policy,
        { readEarlier: async () => [first] },
      )
    const left = { 'ticket.heldBefore': false, 'ticket.ownerBefore': first.decision.route.owner.id }

    test('what the old policy had raised before does not stand', async () => {
      const second = revision({ 'ticket.severityBefore': 'P2', ...left }, first)
      expect(second.decision.severity).toBe('P2')
      expect(await run(second)).toMatchObject({
        lowered: 1,
        severities: { 'P2 → P4': 1 },
        teams: { 'experts → front': 1 },
        refusals: ['tickets lowered: 100 %, the policy allows 20 %'],
      })
      expect(await run(second, before)).toMatchObject({ tickets: 1, moved: 0 })
    })

    test('what a person had raised before stands', async () => {
      const second = revision({ 'ticket.severityBefore': 'P1', ...left }, first)
      expect(await run(second)).toMatchObject({ lowered: 0, severities: {} })
    })
  })

  test('without tickets has no shares', async () => {
    async function* none(): AsyncGenerator<Receipt> {}
    expect(await backtest(none(), before)).toMatchObject({
      tickets: 0,
      movedShare: null,
      refusals: [],
    })
  })
})

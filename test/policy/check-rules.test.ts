import { describe, expect, test } from 'vitest'
import { chooseRoute } from '../../src/domain/choose-route.ts'
import { compilePolicy, type CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Facts } from '../../src/domain/facts.ts'
import { fireTriggers } from '../../src/domain/fire-triggers.ts'
import { segmentsOf } from '../../src/domain/segments.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { checkRules, spaceOf } from '../../src/policy/check/rules.ts'
import { aPolicy, aTrigger, fact, gte, is } from '../support/a-policy.ts'
import { shippedPolicy } from '../support/shipped-policy.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { everyTicket, smallPolicy } from './small-policies.ts'

/** `npm test` tries a part; all 10,000 with POLICIES=10000. */
const POLICIES = Number(process.env['POLICIES'] ?? 300)
const AT = { now: '2026-03-04T15:00:00.000Z', clockStart: '2026-03-04T15:00:00.000Z' }

type Seen = {
  readonly fired: ReadonlySet<string>
  /** Routes that match, of a readable ticket. */
  readonly routes: readonly string[] | null
}

/** General routes whose condition held of some ticket. */
const general: string[] = []

/** What the deciding code itself says about a ticket. */
function see(facts: Facts, policy: CompiledPolicy): Seen {
  const fired = fireTriggers(facts, policy).map(({ rule }) => rule.id)
  if (facts.values.intent === undefined) return { fired: new Set(fired), routes: null }
  const { severity, type } = decide(facts, policy, EMPTY_ROSTER, AT)
  const decided = { ...facts, values: { ...facts.values, severity, type } }
  const segments = segmentsOf(facts, policy)
  const matching = (all: CompiledPolicy['routes']) =>
    all.filter(({ condition }) => condition.holds(decided.values)).map(({ rule }) => rule.id)
  const own = matching(segments.flatMap((segment) => segment.routes))
  const routes = own.length > 0 ? own : matching(policy.routes)
  expect(chooseRoute(decided, policy, true, segments).ambiguous).toBe(routes.length > 1)
  general.push(...matching(policy.routes))
  return { fired: new Set(fired), routes }
}

/** Codes with the rules they name, by trying every ticket. */
function byTrying(policy: CompiledPolicy): ReadonlySet<string> {
  general.length = 0
  const seen = everyTicket(spaceOf(policy)).map((facts) => see(facts, policy))
  const found = new Set<string>()
  const fired = new Set(seen.flatMap((one) => [...one.fired]))
  // A general route that only segments keep from deciding can be reached: the check is about its condition.
  const routed = new Set([...seen.flatMap((one) => one.routes ?? []), ...general])
  if (seen.some(({ routes }) => routes?.length === 0)) found.add('route-gap')
  for (const { routes } of seen)
    if (routes !== null)
      routes.forEach((a, index) =>
        routes.slice(index + 1).forEach((b) => found.add(`route-overlap ${a} ${b}`)),
      )
  for (const { rule } of policy.triggers) {
    if (!fired.has(rule.id)) found.add(`rule-unreachable ${rule.id}`)
    else if (rule.type === undefined && !seen.some((one) => decides(one, rule.id, policy)))
      found.add(`rule-shadowed ${rule.id}`)
  }
  for (const { rule } of [...policy.routes, ...policy.segments.flatMap(({ routes }) => routes)])
    if (!routed.has(rule.id)) found.add(`rule-unreachable ${rule.id}`)
  return found
}

/** The trigger fires and no other raises as high, or none that is a floor as it is. */
function decides({ fired }: Seen, id: string, policy: CompiledPolicy): boolean {
  const own = policy.triggers.find(({ rule }) => rule.id === id)!
  return (
    fired.has(id) &&
    policy.triggers.every(
      ({ rule }) =>
        rule.id === id ||
        !fired.has(rule.id) ||
        rule.raise > own.rule.raise ||
        (own.rule.floor && !rule.floor),
    )
  )
}

const CHECKED = ['route-gap', 'route-overlap', 'rule-unreachable', 'rule-shadowed']
const named = (message: string) => [...message.matchAll(/"(\w+)"/g)].map((match) => match[1])

describe('the check of rules', () => {
  test(`agrees with trying every ticket, on ${POLICIES} random small policies`, () => {
    const random = seededRandom(7)
    const kinds = new Map<string, number>()
    for (let count = 0; count < POLICIES; count += 1) {
      const policy = smallPolicy(random)
      const findings = checkRules(policy).filter(({ code }) => CHECKED.includes(code))
      const keys = findings.map(({ code, message }) =>
        code === 'route-gap' ? code : [code, ...named(message)].join(' '),
      )
      expect(new Set(keys), JSON.stringify(policy.policy.triggers)).toEqual(byTrying(policy))
      for (const { code, message, witness } of findings) {
        kinds.set(code, (kinds.get(code) ?? 0) + 1)
        if (witness.kind !== 'ticket') continue
        const { fired, routes } = see(
          { values: { language: 'en', ...witness.facts }, evidence: {} },
          policy,
        )
        if (code === 'route-gap') expect(routes).toEqual([])
        if (code === 'route-overlap') expect(routes).toEqual(expect.arrayContaining(named(message)))
        if (code === 'rule-shadowed') expect(fired).toContain(named(message)[0])
      }
    }
    // The generator makes some of each, or the test would show nothing.
    for (const code of CHECKED) expect(kinds.get(code) ?? 0, code).toBeGreaterThan(POLICIES / 50)
  })

  test('takes the type from a floor before other triggers that raise as high, as decisions do', () => {
    const gold = is('customer.tier', 'gold')
    const overlapping = (type: string) =>
      checkRules(
        compilePolicy(
          aPolicy({
            triggers: [
              aTrigger('a', gold, { type: 'technical' }),
              aTrigger('b', gold, { type: 'billing', floor: true }),
            ],
            routes: [
              { id: 'r0', when: gold, team: 'front', because: 'because' },
              {
                id: 'r1',
                when: { kind: 'all', of: [gold, is('type', type)] },
                team: 'front',
                because: 'because',
              },
            ],
          }),
        ),
      ).filter(({ code }) => code === 'route-overlap').length
    expect([overlapping('billing'), overlapping('technical')]).toEqual([1, 0])
  })

  test.each([
    [
      'ecommerce',
      [gte('order.value', 500), gte('order.delayHours', 12), gte('order.exposure', 100_000)],
    ],
    [
      'saas',
      [
        gte('impact.affectedUsers', 7),
        gte('impact.downtimeMinutes', 0.5),
        is('impact.userMinutes', 10),
      ],
    ],
    [
      'logistics',
      [
        gte('order.value', 3),
        fact('order.delayHours', { op: 'lt', value: 0.1 }),
        gte('order.exposure', 1000),
      ],
    ],
  ])('a rule of %s over a product and its factors can be true', (name, parts) => {
    const policy = shippedPolicy(name)
    const rule = aTrigger('added', { kind: 'all', of: parts }, { raise: 'P1', review: true })
    const compiled = compilePolicy({ ...policy, triggers: [...policy.triggers, rule] })
    const of = (findings: readonly { message: string }[]) =>
      findings.filter(({ message }) => message.includes('"added"'))
    expect(of(checkRules(compiled))).toEqual([])
    const never = aTrigger('added', {
      kind: 'all',
      of: [
        fact('order.value', { op: 'lte', value: 10 }),
        fact('order.delayHours', { op: 'lt', value: 10 }),
        gte('order.exposure', 100),
      ],
    })
    const wrong = compilePolicy({ ...policy, triggers: [...policy.triggers, never] })
    expect(of(checkRules(wrong))).toMatchObject([{ code: 'rule-unreachable' }])
  })
})

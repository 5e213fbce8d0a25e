import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { runCase } from '../../src/policy/run-case.ts'
import { SHIPPED_POLICIES, shippedPolicy } from '../support/shipped-policy.ts'

const SCENARIOS = Array.from({ length: 13 }, (_, index) => `S${240 + index}`)

describe.each(SHIPPED_POLICIES)('policies/%s.yaml', (name) => {
  const policy = shippedPolicy(name)
  const compiled = compilePolicy(policy)

  test.each(policy.cases.map((policyCase) => [policyCase.id, policyCase] as const))(
    '%s',
    (_, policyCase) => {
      expect(runCase(policyCase, compiled).differences).toEqual([])
    },
  )

  test('no case is decided by two routes at once', () => {
    for (const policyCase of policy.cases) {
      const { decision } = runCase(policyCase, compiled)
      expect(decision.reasons.map((reason) => reason.rule)).not.toContain('core.ambiguous_route')
    }
  })
})

describe('policies/saas.yaml', () => {
  const policy = shippedPolicy('saas')
  const compiled = compilePolicy(policy)
  const rulesOf = (id: string) => {
    const policyCase = policy.cases.find((one) => one.id === id)
    const { decision } = runCase(policyCase!, compiled)
    const told = decision.proposed.flatMap((action) =>
      action.kind === 'notify' ? action.people : [],
    )
    return { decision, told }
  }

  test.each(SCENARIOS)('has the scenario %s', (scenario) => {
    expect(policy.cases.some((one) => one.id.startsWith(`${scenario}-`))).toBe(true)
  })
  test('S240 tells management about an enterprise outage', () => {
    expect(rulesOf('S240-saas-outage').told).toContain('carla')
  })
  test('S242 tells the regional managers by the incident, not by every ticket of it', () => {
    expect(rulesOf('S242-telecom-spike').told).not.toContain('fatima')
    expect(policy.spikes.major?.otherwise).toEqual(['fatima', 'george'])
  })
  test('S243 brings in engineering', () => {
    expect(rulesOf('S243-account-with-blocker').told).toContain('ken')
  })
  test('S245 tells leadership above the threshold only', () => {
    expect(rulesOf('S245-shipment-late').told).not.toContain('carla')
    expect(rulesOf('S245-shipment-late-leadership').told).toContain('carla')
  })
  test('S249 brings in product and finance', () => {
    expect(rulesOf('S249-renewal-risk').told).toEqual(expect.arrayContaining(['nadia', 'mark']))
  })
  test('S251 is the same in each region', () => {
    const { decision: west } = rulesOf('S251-same-in-the-west')
    expect(rulesOf('S251-same-in-the-east').decision).toEqual(west)
  })
})

import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import { planReview } from '../../src/domain/plan-review.ts'
import type { RouteMode } from '../../src/domain/policy.ts'
import { detectDrift } from '../../src/domain/route-mode.ts'
import { shareOf } from '../../src/domain/share-of.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { shippedPolicy } from '../support/shipped-policy.ts'

const AT = { now: '2026-11-20T15:00:00.000Z', clockStart: '2026-11-20T15:00:00.000Z' }
const facts = {
  values: {
    intent: 'billing_question',
    language: 'en',
    type: 'billing',
    'model.priority': 'low',
    'model.priority.confidence': 0.99,
    'scoring.unscored': [],
  },
  evidence: {},
} as const

function decideUnder(mode: RouteMode | undefined, demoted: readonly string[] = []) {
  const policy = shippedPolicy()
  const routes = policy.routes.map((route) =>
    route.id === 'billing' && mode !== undefined ? { ...route, mode } : route,
  )
  const compiled = compilePolicy({ ...policy, routes })
  return { compiled, decision: decide(facts, compiled, { open: {}, turns: {}, demoted }, AT) }
}

describe('the mode of a route', () => {
  test.each([
    [undefined, 'auto', false],
    ['auto', 'auto', false],
    ['suggest', 'review', false],
    ['shadow', 'review', true],
    ['off', 'review', true],
  ] as const)('%s: %s', (mode, disposition, blind) => {
    const { compiled, decision } = decideUnder(mode)
    expect(decision.route.id).toBe('billing')
    expect(decision.disposition).toBe(disposition)
    const review = planReview(
      { decisionId: 'd', decision, facts, signals: unscored, redactedText: 'x', now: AT.now },
      compiled,
      () => 'r',
    )
    expect(review?.blind ?? false).toBe(blind)
  })

  test('a demoted route only suggests; demotion never promotes', () => {
    expect(decideUnder('auto', ['billing']).decision.disposition).toBe('review')
    expect(decideUnder('auto', ['support']).decision.disposition).toBe('auto')
    const { compiled } = decideUnder('shadow', ['billing'])
    expect(compiled.policy.routes.find(({ id }) => id === 'billing')!.mode).toBe('shadow')
  })
})

describe('drift', () => {
  const run = (rate: number, seed: number) => {
    const random = seededRandom(seed)
    return detectDrift(
      Array.from({ length: 200 }, () => random() < rate),
      0.05,
    ).flagged
  }
  const share = (rate: number) =>
    Array.from({ length: 500 }, (_, seed) => run(rate, seed + 1)).filter(Boolean).length / 500

  test('worse than the risk is found within 200 samples, within the risk is left alone', () => {
    expect(share(0.2)).toBeGreaterThan(0.98)
    expect(share(0.03)).toBeLessThan(0.03)
    expect(share(0)).toBe(0)
  })
})

test('sampling follows from the id alone, evenly and independently of blindness', () => {
  let sampled = 0
  let both = 0
  for (let n = 0; n < 20_000; n++) {
    const id = `decision-${n}`
    if (shareOf(id, 'sample') >= 0.1) continue
    sampled += 1
    if (shareOf(id, 'blind') < 0.5) both += 1
  }
  expect(sampled).toBeGreaterThan(1_850)
  expect(sampled).toBeLessThan(2_150)
  expect(both / sampled).toBeGreaterThan(0.46)
  expect(both / sampled).toBeLessThan(0.54)
  expect(shareOf('decision-1', 'sample')).toBe(shareOf('decision-1', 'sample'))
})

const no = { unscored: 'not here' }
const unscored = {
  sentiment: no,
  emotions: no,
  intent: no,
  urgency: no,
  priority: no,
  language: no,
  triggers: [],
  spikes: [],
} as const

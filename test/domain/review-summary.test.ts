import { expect, test } from 'vitest'
import type { ReviewOutcome } from '../../src/domain/review-state.ts'
import type { DecidedReview } from '../../src/domain/review-summary.ts'
import { agrees, summariseReviews } from '../../src/domain/review-summary.ts'

const START = Date.parse('2026-11-20T10:00:00Z')
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString()

const approved: ReviewOutcome = { kind: 'approved', actions: [] }
const overridden = (changes: object, reason: string): ReviewOutcome => ({
  kind: 'overridden',
  actions: [],
  changes,
  reason,
})

function decided(minutes: number, other: Partial<DecidedReview> = {}): DecidedReview {
  return {
    route: 'outage',
    outcome: approved,
    decidedBy: 'ann',
    createdAt: at(0),
    decidedAt: at(minutes),
    dueAt: at(5),
    defaultedAt: null,
    ...other,
  }
}

test('nothing decided gives zeros and no bound', () => {
  expect(summariseReviews([], [])).toMatchObject({
    decided: 0,
    medianMs: 0,
    routes: [],
    reasons: [],
  })
})

test('a reworded message is agreement, any other change and a dismissal are not', () => {
  expect(agrees(decided(1))).toBe(true)
  expect(agrees(decided(1, { outcome: overridden({ message: 'Hi' }, 'Message needs work') }))).toBe(
    true,
  )
  expect(agrees(decided(1, { outcome: overridden({ message: 'Hi', team: 'x' }, '') }))).toBe(false)
  const outcome: ReviewOutcome = { kind: 'dismissed', actions: [], severity: 'P4', reason: 'Test' }
  expect(agrees(decided(1, { outcome }))).toBe(false)
})

test('routes are counted with the bound of Clopper and Pearson', () => {
  const wrong = { outcome: overridden({ team: 'billing' }, 'Wrong team') }
  const reviews = [
    ...Array.from({ length: 58 }, () => decided(1)),
    decided(1, { route: 'legal', ...wrong }),
  ]
  const { routes } = summariseReviews(reviews, [])
  // No error in 58 speaks against 5 % (1 − 0.05^(1/58) = 0.0503); one in one against nothing.
  expect(routes[0]).toMatchObject({ route: 'outage', judged: 58, agreed: 58 })
  expect(routes[0]!.errorBound).toBeCloseTo(1 - 0.05 ** (1 / 58), 6)
  expect(routes[1]).toEqual({ route: 'legal', judged: 1, agreed: 0, errorBound: 1 })
})

test('reasons that were picked are counted each, the rest as own words', () => {
  const reasons = [
    'Wrong team; Too severe: it is about an invoice',
    'Wrong team',
    'Wrong team is not what I would say',
    'because: Too severe',
  ].map((reason) => decided(1, { outcome: overridden({ team: 'x' }, reason) }))
  expect(summariseReviews(reasons, ['Wrong team', 'Too severe']).reasons).toEqual([
    { reason: 'In their own words', count: 2 },
    { reason: 'Wrong team', count: 2 },
    { reason: 'Too severe', count: 1 },
  ])
})

test('times, lateness and defaults are those of all, and of each person', () => {
  const reviews = [
    decided(0.5),
    decided(1),
    decided(4, { decidedBy: 'bea' }),
    decided(90, { decidedBy: 'bea', defaultedAt: at(5) }),
  ]
  const summary = summariseReviews(reviews, [])
  expect(summary).toMatchObject({ decided: 4, late: 1, defaulted: 1, medianMs: 60_000 })
  expect(summary.slowestTenthMs).toBe(90 * 60_000)
  expect(summary.times.map(({ count }) => count)).toEqual([1, 1, 1, 0, 0, 0, 1])
  expect(summary.times.reduce((sum, { count }) => sum + count, 0)).toBe(reviews.length)
  expect(summary.reviewers).toEqual([
    { name: 'ann', decided: 2, corrected: 0, late: 0, medianMs: 30_000 },
    { name: 'bea', decided: 2, corrected: 0, late: 1, medianMs: 240_000 },
  ])
})

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BudgetLimits, type Reservation, createBudget } from '../../src/scorers/budget.ts'

function aBudget(limits: BudgetLimits) {
  let ms = Date.parse('2026-11-20T23:58:00Z')
  const budget = createBudget(limits, { now: () => new Date(ms), elapsedMs: () => ms })
  const reserve = (tokens: number, money = 0) => budget.reserve({ tokens, money })
  return { budget, reserve, wait: (more: number) => (ms += more) }
}

describe('createBudget()', () => {
  test('counts the last sixty seconds, not the minute on the clock', () => {
    const { reserve, wait } = aBudget({ perMinute: { tokens: 100 } })
    reserve(60)
    wait(45_000)
    reserve(40)
    expect(reserve(1)).toEqual({ exhausted: 'tokens per minute' })
    wait(15_000)
    expect(reserve(60)).toHaveProperty('settle')
    expect(reserve(1)).toEqual({ exhausted: 'tokens per minute' })
  })

  test('counts the day in UTC', () => {
    const { budget, reserve, wait } = aBudget({ perDay: { money: 1 } })
    reserve(10, 1)
    expect(reserve(10, 0.01)).toEqual({ exhausted: 'money per day' })
    wait(120_000)
    expect(reserve(10, 0.01)).toHaveProperty('settle')
    expect(budget.spent().today).toEqual({ calls: 1, tokens: 10, money: 0.01 })
  })

  test('gives back what a call did not use, on the day it was reserved', () => {
    const { budget, reserve, wait } = aBudget({ perMinute: { tokens: 100 } })
    const call = reserve(90) as Reservation
    call.settle({ tokens: 10, money: 0 })
    call.settle({ tokens: 0, money: 0 })
    expect(budget.spent().lastMinute).toEqual({ calls: 1, tokens: 10, money: 0 })
    const late = reserve(80) as Reservation
    wait(120_000)
    late.settle({ tokens: 80, money: 0 })
    expect(budget.spent().today).toEqual({ calls: 0, tokens: 0, money: 0 })
  })

  test('without limits nothing is refused', () => {
    const { reserve } = aBudget({})
    expect(reserve(1e9, 1e9)).toHaveProperty('settle')
  })

  test('is never exceeded while calls cost at most their estimate', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 30_000 }),
      estimate: fc.integer({ min: 1, max: 60 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      settled: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { budget, reserve, wait } = aBudget({
          perMinute: { tokens: 100 },
          perDay: { tokens: 400 },
        })
        for (const { wait: ms, estimate, share, settled } of steps) {
          wait(ms)
          const reserved = reserve(estimate)
          if ('settle' in reserved && settled)
            reserved.settle({ tokens: Math.floor(estimate * share), money: 0 })
          const { lastMinute, today } = budget.spent()
          expect(lastMinute.tokens).toBeLessThanOrEqual(100)
          expect(today.tokens).toBeLessThanOrEqual(400)
          expect(today.tokens).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

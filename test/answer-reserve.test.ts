import { describe, expect, test } from 'vitest'
import { createAnswerReserve } from '../src/answer-reserve.ts'
import { scoringTime } from '../src/second-opinion.ts'

describe('the reserve of an answer', () => {
  test('is nothing until something was measured, then what almost every recording took and a margin', () => {
    const reserve = createAnswerReserve()
    expect(reserve.ms()).toBe(0)
    for (let nth = 1; nth <= 100; nth++) reserve.took(nth)
    expect(reserve.ms()).toBeCloseTo(99 * 1.2)
  })

  test('follows the load both ways', () => {
    const reserve = createAnswerReserve()
    for (let nth = 0; nth < 300; nth++) reserve.took(170)
    expect(reserve.ms()).toBeCloseTo(204)
    for (let nth = 0; nth < 300; nth++) reserve.took(10)
    expect(reserve.ms()).toBeCloseTo(12)
  })

  test('leaves at least half of the time for scoring and keeps at least 100 ms or a quarter', () => {
    expect(scoringTime(400)).toBe(300)
    expect(scoringTime(400, 50)).toBe(300)
    expect(scoringTime(400, 150)).toBe(250)
    expect(scoringTime(400, 5_000)).toBe(200)
    expect(scoringTime(20)).toBe(15)
    expect(scoringTime(0, 500)).toBe(0)
  })
})

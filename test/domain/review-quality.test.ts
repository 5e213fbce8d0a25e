import { describe, expect, test } from 'vitest'
import { automatableShare, upperErrorBound } from '../../src/domain/error-bound.ts'
import { detectRubberStamping, type Look } from '../../src/domain/rubber-stamping.ts'
import { seededRandom } from '../support/seeded-random.ts'

describe('error bounds', () => {
  // qbeta(0.95, errors + 1, judged - errors) of R.
  test.each([
    [0, 10, 0.2588656],
    [0, 59, 0.0495],
    [1, 20, 0.2161069],
    [3, 100, 0.0757],
    [50, 1000, 0.0629],
  ])('%i errors in %i', (errors, judged, bound) => {
    expect(upperErrorBound(errors, judged)).toBeCloseTo(bound, 3)
  })

  test('nothing judged, or nothing right, bounds nothing', () => {
    expect(upperErrorBound(0, 0)).toBe(1)
    expect(upperErrorBound(7, 7)).toBe(1)
  })

  test('the bound covers: at most 5 % of samples lie below their true rate', () => {
    const random = seededRandom(11)
    let below = 0
    for (let run = 0; run < 2_000; run++) {
      let errors = 0
      for (let n = 0; n < 80; n++) if (random() < 0.07) errors++
      if (upperErrorBound(errors, 80) < 0.07) below++
    }
    expect(below / 2_000).toBeLessThanOrEqual(0.05)
  })

  test('what is sure can be automated, what is not cannot', () => {
    const judged = Array.from({ length: 1_000 }, (_, n) => ({
      doubt: 1 + n / 1_000,
      wrong: n >= 600 && n % 3 === 0,
    }))
    expect(automatableShare(judged, 0.05)).toMatchObject({ share: 0.6 })
    expect(automatableShare(judged.slice(0, 20), 0.05).share).toBe(0)
    expect(automatableShare([], 0.05).share).toBe(0)
  })
})

describe('rubber-stamping', () => {
  const ITEMS = 40
  const RUNS = 1_000

  type Habit = {
    readonly correctsWrong: number
    readonly correctsRight: number
    /** Median seconds; log-normal with sigma 0.7. */
    readonly seconds: number
  }
  /** One item in ten is a planted error; of the others the suggestion is wrong in 12 %. */
  function simulate(habit: Habit, seed: number): Look[] {
    const random = seededRandom(seed)
    return Array.from({ length: ITEMS }, () => {
      const planted = random() < 0.1
      const wrong = planted || random() < 0.12
      const corrects = random() < (wrong ? habit.correctsWrong : habit.correctsRight)
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
      return {
        confirmed: !corrects,
        ...(planted && { suggestionWas: 'wrong' as const }),
        seconds: habit.seconds * Math.exp(0.7 * normal),
        words: 40 + Math.floor(random() * 160),
      }
    })
  }
  const flaggedShare = (habit: Habit) =>
    Array.from(
      { length: RUNS },
      (_, run) => detectRubberStamping(simulate(habit, run + 1), 0.12).flagged,
    ).filter(Boolean).length / RUNS

  test('a rubber-stamper is flagged within 40 items, a careful reviewer is not', () => {
    const careful = flaggedShare({ correctsWrong: 0.85, correctsRight: 0.02, seconds: 60 })
    const quick = flaggedShare({ correctsWrong: 0.85, correctsRight: 0.02, seconds: 35 })
    const stamper = flaggedShare({ correctsWrong: 0.02, correctsRight: 0.01, seconds: 6 })
    const patient = flaggedShare({ correctsWrong: 0, correctsRight: 0, seconds: 120 })
    console.log({ careful, quick, stamper, patient })
    expect(stamper).toBeGreaterThanOrEqual(0.99)
    expect(careful).toBeLessThanOrEqual(0.01)
    expect(quick).toBeLessThanOrEqual(0.05)
  })

  test('confirming what is known to be right says nothing', () => {
    const looks = Array.from({ length: 200 }, () => ({
      confirmed: true,
      suggestionWas: 'right' as const,
    }))
    expect(detectRubberStamping(looks, 0.3)).toMatchObject({ flagged: false, evidence: 0 })
  })
})

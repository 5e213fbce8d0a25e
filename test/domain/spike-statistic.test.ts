import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { upperTail } from '../../src/domain/negative-binomial.ts'
import type { Window } from '../../src/domain/spike-baseline.ts'
import {
  decayWeight,
  hourOfWeek,
  hoursCovered,
  learnHour,
  NOTHING_LEARNED,
  usualFor,
} from '../../src/domain/spike-baseline.ts'
import { detectSpikes, levelOf, plainVolume } from '../../src/domain/spike-detect.ts'
import { spikeRules } from '../../src/domain/spike-rules.ts'
import { EXACT_ROWS, MAX_ROWS, sampleWeight } from '../../src/domain/spike-sample.ts'

const RULES = spikeRules({ windowMinutes: 60, minCustomers: 5, ratio: 3 })

describe('the tail of the negative binomial', () => {
  // From scipy.stats.nbinom.sf(n - 1, r, p).
  test.each([
    [5, 0.02, 0.026, 1.2218002053054431e-5],
    [12, 2, 2.6, 7.693521474168267e-5],
    [12, 2, 4, 0.001708984375],
    [29, 2, 6, 7.822642576269843e-6],
    [300, 100, 400, 1.378343280211933e-12],
    [1, 0.5, 1, 0.2928932188134525],
    [1200, 1000, 1300, 4.882718565666206e-8],
    [41, 4.5, 5.85, 9.532407983442314e-16],
  ])('P(X ≥ %d) with mean %d and variance %d', (n, mean, variance, expected) => {
    expect(upperTail(n, mean, variance) / expected).toBeCloseTo(1, 6)
  })

  test('falls with n, rises with mean and variance, and is a probability', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000 }),
        fc.double({ min: 0.01, max: 500, noNaN: true }),
        fc.double({ min: 1, max: 8, noNaN: true }),
        (n, mean, dispersion) => {
          const tail = upperTail(n, mean, mean * dispersion)
          expect(tail).toBeGreaterThanOrEqual(0)
          expect(tail).toBeLessThanOrEqual(1)
          expect(upperTail(n + 1, mean, mean * dispersion)).toBeLessThanOrEqual(tail * (1 + 1e-9))
          expect(upperTail(n, mean * 1.5, mean * 1.5 * dispersion)).toBeGreaterThanOrEqual(
            tail * (1 - 1e-9),
          )
        },
      ),
    )
  })
})

describe('hours of the week', () => {
  const at = (iso: string) => Date.parse(iso)

  test('follow the clocks of the zone through both changes', () => {
    // Europe/Berlin goes back from 03:00 to 02:00 on 2026-10-25, a Sunday.
    const sunday = 6 * 24
    expect(hourOfWeek(at('2026-10-25T00:00Z'), 'Europe/Berlin')).toBe(sunday + 2)
    expect(hourOfWeek(at('2026-10-25T01:00Z'), 'Europe/Berlin')).toBe(sunday + 2)
    expect(hourOfWeek(at('2026-10-25T02:00Z'), 'Europe/Berlin')).toBe(sunday + 3)
    // And forward from 02:00 to 03:00 on 2026-03-29.
    expect(hourOfWeek(at('2026-03-29T00:00Z'), 'Europe/Berlin')).toBe(sunday + 1)
    expect(hourOfWeek(at('2026-03-29T01:00Z'), 'Europe/Berlin')).toBe(sunday + 3)
    // Nine on a Monday is nine on a Monday, in winter and in summer.
    expect(hourOfWeek(at('2026-01-12T08:00Z'), 'Europe/Berlin')).toBe(9)
    expect(hourOfWeek(at('2026-07-13T07:00Z'), 'Europe/Berlin')).toBe(9)
  })

  test('cover a window without gap or overlap', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2025-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
        (from, minutes, zone) => {
          const parts = hoursCovered(from.getTime(), from.getTime() + minutes * 60_000, zone)
          const hours = parts.reduce((sum, part) => sum + part.hours, 0)
          expect(hours).toBeCloseTo(minutes / 60, 6)
          expect(parts.every(({ hour }) => hour >= 0 && hour < 168)).toBe(true)
        },
      ),
    )
  })
})

/** A window of one hour in a service that has seen `weeks` weeks of `traffic` customers an hour. */
function aWindow(weeks: number, traffic: number): Window {
  const weight = decayWeight(Date.parse('2026-11-20T11:00Z'))
  return {
    parts: [{ hour: 11, hours: 1 }],
    weight,
    seen: { total: weeks * 168 * weight, hours: [weeks * weight] },
    all: {
      total: weeks * 168 * traffic * weight,
      hours: [weeks * traffic * weight],
      excess: 0,
      tests: 0,
    },
  }
}

/** A key with `customers` an hour over those weeks. */
const aKey = (weeks: number, customers: number, { weight }: Window) => ({
  total: weeks * 168 * customers * weight,
  hours: [weeks * customers * weight],
  excess: 0,
  tests: 0,
})

/** The first number of customers at which the key opens, over the baseline. */
function threshold(usual: { expected: number; variance: number }, trackedKeys: number): number {
  for (let customers = 1; customers < 10_000; customers++) {
    const volume = { ...plainVolume('term:internet down', customers, 0), ...usual }
    if (detectSpikes({ volumes: [volume], trackedKeys }, RULES).length > 0) return customers
  }
  return Infinity
}

describe('what is usual', () => {
  test('is what was learned, once there is enough', () => {
    const window = aWindow(8, 30)
    const usual = usualFor(aKey(8, 2, window), window, 28, RULES)
    expect(usual.expected).toBeGreaterThan(1.9)
    expect(usual.expected).toBeLessThan(2.2)
    expect(threshold(usual, 50)).toBeLessThanOrEqual(12)
  })

  test('leans on a prior before: five customers of day one are no spike, a crowd is', () => {
    const fresh = aWindow(0, 0)
    const usual = usualFor(NOTHING_LEARNED, fresh, 0, RULES)
    expect(usual.expected).toBeCloseTo(2, 1)
    expect(threshold(usual, 0)).toBeGreaterThan(20)
    expect(threshold(usual, 0)).toBeLessThan(41)
    // A service that starts with a thousand customers an hour has words that 200 of them use.
    expect(threshold(usualFor(NOTHING_LEARNED, fresh, 800, RULES), 0)).toBeGreaterThan(400)
  })

  test('doubles where all traffic doubles, and only where the policy says so', () => {
    const window = aWindow(8, 100)
    const key = aKey(8, 10, window)
    const usual = usualFor(key, window, 90, RULES)
    const doubled = usualFor(key, window, 180, RULES)
    expect(doubled.expected / usual.expected).toBeGreaterThan(1.7)
    const absolute = usualFor(key, window, 180, { traffic: 'absolute' })
    expect(absolute.expected).toBeCloseTo(usual.expected, 0)
    // A quiet day makes nothing more unusual.
    expect(usualFor(key, window, 0, RULES).expected).toBeCloseTo(absolute.expected, 6)
  })

  test('an hour inside an incident teaches no more than what was expected', () => {
    const window = aWindow(8, 100)
    const learned = aKey(8, 10, window)
    const { expected } = usualFor(learned, window, 90, RULES)
    const inIncident = learnHour({ customers: 400, learned, inIncident: true }, window, 90)
    expect(inIncident.customers / window.weight).toBeCloseTo(expected, 6)
    const usual = learnHour({ customers: 400, learned, inIncident: false }, window, 90)
    expect(usual.customers / window.weight).toBe(400)
  })

  test('a key that swings by itself needs more to be unusual', () => {
    const window = aWindow(8, 100)
    const steady = aKey(8, 10, window)
    const tests = 300 * window.weight
    const swinging = { ...steady, tests, excess: tests * 6 }
    expect(threshold(usualFor(swinging, window, 90, RULES), 500)).toBeGreaterThan(
      threshold(usualFor({ ...steady, tests, excess: tests }, window, 90, RULES), 500) + 5,
    )
  })
})

describe('a spike', () => {
  test('stays one when more customers come, and one customer never moves it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.integer({ min: 0, max: 5_000 }),
        (customers, more, expected, trackedKeys) => {
          const found = (n: number) =>
            detectSpikes(
              { volumes: [plainVolume('term:no signal', n, expected)], trackedKeys },
              RULES,
            ).length > 0
          expect(found(customers) && !found(customers + more)).toBe(false)
          expect(found(1)).toBe(false)
        },
      ),
    )
  })

  test('one word alone is no evidence, two are', () => {
    const word = (name: string) => plainVolume(`word:${name}`, 30, 1)
    const spikes = (...names: string[]) =>
      detectSpikes({ volumes: names.map(word), trackedKeys: 100 }, RULES).length
    expect(spikes('internet')).toBe(0)
    expect(spikes('internet', 'router')).toBe(2)
  })

  test('an open one goes on down to the closing ratio, and a muted key opens no other below its number', () => {
    const volume = (customers: number, part: object) => ({
      volumes: [{ ...plainVolume('term:no signal', customers, 5), ...part }],
      trackedKeys: 100,
    })
    expect(detectSpikes(volume(9, {}), RULES)).toEqual([])
    expect(detectSpikes(volume(9, { incident: 'i' }), RULES)).toMatchObject([{ incident: 'i' }])
    expect(detectSpikes(volume(7, { incident: 'i' }), RULES)).toEqual([])
    expect(detectSpikes(volume(59, { mutedBelow: 60 }), RULES)).toEqual([])
    expect(detectSpikes(volume(60, { mutedBelow: 60 }), RULES)).toHaveLength(1)
  })

  test('the budget of false alarms is shared by all keys and windows of a week', () => {
    const level = levelOf({ ...RULES, falseAlarmsPerWeek: 2 }, 1_000)
    expect(level * 1_000 * 168).toBeCloseTo(2, 9)
  })
})

describe('rows of a key', () => {
  test('are bounded, exact while few, and stand for all customers on average', () => {
    for (const total of [100, 1_000, 20_000]) {
      let rows = 0
      let counted = 0
      for (let n = 0; n < total; n++) {
        const customer = (BigInt(n) * 0x9e3779b97f4a7c15n) ^ (BigInt(n * n) << 17n)
        const weight = sampleWeight('intent:bug', customer, { rows, traffic: total })
        if (weight === null) continue
        rows++
        counted += weight
      }
      expect(rows).toBeLessThanOrEqual(MAX_ROWS)
      if (total <= EXACT_ROWS) expect(counted).toBe(total)
      expect(counted / total).toBeGreaterThan(0.6)
      expect(counted / total).toBeLessThan(1.5)
    }
  })

  test('new words of a very busy service are admitted by chance, known ones always', () => {
    const admitted = (rows: number) =>
      Array.from({ length: 4_000 }, (_, n) =>
        sampleWeight('word:blah', BigInt(n), { rows, traffic: 65_536 }),
      ).filter((weight) => weight !== null).length
    expect(admitted(0)).toBeGreaterThan(180)
    expect(admitted(0)).toBeLessThan(330)
    expect(admitted(1)).toBe(4_000)
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { upperTail } from '../../src/domain/negative-binomial.ts'
import { levelOf } from '../../src/domain/spike-detect.ts'
import type { SpikeSection } from '../../src/domain/spike-rules.ts'
import { spikeRules } from '../../src/domain/spike-rules.ts'
import type { Db } from '../../src/store/db.ts'
import { spikeStream, TOPIC } from '../support/spike-stream.ts'
import { openTestPglite } from '../support/store.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 8, 7)

let db: Db
beforeAll(async () => {
  db = await openTestPglite()
}, 120_000)
afterAll(() => db.close())

const stream = (name: string, part: Partial<SpikeSection> = {}) =>
  spikeStream(db, name, spikeRules({ windowMinutes: 60, minCustomers: 5, ratio: 3, ...part }))

type Stream = ReturnType<typeof stream>

/** `weeks` of hours with these numbers of customers: of the topic, and of others. */
async function live(
  to: Stream,
  weeks: number,
  of: (hourOfWeek: number, week: number) => { topic: number; others: number },
  startMs = MONDAY,
): Promise<number> {
  for (let hour = 0; hour < weeks * 168; hour++) {
    const { topic, others } = of(hour % 168, Math.floor(hour / 168))
    // The topic's customers come first in both keys, so they are the same ones.
    await to.hour(startMs + hour * HOUR, { [TOPIC]: topic, all: topic + others })
  }
  return startMs + weeks * 168 * HOUR
}

/** New customers one after the other; the first that makes a spike, with its number. */
async function crowd(to: Stream, startMs: number, customers: number, everyMs: number) {
  for (let n = 1; n <= customers; n++) {
    const heard = await to.say(`crowd-${n}`, startMs + n * everyMs)
    if (heard.spike !== undefined) return { n, ...heard, spike: heard.spike }
  }
  return undefined
}

test('one sender with fifty messages moves nothing', async () => {
  const to = stream('one-sender')
  const now = await live(to, 1, () => ({ topic: 0, others: 10 }))
  for (let n = 0; n < 50; n++) {
    const { volume, spike } = await to.say('noisy', now + n * MINUTE)
    expect(spike).toBeUndefined()
    expect(volume.customers).toBe(1)
  }
})

test('twelve customers in ten minutes over two: a spike at the threshold, to the ticket', async () => {
  const rules = spikeRules({ windowMinutes: 60, minCustomers: 5, ratio: 3 })
  const to = stream('burst')
  const now = await live(to, 2, () => ({ topic: 2, others: 20 }))
  const found = await crowd(to, now + HOUR / 2, 12, 50_000)
  const { volume, trackedKeys, spike, n } = found!
  expect(volume.expected).toBeGreaterThan(0.9)
  expect(volume.expected).toBeLessThan(2.5)
  expect(n).toBeLessThanOrEqual(12)
  // The customer before was below the level, by the same formula that the docs give.
  const level = levelOf(rules, trackedKeys)
  const tail = (customers: number) => upperTail(customers, volume.expected, volume.variance)
  expect(tail(n)).toBeLessThan(level)
  expect(tail(n - 2)).toBeGreaterThan(level)
  expect(spike).toMatchObject({ key: TOPIC, customers: n, windowMinutes: 60 })
})

test('a ramp over weeks becomes usual, a ramp over hours is a spike', async () => {
  const to = stream('ramp')
  // From 3 an hour to 9 in two weeks.
  const now = await live(to, 2, (hour, week) => ({
    topic: Math.round(3 * 1.08 ** ((week * 168 + hour) / 24)),
    others: 40,
  }))
  expect(await crowd(to, now, 12, 4 * MINUTE)).toBeUndefined()
  // More than that, reached within half a day from a steady 3.
  const fast = stream('fast-ramp')
  const then = await live(fast, 1, () => ({ topic: 3, others: 40 }))
  for (let hour = 0; hour < 6; hour++)
    await fast.hour(then + hour * HOUR, { [TOPIC]: 3 + hour * 2, all: 43 + hour * 2 })
  const found = await crowd(fast, then + 6 * HOUR, 18, 3 * MINUTE)
  expect(found?.spike.expected).toBeLessThan(6)
}, 120_000)

test('a peak of every Monday is usual on Mondays, and a spike on a Tuesday', async () => {
  const nine = 9
  const to = stream('monday')
  const now = await live(to, 3, (hour) => ({ topic: hour === nine ? 20 : 1, others: 40 }))
  expect(await crowd(to, now + nine * HOUR, 20, 2.5 * MINUTE)).toBeUndefined()
  const found = await crowd(to, now + (24 + nine) * HOUR, 20, 2.5 * MINUTE)
  expect(found?.spike.expected).toBeLessThan(6)
}, 120_000)

test('a peak at nine stays usual at nine when the clocks change', async () => {
  // Berlin goes back an hour on Sunday 25 October 2026: nine o'clock moves from 07:00 to 08:00 UTC.
  const start = Date.UTC(2026, 9, 12) - 2 * HOUR
  const local = { timezone: 'Europe/Berlin', traffic: 'absolute' } as const
  const peak = (hour: number) => ({ topic: hour % 24 === 9 ? 20 : 1, others: 40 })
  const atNine = Date.UTC(2026, 9, 26, 8)
  for (const [name, part, expected] of [
    ['dst-local', local, 'usual'],
    ['dst-utc', { ...local, timezone: 'UTC' }, 'spike'],
  ] as const) {
    const to = stream(name, part)
    // Two weeks in summer time, to the Sunday of the change.
    await live(to, 2, peak, start)
    const found = await crowd(to, atNine, 20, 2.5 * MINUTE)
    expect(found === undefined ? 'usual' : 'spike', name).toBe(expected)
  }
}, 120_000)

test('a mail that doubles all traffic is a spike only where the policy counts absolutely', async () => {
  for (const [traffic, expected] of [
    ['relative', 'usual'],
    ['absolute', 'spike'],
  ] as const) {
    const to = stream(`mail-${traffic}`, { traffic, ratio: 2 })
    const now = await live(to, 1, () => ({ topic: 15, others: 60 }))
    // Everybody writes, about everything, nearly three times as much.
    let spike
    for (let n = 0; n < 200; n++) {
      const key = n % 5 === 0 ? TOPIC : 'word:other'
      spike ??= (await to.say(`reader-${n}`, now + n * 17_000, key)).spike
    }
    expect(spike === undefined ? 'usual' : 'spike', traffic).toBe(expected)
    // The numbers that a reason shows.
    if (spike !== undefined) {
      expect(spike.key).toBe(TOPIC)
      expect(spike.customers / spike.expected).toBeGreaterThan(2)
    }
  }
}, 120_000)

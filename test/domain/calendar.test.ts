import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addWorkingTime, compileCalendar, isOpen, nextOpening } from '../../src/domain/calendar.ts'
import type { Calendar, Target, Window } from '../../src/domain/policy.ts'
import { workingMinutes } from '../support/minute-clock.ts'

const NINE_TO_FIVE: readonly Window[] = [{ start: 540, end: 1020 }]
const WEEKDAYS = [1, 2, 3, 4, 5] as const

function calendar(part: Partial<Calendar> & { windows?: readonly Window[] } = {}): Calendar {
  const { windows = NINE_TO_FIVE, ...rest } = part
  return {
    id: 'office',
    timezone: 'UTC',
    weekly: Object.fromEntries(WEEKDAYS.map((day) => [day, windows])),
    alwaysOpen: false,
    holidays: [],
    ...rest,
  }
}

const minutes = (amount: number): Target => ({
  amount,
  unit: 'minutes',
  calendar: 'office',
  text: `${amount}m`,
})
const days = (amount: number): Target => ({
  amount,
  unit: 'business_days',
  calendar: 'office',
  text: `${amount} business days`,
})

function due(from: string, target: Target, part: Parameters<typeof calendar>[0] = {}): string {
  return addWorkingTime(new Date(from), target, compileCalendar(calendar(part))).toISOString()
}

const BERLIN = { timezone: 'Europe/Berlin' }
const NEW_YORK = { timezone: 'America/New_York' }
const SPLIT = {
  windows: [
    { start: 540, end: 720 },
    { start: 780, end: 1020 },
  ],
}
const ALL_DAY = { ...BERLIN, windows: [{ start: 0, end: 1440 }] }

describe('addWorkingTime() with minutes', () => {
  test.each([
    ['Friday 16:30 + 1 h is Monday 09:30', '2026-03-06T16:30Z', 60, {}, '2026-03-09T09:30'],
    ['Friday 16:30 + 30 min is the end of work', '2026-03-06T16:30Z', 30, {}, '2026-03-06T17:00'],
    ['Friday 17:00 + 1 min starts on Monday', '2026-03-06T17:00Z', 1, {}, '2026-03-09T09:01'],
    ['before opening', '2026-03-09T06:00Z', 15, {}, '2026-03-09T09:15'],
    ['Saturday', '2026-03-07T12:00Z', 480, {}, '2026-03-09T17:00'],
    ['two whole days', '2026-03-09T09:00Z', 960, {}, '2026-03-10T17:00'],
    ['over lunch', '2026-03-09T11:30Z', 60, SPLIT, '2026-03-09T13:30'],
    ['during lunch', '2026-03-09T12:20Z', 10, SPLIT, '2026-03-09T13:10'],
    ['up to lunch', '2026-03-09T11:30Z', 30, SPLIT, '2026-03-09T12:00'],
    [
      'over a chain of holidays',
      '2026-04-02T16:00Z',
      120,
      { holidays: ['2026-04-03', '2026-04-06'] },
      '2026-04-07T10:00',
    ],
    ['over a leap day', '2028-02-28T16:30Z', 60, {}, '2028-02-29T09:30'],
    [
      'over the new year',
      '2026-12-31T16:30Z',
      60,
      { holidays: ['2027-01-01'] },
      '2027-01-04T09:30',
    ],
    ['Berlin in winter', '2026-01-09T15:30Z', 60, BERLIN, '2026-01-12T08:30'],
    ['Berlin over the change to summer', '2026-03-27T15:30Z', 60, BERLIN, '2026-03-30T07:30'],
    ['Berlin over the change to winter', '2026-10-23T14:30Z', 60, BERLIN, '2026-10-26T08:30'],
    ['New York over the change to summer', '2026-03-06T21:30Z', 60, NEW_YORK, '2026-03-09T13:30'],
    ['New York over the change to winter', '2026-10-30T20:30Z', 60, NEW_YORK, '2026-11-02T14:30'],
    ['seconds are kept', '2026-03-06T16:59:30Z', 1, {}, '2026-03-09T09:00:30'],
  ] as const)('%s', (_, from, amount, part, expected) => {
    expect(due(from, minutes(amount), part)).toBe(new Date(`${expected}Z`).toISOString())
  })

  test('a day with a skipped hour holds 23 hours, one with a repeated hour 25', () => {
    const weekly = Object.fromEntries([7].map((day) => [day, ALL_DAY.windows]))
    const sundays = { ...BERLIN, weekly }
    // Sunday 29 March begins at 23:00 UTC and ends at 22:00; the next minute of work is a week later.
    expect(due('2026-03-28T23:00Z', minutes(23 * 60), sundays)).toBe('2026-03-29T22:00:00.000Z')
    expect(due('2026-03-28T23:00Z', minutes(23 * 60 + 1), sundays)).toBe('2026-04-04T22:01:00.000Z')
    expect(due('2026-10-24T22:00Z', minutes(25 * 60), sundays)).toBe('2026-10-25T23:00:00.000Z')
    expect(due('2026-10-24T22:00Z', minutes(25 * 60 + 1), sundays)).toBe('2026-10-31T23:01:00.000Z')
  })

  test.each([
    ['begins in the skipped hour', 150],
    ['begins with the skipped hour', 120],
    ['begins right after it', 180],
  ])('a window that %s opens at the jump', (_, start) => {
    const weekly = { 7: [{ start, end: 300 }] }
    expect(due('2026-03-28T12:00Z', minutes(1), { ...BERLIN, weekly })).toBe(
      '2026-03-29T01:01:00.000Z',
    )
  })

  test('an always open calendar adds plain time', () => {
    const always = { alwaysOpen: true, weekly: {} }
    expect(due('2026-03-28T23:58Z', minutes(15), always)).toBe('2026-03-29T00:13:00.000Z')
  })
})

describe('addWorkingTime() with business days', () => {
  test.each([
    ['the same time on the next day', '2026-03-09T10:15Z', 1, {}, '2026-03-10T10:15'],
    ['Friday to Monday', '2026-03-06T16:30Z', 1, {}, '2026-03-09T16:30'],
    ['three days over a weekend', '2026-03-05T11:00Z', 3, {}, '2026-03-10T11:00'],
    ['Saturday counts from the last end of work', '2026-03-07T12:00Z', 1, {}, '2026-03-09T17:00'],
    ['early morning as well', '2026-03-09T06:00Z', 1, {}, '2026-03-09T17:00'],
    ['and Friday evening', '2026-03-06T20:00Z', 1, {}, '2026-03-09T17:00'],
    ['lunch counts from its beginning', '2026-03-09T12:30Z', 1, SPLIT, '2026-03-10T12:00'],
    [
      'a holiday is no working day',
      '2026-04-02T10:00Z',
      1,
      { holidays: ['2026-04-03', '2026-04-06'] },
      '2026-04-07T10:00',
    ],
    ['a shorter day ends earlier', '2026-03-05T16:30Z', 1, SHORT_FRIDAY(), '2026-03-06T13:00'],
    ['a later day opens later', '2026-03-04T09:30Z', 1, LATE_THURSDAY(), '2026-03-05T12:00'],
    ['same wall clock over the change', '2026-03-27T09:00Z', 1, BERLIN, '2026-03-30T08:00'],
    ['and back', '2026-10-23T08:00Z', 1, BERLIN, '2026-10-26T09:00'],
    ['a day of 25 hours', '2026-10-24T22:30Z', 1, SEVEN_DAYS(), '2026-10-25T23:30'],
    ['from the repeated hour', '2026-10-25T01:30Z', 1, SEVEN_DAYS(), '2026-10-26T01:30'],
    ['into the skipped hour', '2026-03-28T01:30Z', 1, SEVEN_DAYS(), '2026-03-29T01:00'],
  ] as const)('%s', (_, from, amount, part, expected) => {
    expect(due(from, days(amount), part)).toBe(new Date(`${expected}Z`).toISOString())
  })
})

function SHORT_FRIDAY() {
  return { weekly: { 4: NINE_TO_FIVE, 5: [{ start: 540, end: 780 }] } }
}
function LATE_THURSDAY() {
  return { weekly: { 3: NINE_TO_FIVE, 4: [{ start: 720, end: 1080 }] } }
}
function SEVEN_DAYS() {
  return {
    ...BERLIN,
    weekly: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, ALL_DAY.windows])),
  }
}

describe('nextOpening()', () => {
  const office = compileCalendar(calendar())
  test('is now during work and the next opening otherwise', () => {
    const monday = Date.parse('2026-03-09T10:00Z')
    const evening = Date.parse('2026-03-09T17:00Z')
    expect(nextOpening(monday, office)).toBe(monday)
    expect(isOpen(monday, office)).toBe(true)
    expect(isOpen(evening, office)).toBe(false)
    expect(new Date(nextOpening(evening, office)).toISOString()).toBe('2026-03-10T09:00:00.000Z')
  })
})

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'America/Havana',
]

const anyWindows = fc
  .uniqueArray(fc.integer({ min: 0, max: 48 }), { minLength: 2, maxLength: 4 })
  .map((marks) => marks.toSorted((a, b) => a - b))
  .map((marks) =>
    marks.length < 4
      ? [{ start: marks[0]! * 30, end: marks.at(-1)! * 30 }]
      : [
          { start: marks[0]! * 30, end: marks[1]! * 30 },
          { start: marks[2]! * 30, end: marks[3]! * 30 },
        ],
  )

const anyCalendar = fc
  .record({
    timezone: fc.constantFrom(...ZONES),
    days: fc.uniqueArray(fc.constantFrom(1, 2, 3, 4, 5, 6, 7), { minLength: 2, maxLength: 7 }),
    windows: fc.array(anyWindows, { minLength: 7, maxLength: 7 }),
    holidays: fc.subarray(['2026-03-09', '2026-03-30', '2026-04-06', '2026-10-26', '2026-11-02']),
  })
  .map(({ days: open, windows, ...rest }) =>
    calendar({
      ...rest,
      weekly: Object.fromEntries(open.map((day) => [day, windows[day - 1]!])),
    }),
  )

/** Around the clock changes of 2026 in the zones above. */
const anyMinute = fc
  .tuple(
    fc.constantFrom(
      '2026-03-06',
      '2026-03-27',
      '2026-04-03',
      '2026-04-23',
      '2026-09-04',
      '2026-10-02',
      '2026-10-23',
      '2026-10-29',
    ),
    fc.integer({ min: 0, max: 5 * 1440 }),
  )
  .map(([date, minute]) => Date.parse(`${date}T00:00Z`) + minute * 60_000)

describe('against a clock that walks minute by minute', () => {
  test('minutes', () => {
    fc.assert(
      fc.property(anyCalendar, anyMinute, fc.integer({ min: 1, max: 900 }), (office, from, n) => {
        const ahead = workingMinutes(office, from, 24).filter((minute) => minute.atMs >= from)
        const amount = Math.min(n, ahead.length)
        const expected = ahead[amount - 1]!.atMs + 60_000
        const got = addWorkingTime(new Date(from), minutes(amount), compileCalendar(office))
        expect(got.toISOString()).toBe(new Date(expected).toISOString())
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('business days', () => {
    fc.assert(
      fc.property(anyCalendar, anyMinute, fc.integer({ min: 1, max: 4 }), (office, from, n) => {
        const got = addWorkingTime(new Date(from), days(n), compileCalendar(office))
        const walked = workingMinutes(office, from, 34)
        // From the last end of work, or from this very minute when it is worked.
        const now = walked.find((minute) => minute.atMs === from)
        const before = walked.findLast((minute) => minute.atMs < from)!
        const base = now ?? { ...before, wall: before.endWall }
        const date = [...new Set(walked.map((minute) => minute.date))].filter(
          (one) => one > base.date,
        )[n - 1]!
        const dueDay = walked.filter((minute) => minute.date === date)
        const exact = dueDay.find((minute) => minute.wall === base.wall)
        const ended = dueDay.findLast((minute) => minute.endWall <= base.wall)
        const expected = exact?.atMs ?? (ended ? ended.atMs + 60_000 : dueDay[0]!.atMs)
        expect(got.toISOString()).toBe(new Date(expected).toISOString())
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('later tickets are never due earlier', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        anyMinute,
        fc.integer({ min: 0, max: 3000 }),
        fc.oneof(
          fc.integer({ min: 1, max: 900 }).map(minutes),
          fc.integer({ min: 1, max: 5 }).map(days),
        ),
        (office, from, later, target) => {
          const compiled = compileCalendar(office)
          const first = addWorkingTime(new Date(from), target, compiled)
          const second = addWorkingTime(new Date(from + later * 60_000), target, compiled)
          expect(second.getTime()).toBeGreaterThanOrEqual(first.getTime())
        },
      ),
      { numRuns: 500 },
    )
  })
})

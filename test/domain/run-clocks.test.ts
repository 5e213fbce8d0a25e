import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCalendar } from '../../src/domain/calendar.ts'
import type { Timer, Timers } from '../../src/domain/clock.ts'
import type { Happening, HappeningKind } from '../../src/domain/happening.ts'
import type { Calendar, Warning } from '../../src/domain/policy.ts'
import type { CustomerClock } from '../../src/domain/run-clocks.ts'
import { CUSTOMER_CLOCKS, runClocks } from '../../src/domain/run-clocks.ts'
import { workingMinutes } from '../support/minute-clock.ts'

const NINE_TO_FIVE = [{ start: 540, end: 1020 }]
const WEEKDAYS = [1, 2, 3, 4, 5]
const everyDay = (windows: Calendar['weekly'][1], days: readonly number[] = WEEKDAYS) =>
  Object.fromEntries(days.map((day) => [day, windows]))

function calendar(id: string, part: Partial<Calendar> = {}): Calendar {
  const weekly = everyDay(NINE_TO_FIVE)
  return { id, timezone: 'UTC', weekly, alwaysOpen: false, holidays: [], ...part }
}

const EASTER = ['2026-04-03', '2026-04-06', '2027-01-01']
const SPLIT = [
  { start: 540, end: 720 },
  { start: 780, end: 1020 },
]
const NIGHT = [{ start: 60, end: 240 }]
const CALENDARS = {
  always: calendar('always', { alwaysOpen: true, weekly: {} }),
  office: calendar('office', { holidays: EASTER }),
  split: calendar('split', { weekly: everyDay(SPLIT) }),
  berlin: calendar('berlin', { timezone: 'Europe/Berlin' }),
  newYork: calendar('newYork', { timezone: 'America/New_York' }),
  berlinDay: calendar('berlinDay', {
    timezone: 'Europe/Berlin',
    weekly: everyDay([{ start: 0, end: 1440 }], [1, 2, 3, 4, 5, 6, 7]),
  }),
  berlinNight: calendar('berlinNight', { timezone: 'Europe/Berlin', weekly: everyDay(NIGHT, [7]) }),
} as const

function timerOf(on: Calendar, target: string): Timer {
  const [, amount, unit] = /^(\d+)(m|h|d)$/.exec(target)!
  const minutes = unit === 'h' ? Number(amount) * 60 : Number(amount)
  return {
    target: {
      amount: unit === 'd' ? Number(amount) : minutes,
      unit: unit === 'd' ? 'business_days' : 'minutes',
      calendar: on.id,
      text: target,
    },
    calendar: compileCalendar(on),
  }
}

function timersOf(timer: Timer): Timers {
  const customer = { first_response: timer, update: timer, resolution: timer }
  return { ...customer, review: timer, reviewBackup: null }
}

/** `10:00` is on Monday 9 March 2026, `06 16:30` in March 2026; all in UTC. */
function instant(text: string): string {
  const date =
    text.length === 5 ? `2026-03-09 ${text}` : text.length === 8 ? `2026-03-${text}` : text
  return `${date.replace(' ', 'T')}:00.000Z`
}

/** `paused 11:00`; `absorbed 10:30 from 08:00 answered 08:05 to 10:10`. */
function happeningOf(text: string): Happening {
  const [rest, answered] = text.split(' answered ')
  const [head, openedAt] = rest!.split(' from ')
  const [answeredAt, lastAnsweredAt] = answered?.split(' to ').map(instant) ?? []
  const [kind, ...at] = head!.split(' ')
  return {
    kind: kind as HappeningKind,
    at: instant(at.join(' ')),
    ...(openedAt !== undefined && { openedAt: instant(openedAt) }),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(lastAnsweredAt !== undefined && { lastAnsweredAt }),
  }
}

type Case = readonly [
  name: string,
  kind: CustomerClock,
  on: keyof typeof CALENDARS,
  target: string,
  opened: string,
  happened: readonly string[],
  expected: string,
]

// Each worked out by hand. 2026-03-09 is a Monday.
const CASES: readonly Case[] = [
  [
    'Friday 16:30 with one business hour',
    'resolution',
    'office',
    '1h',
    '06 16:30',
    [],
    'running 09 09:30',
  ],
  ['up to the end of work', 'resolution', 'office', '30m', '06 16:30', [], 'running 06 17:00'],
  ['at the end of work', 'resolution', 'office', '1m', '06 17:00', [], 'running 09 09:01'],
  ['a Saturday', 'resolution', 'office', '8h', '07 12:00', [], 'running 09 17:00'],
  ['before opening', 'resolution', 'office', '15m', '06:00', [], 'running 09:15'],
  ['a split shift, over lunch', 'resolution', 'split', '1h', '11:30', [], 'running 13:30'],
  ['a split shift, during lunch', 'resolution', 'split', '10m', '12:20', [], 'running 13:10'],
  ['a split shift, the whole day', 'resolution', 'split', '7h', '09:00', [], 'running 17:00'],
  [
    'a split shift, one minute more',
    'resolution',
    'split',
    '421m',
    '09:00',
    [],
    'running 10 09:01',
  ],
  [
    'a chain of holidays and a weekend',
    'resolution',
    'office',
    '2h',
    '2026-04-02 16:00',
    [],
    'running 2026-04-07 10:00',
  ],
  [
    'into a leap day',
    'resolution',
    'office',
    '1h',
    '2028-02-28 16:30',
    [],
    'running 2028-02-29 09:30',
  ],
  [
    'two business days over a leap day',
    'resolution',
    'office',
    '2d',
    '2028-02-28 10:00',
    [],
    'running 2028-03-01 10:00',
  ],
  [
    'the same in a year without one',
    'resolution',
    'office',
    '1h',
    '2027-02-26 16:30',
    [],
    'running 2027-03-01 09:30',
  ],
  [
    'over the new year',
    'resolution',
    'office',
    '1h',
    '2026-12-31 16:30',
    [],
    'running 2027-01-04 09:30',
  ],
  ['Berlin into summer time', 'resolution', 'berlin', '1h', '27 15:30', [], 'running 30 07:30'],
  [
    'Berlin out of summer time',
    'resolution',
    'berlin',
    '1h',
    '2026-10-23 14:30',
    [],
    'running 2026-10-26 08:30',
  ],
  ['New York into summer time', 'resolution', 'newYork', '1h', '06 21:30', [], 'running 09 13:30'],
  [
    'New York out of summer time',
    'resolution',
    'newYork',
    '1h',
    '2026-10-30 20:30',
    [],
    'running 2026-11-02 14:30',
  ],
  [
    'always open, over the change',
    'resolution',
    'always',
    '15m',
    '29 00:50',
    [],
    'running 29 01:05',
  ],
  [
    'round the clock in Berlin, over the change',
    'resolution',
    'berlinDay',
    '4h',
    '28 22:30',
    [],
    'running 29 02:30',
  ],
  [
    'a night shift that the change shortens to two hours',
    'resolution',
    'berlinNight',
    '3h',
    '28 12:00',
    [],
    'running 2026-04-05 00:00',
  ],
  [
    'a night shift that the change lengthens to four',
    'resolution',
    'berlinNight',
    '4h',
    '2026-10-24 12:00',
    [],
    'running 2026-10-25 03:00',
  ],
  [
    'one business day from Friday',
    'resolution',
    'office',
    '1d',
    '06 16:30',
    [],
    'running 09 16:30',
  ],
  [
    'one business day from Saturday',
    'resolution',
    'office',
    '1d',
    '07 12:00',
    [],
    'running 09 17:00',
  ],
  ['three business days', 'resolution', 'office', '3d', '05 11:00', [], 'running 10 11:00'],
  [
    'a business day over holidays',
    'resolution',
    'office',
    '1d',
    '2026-04-02 10:00',
    [],
    'running 2026-04-07 10:00',
  ],
  [
    'a business day in Berlin over the change',
    'resolution',
    'berlin',
    '1d',
    '27 09:00',
    [],
    'running 30 08:00',
  ],
  [
    'a pause',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['paused 11:00', 'resumed 12:00'],
    'running 15:00',
  ],
  [
    'two pauses',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['paused 11:00', 'resumed 12:00', 'paused 13:00', 'resumed 13:30'],
    'running 15:30',
  ],
  [
    'a pause over a weekend',
    'resolution',
    'office',
    '4h',
    '06 15:00',
    ['paused 06 16:00', 'resumed 09 11:00'],
    'running 09 14:00',
  ],
  [
    'a pause only outside of work',
    'resolution',
    'office',
    '4h',
    '06 15:00',
    ['paused 06 17:00', 'resumed 09 09:00'],
    'running 09 11:00',
  ],
  [
    'a pause over the change in Berlin',
    'resolution',
    'berlin',
    '4h',
    '27 14:00',
    ['paused 27 15:00', 'resumed 30 08:00'],
    'running 30 11:00',
  ],
  [
    'a pause over lunch',
    'resolution',
    'split',
    '4h',
    '10:00',
    ['paused 11:00', 'resumed 14:00'],
    'running 17:00',
  ],
  [
    'a pause after the miss',
    'resolution',
    'always',
    '1h',
    '10:00',
    ['paused 11:30', 'resumed 12:30'],
    'running 11:00',
  ],
  [
    'a pause in the moment of the miss',
    'resolution',
    'always',
    '1h',
    '10:00',
    ['paused 11:00', 'resumed 12:00'],
    'running 11:00',
  ],
  ['a pause that goes on', 'resolution', 'always', '4h', '10:00', ['paused 11:00'], 'paused 14:00'],
  [
    'paused twice, resumed once',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['paused 11:00', 'paused 11:30', 'resumed 12:00'],
    'running 15:00',
  ],
  [
    'resumed without a pause',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['resumed 12:00'],
    'running 14:00',
  ],
  [
    'the customer ends the pause',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['paused 11:00', 'customer_replied 12:00'],
    'running 15:00',
  ],
  [
    'the customer writes without a pause',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['customer_replied 12:00'],
    'running 14:00',
  ],
  [
    'a pause told before the opening',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['paused 09:00', 'resumed 11:00'],
    'running 15:00',
  ],
  [
    'told in the wrong order',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['resumed 12:00', 'paused 11:00'],
    'running 15:00',
  ],
  [
    'a pause of hours in business days',
    'resolution',
    'office',
    '2d',
    '10:00',
    ['paused 10 10:00', 'resumed 10 14:00'],
    'running 11 14:00',
  ],
  [
    'a pause of days in business days',
    'resolution',
    'office',
    '2d',
    '10:00',
    ['paused 10 10:00', 'resumed 11 12:00'],
    'running 12 12:00',
  ],
  [
    'answered in time',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['replied 10:40'],
    'met 11:00 at 10:40',
  ],
  [
    'answered late',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['replied 11:30'],
    'missed 11:00 at 11:30',
  ],
  [
    'answered in the last moment',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['replied 11:00'],
    'met 11:00 at 11:00',
  ],
  [
    'answered twice',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['replied 10:40', 'replied 12:00'],
    'met 11:00 at 10:40',
  ],
  [
    'answered, and reopened later',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['replied 10:40', 'resolved 11:00', 'reopened 15:00'],
    'met 11:00 at 10:40',
  ],
  [
    'solved without an answer',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['resolved 10:30'],
    'met 11:00 at 10:30',
  ],
  [
    'paused before the first answer',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['paused 10:30', 'resumed 11:30'],
    'running 12:00',
  ],
  [
    'answered while we waited for the customer',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['paused 10:30', 'replied 12:00'],
    'met 12:30 at 12:00',
  ],
  ['the first update', 'update', 'always', '2h', '10:00', [], 'running 12:00'],
  [
    'an answer starts the next update',
    'update',
    'always',
    '2h',
    '10:00',
    ['replied 11:00'],
    'running 13:00',
  ],
  [
    'and another one the next',
    'update',
    'always',
    '2h',
    '10:00',
    ['replied 11:00', 'replied 12:30'],
    'running 14:30',
  ],
  [
    'an update with a pause',
    'update',
    'always',
    '2h',
    '10:00',
    ['replied 11:00', 'paused 11:30', 'resumed 12:30'],
    'running 14:00',
  ],
  [
    'an answer during a pause',
    'update',
    'always',
    '2h',
    '10:00',
    ['paused 10:30', 'replied 11:00', 'resumed 12:00'],
    'running 14:00',
  ],
  [
    'solved, nothing more to tell',
    'update',
    'always',
    '2h',
    '10:00',
    ['resolved 11:00'],
    'met 12:00 at 11:00',
  ],
  [
    'an update is owed after a reopening',
    'update',
    'always',
    '2h',
    '10:00',
    ['resolved 11:00', 'reopened 15:00'],
    'running 17:00',
  ],
  [
    'solved in time',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['resolved 12:00'],
    'met 14:00 at 12:00',
  ],
  [
    'solved late',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['resolved 15:00'],
    'missed 14:00 at 15:00',
  ],
  [
    'reopened with half of it left',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['resolved 12:00', 'reopened 10 12:00'],
    'running 10 14:00',
  ],
  [
    'reopened after the miss',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['resolved 15:00', 'reopened 16:00'],
    'running 14:00',
  ],
  [
    'reopened after a weekend',
    'resolution',
    'office',
    '8h',
    '06 09:00',
    ['resolved 06 12:00', 'reopened 09 10:00'],
    'running 09 15:00',
  ],
  [
    'reopened twice',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['resolved 11:00', 'reopened 12:00', 'resolved 13:00', 'reopened 20:00'],
    'running 22:00',
  ],
  [
    'paused, solved and reopened',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['paused 11:00', 'resolved 12:00', 'reopened 14:00'],
    'running 17:00',
  ],
  ['merged into another', 'resolution', 'always', '4h', '10:00', ['merged 11:00'], 'stopped 14:00'],
  [
    'merged and taken out again',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['merged 11:00', 'reopened 13:00'],
    'running 16:00',
  ],
  [
    'an older ticket goes on here',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['absorbed 10:30 from 08:00'],
    'running 12:00',
  ],
  [
    'a younger ticket goes on here',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['absorbed 12:00 from 11:00'],
    'running 14:00',
  ],
  [
    'an older one, with a pause',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['absorbed 10:30 from 08:00', 'paused 11:00', 'resumed 12:00'],
    'running 13:00',
  ],
  [
    'an older one that was answered',
    'first_response',
    'always',
    '1h',
    '12:00',
    ['absorbed 12:30 from 08:00 answered 08:05 to 11:30'],
    'met 09:00 at 08:05',
  ],
  [
    'an older one that was answered, until its next update',
    'update',
    'always',
    '2h',
    '12:00',
    ['absorbed 12:30 from 08:00 answered 08:05 to 11:30'],
    'running 13:30',
  ],
  [
    'an older one, when this one was answered first',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['replied 10:10', 'absorbed 12:30 from 09:30 answered 10:20 to 10:20'],
    'met 10:30 at 10:10',
  ],
  [
    'answered after the solution, for the update',
    'update',
    'always',
    '1h',
    '10:00',
    ['resolved 12:00', 'replied 12:30'],
    'missed 11:00 at 12:00',
  ],
  [
    'merged, then solved outside',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['merged 10:30', 'resolved 12:00'],
    'stopped 11:00',
  ],
  [
    'merged, then answered outside',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['merged 10:30', 'replied 10:40'],
    'stopped 11:00',
  ],
  [
    'merged, and the customer writes before it is taken out again',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['merged 10:30', 'customer_replied 10:35', 'reopened 13:00'],
    'running 16:30',
  ],
  [
    'merged, and resumed before it is taken out again',
    'resolution',
    'always',
    '4h',
    '10:00',
    ['merged 10:30', 'resumed 10:35', 'reopened 13:00'],
    'running 16:30',
  ],
  // A raise or lowering is another target from the same moment.
  [
    'raised to an hour after a pause',
    'first_response',
    'always',
    '1h',
    '10:00',
    ['paused 10:15', 'resumed 11:15'],
    'running 12:00',
  ],
  [
    'raised when it is too late already',
    'first_response',
    'always',
    '1h',
    '08:00',
    [],
    'running 09:00',
  ],
  [
    'lowered from round the clock to the office',
    'first_response',
    'office',
    '4h',
    '06 16:30',
    [],
    'running 09 12:30',
  ],
  [
    'raised on a Saturday to round the clock',
    'first_response',
    'always',
    '1h',
    '07 12:00',
    [],
    'running 07 13:00',
  ],
]

function show(ms: number, like: string): string {
  const iso = new Date(ms).toISOString()
  const time = iso.slice(11, 16)
  if (like.length === 5) return iso.startsWith('2026-03-09') ? time : iso
  return like.length === 8 ? `${iso.slice(8, 10)} ${time}` : `${iso.slice(0, 10)} ${time}`
}

describe('clocks worked out by hand', () => {
  test(`there are at least 60 of them`, () => expect(CASES.length).toBeGreaterThanOrEqual(60))

  test.each(CASES)('%s', (_, kind, on, target, opened, happened, expected) => {
    const timers = timersOf(timerOf(CALENDARS[on], target))
    const clocks = runClocks({
      startMs: Date.parse(instant(opened)),
      happened: happened.map(happeningOf),
      timers,
    })
    const clock = clocks.find((one) => one.kind === kind)!
    const [state, ...rest] = expected.split(' ')
    const [due, met] = rest.join(' ').split(' at ')
    const at = clock.endedMs === null || met === undefined ? '' : ` at ${show(clock.endedMs, met)}`
    expect(`${clock.state} ${show(clock.dueMs, due!)}${at}`).toBe(`${state} ${rest.join(' ')}`)
  })
})

describe('warnings', () => {
  const warn = (
    target: string,
    opened: string,
    warnings: readonly Warning[],
    happened: readonly string[] = [],
  ) =>
    runClocks({
      startMs: Date.parse(instant(opened)),
      happened: happened.map(happeningOf),
      timers: timersOf(timerOf(CALENDARS.office, target)),
      warnings,
    })[2]!.warnings.map(({ atMs, text }) => `${text} ${show(atMs, '09 09:30')}`)
  const percent = (amount: number): Warning => ({ unit: 'percent', amount, text: `${amount}%` })
  const left = (amount: number): Warning => ({
    unit: 'minutes_left',
    amount,
    text: `${amount}m left`,
  })

  test('come in working time of the clock', () => {
    expect(warn('4h', '06 15:00', [percent(50), percent(75), left(30)])).toEqual([
      '50% 06 17:00',
      '75% 09 10:00',
      '30m left 09 10:30',
    ])
  })
  test('move with a pause', () => {
    const pause = ['paused 06 16:00', 'resumed 09 10:00']
    expect(warn('4h', '06 15:00', [percent(50), left(30)], pause)).toEqual([
      '50% 09 11:00',
      '30m left 09 12:30',
    ])
  })
  test('that do not fit into the target are left out', () => {
    expect(warn('15m', '09:00', [left(30), left(15), left(10)])).toEqual(['10m left 09 09:05'])
  })
  test('count business days by their working time', () => {
    expect(warn('1d', '09 10:00', [percent(50)])).toEqual(['50% 09 14:00'])
  })
})

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
const anyCalendar = fc
  .record({
    timezone: fc.constantFrom(...ZONES),
    windows: fc.constantFrom(NINE_TO_FIVE, SPLIT, NIGHT, [{ start: 0, end: 1440 }]),
    days: fc.constantFrom(WEEKDAYS, [1, 2, 3, 4, 5, 6, 7], [2, 4, 6, 7]),
    holidays: fc.subarray(['2026-03-30', '2026-10-26', '2026-03-09']),
  })
  .map(({ timezone, windows, days, holidays }) =>
    calendar('any', { timezone, weekly: everyDay(windows, days), holidays }),
  )
/** Shortly before the changes of the clock in these zones, and an ordinary week. */
const anyOpening = fc
  .tuple(
    fc.constantFrom(
      '2026-03-06',
      '2026-03-27',
      '2026-04-03',
      '2026-10-02',
      '2026-10-23',
      '2026-10-30',
    ),
    fc.integer({ min: 0, max: 3 * 1440 }),
  )
  .map(([date, minute]) => Date.parse(`${date}T00:00:00Z`) + minute * 60_000)
const KINDS = [
  'replied',
  'customer_replied',
  'paused',
  'resumed',
  'resolved',
  'reopened',
  'merged',
] as const
const anyStory = fc.array(
  fc.record({ kind: fc.constantFrom(...KINDS), after: fc.integer({ min: 0, max: 4 * 1440 }) }),
  { maxLength: 8 },
)

/** Walks minute by minute and asks at each whether the clock runs; knows nothing of the other one. */
function walk(
  kind: CustomerClock,
  target: number,
  startMs: number,
  happened: readonly Happening[],
  worked: ReadonlySet<number>,
  untilMs: number,
): {
  readonly dueMs: number | null
  readonly runs: boolean
  readonly endedMs: number | null
  readonly stopped: boolean
} {
  let waiting = false
  let solved = false
  let merged = false
  let answered = false
  let used = 0
  let dueMs: number | null = null
  let endedMs: number | null = null
  const events = [...happened].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  for (let atMs = startMs; atMs < untilMs; atMs += 60_000) {
    for (; events.length > 0 && Date.parse(events[0]!.at) <= atMs; events.shift()) {
      const { kind: what } = events[0]!
      const isOpen = !solved && !merged
      if (isOpen && (what === 'replied' || what === 'resolved')) {
        if (kind === 'first_response' && !answered) endedMs = atMs
        answered = true
      }
      if (isOpen && what === 'replied' && kind === 'update') [used, dueMs] = [0, null]
      if (isOpen && what === 'paused') waiting = true
      if (isOpen && (what === 'resumed' || what === 'customer_replied')) waiting = false
      if (isOpen && what === 'resolved') {
        solved = true
        waiting = false
        if (kind !== 'first_response') endedMs = atMs
      }
      if (what === 'merged') {
        merged = true
        waiting = false
        if (kind !== 'first_response') endedMs = null
      }
      if (!isOpen && what === 'reopened') {
        solved = false
        merged = false
        if (kind === 'update') [used, dueMs] = [0, null]
        if (kind !== 'first_response') endedMs = null
      }
    }
    const runs = !waiting && !solved && !merged
    if (dueMs === null && runs && endedMs === null && worked.has(atMs)) {
      used += 1
      if (used === target) dueMs = atMs + 60_000
    }
  }
  const stopped = merged && endedMs === null
  return { dueMs, runs: !waiting && !solved && !merged, endedMs, stopped }
}

test('agree with a clock that walks minute by minute, whatever happens', () => {
  let compared = 0
  fc.assert(
    fc.property(
      anyCalendar,
      anyOpening,
      anyStory,
      fc.integer({ min: 1, max: 600 }),
      (on, startMs, story, target) => {
        const happened = story.map(({ kind, after }) => ({
          kind,
          at: new Date(startMs + after * 60_000).toISOString(),
        }))
        const untilMs = startMs + 24 * 1440 * 60_000
        const worked = new Set(workingMinutes(on, startMs, 24).map(({ atMs }) => atMs))
        const clocks = runClocks({ startMs, happened, timers: timersOf(timerOf(on, `${target}m`)) })
        for (const kind of CUSTOMER_CLOCKS) {
          const clock = clocks.find((one) => one.kind === kind)!
          const walked = walk(kind, target, startMs, happened, worked, untilMs)
          expect(clock.endedMs, kind).toBe(walked.endedMs)
          if (walked.endedMs !== null) {
            // Whether it was due before it ended is all that the walk can tell.
            const missed = walked.dueMs !== null && walked.dueMs < walked.endedMs
            expect(clock.state, kind).toBe(missed ? 'missed' : 'met')
            continue
          }
          expect(clock.state === 'stopped', kind).toBe(walked.stopped)
          if (walked.dueMs === null && !walked.stopped)
            expect([clock.state, walked.runs], kind).toEqual(['paused', false])
          else if (walked.dueMs !== null) {
            expect(new Date(clock.dueMs).toISOString(), kind).toBe(
              new Date(walked.dueMs).toISOString(),
            )
            compared += 1
          }
        }
      },
    ),
    { numRuns: 80 },
  )
  expect(compared).toBeGreaterThan(50)
}, 60_000)

test('a pause never makes a clock due earlier', () => {
  fc.assert(
    fc.property(
      anyCalendar,
      anyOpening,
      anyStory,
      fc.nat({ max: 2_000 }),
      (on, startMs, story, pause) => {
        const timers = timersOf(timerOf(on, '4h'))
        const at = (after: number) => new Date(startMs + after * 60_000).toISOString()
        // Only what does not answer or solve, so that the clocks go on.
        const happened = story
          .filter(({ kind }) => kind === 'paused' || kind === 'resumed')
          .map(({ kind, after }) => ({ kind, at: at(after * 2) }))
        const plain = runClocks({ startMs, happened: [], timers })
        const paused = runClocks({
          startMs,
          happened: [...happened, { kind: 'resumed', at: at(20_000 + pause) }],
          timers,
        })
        for (const [place, clock] of paused.entries())
          expect(clock.dueMs).toBeGreaterThanOrEqual(plain[place]!.dueMs)
      },
    ),
    { numRuns: 100 },
  )
})

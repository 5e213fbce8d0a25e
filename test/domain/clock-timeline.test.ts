import { expect, test } from 'vitest'
import { compileCalendar } from '../../src/domain/calendar.ts'
import type { Timers } from '../../src/domain/clock.ts'
import { clockTimeline } from '../../src/domain/clock-timeline.ts'
import type { Happening, HappeningKind } from '../../src/domain/happening.ts'
import type { Severity } from '../../src/domain/labels.ts'
import { aPolicy } from '../support/a-policy.ts'

const policy = aPolicy()
const calendar = compileCalendar(policy.calendars['always']!)
const timersOf = (severity: Severity): Timers => {
  const { first_response, update, resolution } = policy.severities[severity].targets
  const timer = (target: typeof update) => ({ target, calendar })
  return {
    first_response: timer(first_response),
    update: timer(update),
    resolution: timer(resolution),
    review: timer(update),
    reviewBackup: null,
  }
}
const at = (time: string) => `2026-03-09T${time}:00.000Z`

function told(
  happened: readonly (readonly [HappeningKind, string, Partial<Happening>?])[],
  changes: readonly (readonly [Severity, string, string?])[] = [],
  now = '23:00',
) {
  return clockTimeline({
    clockStart: at('10:00'),
    happened: happened.map(([kind, time, part]) => ({ kind, at: at(time), ...part })),
    severities: [
      { at: at('10:00'), severity: 'P3' },
      ...changes.map(([severity, time, by]) => ({ severity, at: at(time), ...(by && { by }) })),
    ],
    timersOf,
    now: at(now),
  }).map(({ at: when, sentence }) => `${when.slice(11, 16)} ${sentence}`)
}

/** P3: first response 4 h, update 8 h, resolution 24 h. P2: 1 h, 2 h, 8 h. */
test('an ordinary day, a sentence for each change', () => {
  expect(
    told(
      [
        ['replied', '11:00'],
        ['paused', '12:00'],
        ['customer_replied', '13:30'],
        ['resolved', '15:00'],
      ],
      [],
    ),
  ).toEqual([
    '10:00 Opened as P3: first response due Monday 9 March, 14:00 UTC, update due Monday 9 March, 18:00 UTC and resolution due Tuesday 10 March, 10:00 UTC',
    '11:00 We answered, first response in time; update due Monday 9 March, 19:00 UTC',
    '12:00 We wait for the customer: update stands still with 7 h left and resolution stands still with 22 h left',
    '13:30 The customer wrote; update due Monday 9 March, 20:30 UTC and resolution due Tuesday 10 March, 11:30 UTC',
    '15:00 Solved, update in time, resolution in time',
  ])
})

test('a raise counts from the beginning and says what is past already', () => {
  expect(told([], [['P2', '11:30', 'sarah']], '12:30').slice(1)).toEqual([
    '11:30 Raised from P3 to P2 by sarah, counted from the same beginning; first response due Monday 9 March, 11:00 UTC, update due Monday 9 March, 12:00 UTC and resolution due Monday 9 March, 18:00 UTC; first response is past already',
    '12:00 The update was missed',
  ])
  expect(
    told(
      [],
      [
        ['P2', '10:30'],
        ['P4', '10:40', 'sarah'],
      ],
      '10:50',
    ).at(-1),
  ).toMatch(
    /^10:40 Lowered from P2 to P4 by sarah, counted from the same beginning; first response due Monday 9 March, 18:00 UTC/,
  )
})

test('misses stand where they happened, late answers say how late', () => {
  expect(
    told([
      ['replied', '14:20'],
      ['reopened', '15:00'],
      ['merged', '16:00', { ticket: 'T-2' }],
    ]).slice(1),
  ).toEqual([
    '14:00 The first response was missed',
    '14:20 We answered, first response 20 min late; update due Monday 9 March, 22:20 UTC',
    '16:00 Merged into T-2: its clocks stop',
  ])
})

test('a reopened ticket goes on, and what changes nothing is not told', () => {
  expect(
    told(
      [
        ['resumed', '10:30'],
        ['resolved', '11:00'],
        ['reopened', '13:00'],
      ],
      [],
      '13:00',
    ).slice(1),
  ).toEqual([
    '11:00 Solved, first response in time, update in time, resolution in time',
    '13:00 Reopened: the time since the solution does not count; update due Monday 9 March, 21:00 UTC and resolution due Tuesday 10 March, 12:00 UTC',
  ])
})

test('an older ticket that goes on here moves the beginning', () => {
  expect(
    told([['absorbed', '10:30', { ticket: 'T-0', openedAt: at('08:00') }]], [], '11:00').at(-1),
  ).toBe(
    '10:30 T-0 goes on here; first response due Monday 9 March, 12:00 UTC, update due Monday 9 March, 16:00 UTC and resolution due Tuesday 10 March, 08:00 UTC',
  )
})

import { Temporal } from 'temporal-polyfill'
import type { Calendar, Window } from './policy.ts'

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

/** One stretch of work in real time, with the wall clock that it stands for. */
export type WorkingInterval = {
  readonly startMs: number
  readonly endMs: number
  /** Local date, counted in days since 1970-01-01. */
  readonly day: number
  /** Wall clock since local midnight. */
  readonly startWallMs: number
  readonly endWallMs: number
  readonly block: number
  readonly index: number
}

/** A calendar with its working intervals, computed once per four weeks and kept. */
export type WorkingCalendar = {
  readonly calendar: Calendar
  readonly holidays: ReadonlySet<number>
  readonly blocks: Map<number, readonly WorkingInterval[]>
}

const BLOCK_DAYS = 28
/** About forty years; a stream of tickets with odd dates cannot fill the memory. */
const MAX_BLOCKS = 520
const WHOLE_DAY: readonly Window[] = [{ start: 0, end: 1440 }]
const EPOCH = Temporal.PlainDate.from('1970-01-01')

export function compileCalendar(calendar: Calendar): WorkingCalendar {
  const holidays = new Set(calendar.holidays.map((date) => dayOf(Temporal.PlainDate.from(date))))
  return { calendar, holidays, blocks: new Map() }
}

/** The first interval that ends after `atMs`; it may have begun already. */
export function intervalEndingAfter(working: WorkingCalendar, atMs: number): WorkingInterval {
  // A local date is at most one day away from the UTC date.
  let block = Math.floor((Math.floor(atMs / DAY_MS) - 1) / BLOCK_DAYS)
  for (;;) {
    const intervals = blockOf(working, block)
    const last = intervals.at(-1)
    if (last !== undefined && last.endMs > atMs) return firstEndingAfter(intervals, atMs)
    block += 1
  }
}

export function nextInterval(working: WorkingCalendar, from: WorkingInterval): WorkingInterval {
  const following = blockOf(working, from.block)[from.index + 1]
  if (following !== undefined) return following
  for (let block = from.block + 1; ; block += 1) {
    const first = blockOf(working, block)[0]
    if (first !== undefined) return first
  }
}

export function previousInterval(working: WorkingCalendar, from: WorkingInterval): WorkingInterval {
  const before = from.index > 0 ? blockOf(working, from.block)[from.index - 1] : undefined
  if (before !== undefined) return before
  for (let block = from.block - 1; ; block -= 1) {
    const last = blockOf(working, block).at(-1)
    if (last !== undefined) return last
  }
}

/** What the wall clock shows at `atMs` inside the interval. */
export function wallClockAt(
  working: WorkingCalendar,
  interval: WorkingInterval,
  atMs: number,
): number {
  if (isRegular(interval)) return interval.startWallMs + (atMs - interval.startMs)
  const local = Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(working.calendar.timezone)
    .toPlainTime()
  return Temporal.PlainTime.from('00:00').until(local).total('milliseconds')
}

/** The instant inside the interval at which the wall clock first shows `wallMs`. */
export function instantInside(
  working: WorkingCalendar,
  interval: WorkingInterval,
  wallMs: number,
): number {
  if (isRegular(interval)) return interval.startMs + (wallMs - interval.startWallMs)
  return firstReading(working.calendar.timezone, interval.day, wallMs)
}

/** The first instant of a local date (`YYYY-MM-DD`), `daysLater` days on. */
export function startOfLocalDate(timezone: string, date: string, daysLater = 0): number {
  return firstReading(timezone, dayOf(Temporal.PlainDate.from(date)) + daysLater, 0)
}

/** The instant at which the wall clock first shows `wallMs` on a local date, `daysLater` days on. */
export function localInstant(
  timezone: string,
  date: string,
  wallMs: number,
  daysLater: number,
): number {
  return firstReading(timezone, dayOf(Temporal.PlainDate.from(date)) + daysLater, wallMs)
}

/** True for a name of the IANA time zone database that this runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    EPOCH.toZonedDateTime(name)
    return true
  } catch {
    return false
  }
}

/** True for a date of the calendar as `YYYY-MM-DD`; 2026-02-30 is none. */
export function isLocalDate(date: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return false
  try {
    Temporal.PlainDate.from(date)
    return true
  } catch {
    return false
  }
}

function blockOf(working: WorkingCalendar, block: number): readonly WorkingInterval[] {
  const known = working.blocks.get(block)
  if (known !== undefined) return known
  if (working.blocks.size >= MAX_BLOCKS) working.blocks.clear()
  const intervals = computeBlock(working, block)
  working.blocks.set(block, intervals)
  return intervals
}

function computeBlock(working: WorkingCalendar, block: number): readonly WorkingInterval[] {
  const { timezone } = working.calendar
  const intervals: WorkingInterval[] = []
  for (let day = block * BLOCK_DAYS; day < (block + 1) * BLOCK_DAYS; day += 1)
    for (const window of windowsOn(working, day)) {
      const startWallMs = window.start * MINUTE_MS
      const endWallMs = window.end * MINUTE_MS
      const startMs = firstReading(timezone, day, startWallMs)
      const endMs = firstReading(timezone, day, endWallMs)
      // A window that the clock change skips whole has no length.
      if (endMs > startMs)
        intervals.push({
          startMs,
          endMs,
          day,
          startWallMs,
          endWallMs,
          block,
          index: intervals.length,
        })
    }
  return intervals
}

function windowsOn(working: WorkingCalendar, day: number): readonly Window[] {
  if (working.calendar.alwaysOpen) return WHOLE_DAY
  if (working.holidays.has(day)) return []
  return working.calendar.weekly[isoWeekday(day)] ?? []
}

/** 1970-01-01 was a Thursday. */
function isoWeekday(day: number): 1 | 2 | 3 | 4 | 5 | 6 | 7 {
  return (((((day + 3) % 7) + 7) % 7) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7
}

function dayOf(date: Temporal.PlainDate): number {
  return EPOCH.until(date, { largestUnit: 'days' }).days
}

/** The first instant of that date at which the wall clock shows `wallMs`, or jumps over it. */
function firstReading(timezone: string, day: number, wallMs: number): number {
  const date = EPOCH.add({ days: day })
  if (wallMs === 0) return date.toZonedDateTime(timezone).epochMilliseconds
  if (wallMs === DAY_MS) return date.add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds
  const local = date.toPlainDateTime().add({ milliseconds: wallMs })
  const zoned = local.toZonedDateTime(timezone)
  if (zoned.toPlainDateTime().equals(local)) return zoned.epochMilliseconds
  const jump = zoned.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
  return jump?.epochMilliseconds ?? zoned.epochMilliseconds
}

function isRegular(interval: WorkingInterval): boolean {
  return interval.endMs - interval.startMs === interval.endWallMs - interval.startWallMs
}

function firstEndingAfter(intervals: readonly WorkingInterval[], atMs: number): WorkingInterval {
  let low = 0
  let high = intervals.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (intervals[middle]!.endMs > atMs) high = middle
    else low = middle + 1
  }
  return intervals[low]!
}

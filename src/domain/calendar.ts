import type { Target } from './policy.ts'
import type { WorkingCalendar, WorkingInterval } from './working-intervals.ts'
import {
  MINUTE_MS,
  instantInside,
  intervalEndingAfter,
  nextInterval,
  previousInterval,
  wallClockAt,
} from './working-intervals.ts'

export { compileCalendar, type WorkingCalendar } from './working-intervals.ts'

/**
 * The instant at which `target` has passed on the calendar, counted from `from`.
 *
 * Minutes are real minutes inside working windows, so a window that a clock change shortens holds fewer of them.
 * A window opens and closes at the first reading of its times on the wall clock; a reading that the clock jumps
 * over counts as the instant of the jump.
 *
 * Business days: the same wall-clock time that many working days later. Outside of work the count starts at the
 * last end of work, so what comes in on Saturday with one business day is due on Monday at the end of work.
 * When that time lies outside of the due day's windows, it is due at the end of work before it, or, before the
 * day's first window, when that opens. A holiday is not a working day.
 */
export function addWorkingTime(from: Date, target: Target, calendar: WorkingCalendar): Date {
  return new Date(addWorkingMs(from.getTime(), target, calendar))
}

/** `addWorkingTime` in epoch milliseconds, for the hot path. */
export function addWorkingMs(fromMs: number, target: Target, calendar: WorkingCalendar): number {
  switch (target.unit) {
    case 'minutes':
      return afterWorkingMs(fromMs, target.amount * MINUTE_MS, calendar)
    case 'business_days':
      return addBusinessDays(fromMs, target.amount, calendar)
  }
}

export function isOpen(atMs: number, calendar: WorkingCalendar): boolean {
  return nextOpening(atMs, calendar) === atMs
}

/** `atMs` itself when it is in working time, else the next opening. */
export function nextOpening(atMs: number, calendar: WorkingCalendar): number {
  if (calendar.calendar.alwaysOpen) return atMs
  return Math.max(atMs, intervalEndingAfter(calendar, atMs).startMs)
}

/** Working time between two instants in milliseconds; none when `untilMs` is not later. */
export function workingMsBetween(
  fromMs: number,
  untilMs: number,
  calendar: WorkingCalendar,
): number {
  if (untilMs <= fromMs) return 0
  if (calendar.calendar.alwaysOpen) return untilMs - fromMs
  let worked = 0
  for (
    let interval = intervalEndingAfter(calendar, fromMs);
    interval.startMs < untilMs;
    interval = nextInterval(calendar, interval)
  )
    worked += Math.min(untilMs, interval.endMs) - Math.max(fromMs, interval.startMs)
  return worked
}

/** The instant at which so much working time has passed; `fromMs` itself for none. */
export function afterWorkingMs(
  fromMs: number,
  workingMs: number,
  calendar: WorkingCalendar,
): number {
  if (workingMs <= 0) return fromMs
  let remaining = workingMs
  if (calendar.calendar.alwaysOpen) return fromMs + remaining
  let interval = intervalEndingAfter(calendar, fromMs)
  for (;;) {
    const startMs = Math.max(fromMs, interval.startMs)
    if (remaining <= interval.endMs - startMs) return startMs + remaining
    remaining -= interval.endMs - startMs
    interval = nextInterval(calendar, interval)
  }
}

function addBusinessDays(fromMs: number, days: number, calendar: WorkingCalendar): number {
  const { day, wallMs } = startOfCount(fromMs, calendar)
  let interval = intervalEndingAfter(calendar, fromMs)
  let passed = interval.day > day ? 1 : 0
  while (passed < days) {
    const before = interval.day
    interval = nextInterval(calendar, interval)
    if (interval.day > before) passed += 1
  }
  return sameTimeOn(interval, wallMs, calendar)
}

/** The working day and wall-clock time that a count of business days begins at. */
function startOfCount(
  fromMs: number,
  calendar: WorkingCalendar,
): { readonly day: number; readonly wallMs: number } {
  const interval = intervalEndingAfter(calendar, fromMs)
  if (interval.startMs <= fromMs)
    return { day: interval.day, wallMs: wallClockAt(calendar, interval, fromMs) }
  const ended = previousInterval(calendar, interval)
  return { day: ended.day, wallMs: ended.endWallMs }
}

/** `first` is the first interval of the due day. */
function sameTimeOn(first: WorkingInterval, wallMs: number, calendar: WorkingCalendar): number {
  let due = first.startMs
  for (
    let interval = first;
    interval.day === first.day;
    interval = nextInterval(calendar, interval)
  ) {
    if (interval.startWallMs <= wallMs && wallMs <= interval.endWallMs)
      return instantInside(calendar, interval, wallMs)
    if (interval.endWallMs < wallMs) due = interval.endMs
  }
  return due
}

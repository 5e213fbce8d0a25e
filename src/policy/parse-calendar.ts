import type { Calendar, Window } from '../domain/policy.ts'
import { isLocalDate, isTimeZone } from '../domain/working-intervals.ts'
import type { Path, Report } from './problem.ts'
import { showPath } from './problem.ts'
import type { RawCalendar } from './schema.ts'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** A calendar of the file as the domain knows it; problems are reported and left out. */
export function parseCalendar(id: string, raw: RawCalendar, report: Report): Calendar {
  const path = ['calendars', id]
  const complain = (at: Path, message: string) =>
    report([...path, ...at], `Cannot use calendar ${showPath([...path, ...at])}: ${message}`)
  if (!isTimeZone(raw.timezone))
    complain(
      ['timezone'],
      `a name of the IANA time zones such as "Europe/Berlin" required, got "${raw.timezone}"`,
    )
  const alwaysOpen = raw.open === 'always'
  if (alwaysOpen === (raw.hours !== undefined))
    complain([], 'either "open: always" or hours required')
  if (alwaysOpen && raw.holidays.length > 0)
    complain(['holidays'], 'no holidays required when it is always open')
  for (const [index, date] of raw.holidays.entries())
    if (!isLocalDate(date))
      complain(['holidays', index], `a date such as 2026-12-25 required, got "${date}"`)

  const weekly: Partial<Record<Weekday, readonly Window[]>> = {}
  for (const [key, value] of Object.entries(raw.hours ?? {})) {
    const windows = parseWindows(value, (message) => complain(['hours', key], message))
    for (const weekday of weekdaysOf(key, (message) => complain(['hours', key], message))) {
      if (weekly[weekday] !== undefined)
        complain(['hours', key], `each day once required, got ${DAYS[weekday - 1]} twice`)
      weekly[weekday] = windows
    }
  }
  if (raw.hours !== undefined && Object.values(weekly).every((windows) => windows.length === 0))
    complain([], 'at least one window of work required')
  return { id, timezone: raw.timezone, weekly, alwaysOpen, holidays: raw.holidays.toSorted() }
}

function weekdaysOf(key: string, complain: (message: string) => void): readonly Weekday[] {
  const [first, last = first] = key
    .split('-')
    .map((day) => DAYS.indexOf(day as (typeof DAYS)[number]) + 1)
  if (first! > last!) complain(`a span in the order of the week required, got "${key}"`)
  return ([1, 2, 3, 4, 5, 6, 7] as const).filter((day) => day >= first! && day <= last!)
}

/** Sorted windows; they may touch but not overlap. */
function parseWindows(
  value: string | readonly string[],
  complain: (message: string) => void,
): readonly Window[] {
  const texts = typeof value === 'string' ? [value] : value
  const windows = texts.flatMap((text) => {
    const window = parseWindow(text)
    if (window === null)
      complain(
        `a window such as "09:00-17:00" (not past midnight: write two) required, got "${text}"`,
      )
    return window ?? []
  })
  const sorted = windows.toSorted((a, b) => a.start - b.start)
  if (sorted.some((window, index) => index > 0 && window.start < sorted[index - 1]!.end))
    complain('windows that do not overlap required')
  return sorted
}

function parseWindow(text: string): Window | null {
  const parts = /^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$/.exec(text)
  if (parts === null) return null
  const [startHour, startMinute, endHour, endMinute] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const start = startHour * 60 + startMinute
  const end = endHour * 60 + endMinute
  const onClock = startMinute < 60 && endMinute < 60 && end <= 1440
  return onClock && start < end ? { start, end } : null
}

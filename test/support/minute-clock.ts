import type { Calendar } from '../../src/domain/policy.ts'

/** A minute of work: its instant, local date, and what the wall clock shows at its beginning and end. */
export type WorkedMinute = {
  readonly atMs: number
  readonly date: string
  readonly wall: number
  readonly endWall: number
}

const MINUTE_MS = 60_000

/**
 * All minutes of work from ten days before `fromMs` to `days` days after it, found by looking at the wall clock
 * minute by minute. In an hour that repeats the clock counts as standing still. Uses Intl, not Temporal, on purpose.
 */
export function workingMinutes(
  calendar: Calendar,
  fromMs: number,
  days: number,
): readonly WorkedMinute[] {
  const found: WorkedMinute[] = []
  const wallClock = wallClockOf(calendar.timezone)
  let date = ''
  let latest = 0
  const startMs = fromMs - 10 * 1440 * MINUTE_MS
  for (let atMs = startMs; atMs < fromMs + days * 1440 * MINUTE_MS; atMs += MINUTE_MS) {
    const now = wallClock(atMs)
    latest = now.date === date ? Math.max(latest, now.minute) : now.minute
    date = now.date
    const window = calendar.holidays.includes(date)
      ? undefined
      : calendar.weekly[now.weekday]?.find(({ start, end }) => start <= latest && latest < end)
    if (window === undefined) continue
    const next = wallClock(atMs + MINUTE_MS)
    const endWall = next.date === date ? Math.max(latest, next.minute) : 1440
    found.push({ atMs, date, wall: latest, endWall: Math.min(endWall, window.end) })
  }
  return found
}

type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function wallClockOf(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
  })
  // All offsets change on a quarter of an hour, so one look per quarter is enough.
  const quarters = new Map<number, { date: string; minute: number; weekday: Weekday }>()
  return (atMs: number) => {
    const quarterMs = Math.floor(atMs / (15 * MINUTE_MS)) * 15 * MINUTE_MS
    let quarter = quarters.get(quarterMs)
    if (quarter === undefined) {
      const parts = Object.fromEntries(
        format.formatToParts(quarterMs).map(({ type, value }) => [type, value]),
      )
      quarter = {
        date: `${parts.year}-${parts.month}-${parts.day}`,
        minute: Number(parts.hour) * 60 + Number(parts.minute),
        weekday: (WEEKDAYS.indexOf(parts.weekday!) + 1) as Weekday,
      }
      quarters.set(quarterMs, quarter)
    }
    return { ...quarter, minute: quarter.minute + (atMs - quarterMs) / MINUTE_MS }
  }
}

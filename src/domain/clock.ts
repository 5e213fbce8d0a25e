import { addWorkingMs, type WorkingCalendar } from './calendar.ts'
import type { Clock } from './decision.ts'
import type { Happening } from './happening.ts'
import type { Target } from './policy.ts'
import { runClocks } from './run-clocks.ts'

/** A target joined to the calendar it runs on. */
export type Timer = { readonly target: Target; readonly calendar: WorkingCalendar }

/** Everything that runs for one severity. */
export type Timers = Readonly<Record<'first_response' | 'update' | 'resolution', Timer>> & {
  /** How long a person has to decide a held ticket, counted from when it was first held. */
  readonly review: Timer
  readonly reviewBackup: Timer | null
}

export type ReviewTimes = {
  readonly clock: Clock
  readonly dueAt: string
  readonly backupAt?: string
}

/** What the customer is owed, counted from when the customer wrote, however late the decision is. */
export function customerClocks(
  timers: Timers,
  clockStartMs: number,
  happened: readonly Happening[] = [],
): readonly Clock[] {
  return runClocks({ timers, startMs: clockStartMs, happened })
    .filter(({ state }) => state !== 'stopped')
    .map(({ kind, timer, dueMs, endedMs, pausedMs }) => ({
      kind,
      dueAt: toIso(dueMs),
      target: timer.target.text,
      calendar: timer.calendar.calendar.id,
      ...(endedMs !== null && { metAt: toIso(endedMs) }),
      ...(pausedMs !== null && { pausedAt: toIso(pausedMs) }),
    }))
}

/** When the customer must hear from us next: the first response, then the next update; null when nothing runs. */
export function answerDue(owed: readonly Clock[]): number | null {
  const next = ANSWERS.map((kind) => owed.find((clock) => clock.kind === kind)).find(
    (clock) => clock !== undefined && clock.metAt === undefined && clock.pausedAt === undefined,
  )
  return next === undefined ? null : Date.parse(next.dueAt)
}

const ANSWERS = ['first_response', 'update', 'resolution'] as const

/**
 * When a person must have decided, counted from when the ticket was first held, however often it changed since. Where
 * two times apply the faster wins: a first response that is due earlier, and was still ahead then, is the limit.
 */
export function reviewTimes(timers: Timers, heldMs: number, respondByMs: number): ReviewTimes {
  const { target, calendar } = timers.review
  const limitMs = respondByMs > heldMs ? respondByMs : Infinity
  const dueMs = Math.min(dueOf(timers.review, heldMs), limitMs)
  const dueAt = toIso(dueMs)
  const clock: Clock = {
    kind: 'review',
    dueAt,
    target: target.text,
    calendar: calendar.calendar.id,
  }
  if (timers.reviewBackup === null) return { clock, dueAt }
  return { clock, dueAt, backupAt: toIso(Math.min(dueOf(timers.reviewBackup, heldMs), dueMs)) }
}

/** Until when an owner who is away may come back: the first response, or a fresh one when that is past. */
export function answerableUntil(timers: Timers, nowMs: number, respondByMs: number): number {
  return respondByMs > nowMs ? respondByMs : dueOf(timers.first_response, nowMs)
}

export function toIso(atMs: number): string {
  return new Date(atMs).toISOString()
}

function dueOf(timer: Timer, fromMs: number): number {
  return addWorkingMs(fromMs, timer.target, timer.calendar)
}

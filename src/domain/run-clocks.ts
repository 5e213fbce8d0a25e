import { addWorkingMs, afterWorkingMs, type WorkingCalendar, workingMsBetween } from './calendar.ts'
import type { Timer, Timers } from './clock.ts'
import type { Happening } from './happening.ts'
import { inOrder } from './happening.ts'
import type { Warning } from './policy.ts'
import { MINUTE_MS } from './working-intervals.ts'

export const CUSTOMER_CLOCKS = ['first_response', 'update', 'resolution'] as const
export type CustomerClock = (typeof CUSTOMER_CLOCKS)[number]

/**
 *   running ──paused──► paused ──resumed, customer_replied──► running
 *      └──replied, resolved──► met, or missed when that came late       merged ──► stopped
 *
 * A running clock whose time is past is overdue; that depends on who looks when, so it is no state.
 */
export type ClockState = 'running' | 'paused' | 'met' | 'missed' | 'stopped'

export type RunningClock = {
  readonly kind: CustomerClock
  readonly timer: Timer
  readonly state: ClockState
  /** Counted from here: the opening, or for updates our last answer. */
  readonly fromMs: number
  /** While paused: when it would be due if it went on at the moment of the pause. */
  readonly dueMs: number
  readonly endedMs: number | null
  readonly pausedMs: number | null
  readonly warnings: readonly { readonly atMs: number; readonly text: string }[]
}

export type ClockInput = {
  readonly startMs: number
  readonly happened: readonly Happening[]
  readonly timers: Timers
  readonly warnings?: readonly Warning[]
}

/**
 * The customer's clocks as a pure function of what happened, the targets and their calendars.
 *
 * - First response: from the opening until our first answer (or the solution); never restarted.
 * - Update: from the opening, and anew from each answer of ours and from a reopening, until the solution.
 * - Resolution: from the opening until the solution; a reopened ticket goes on with what was left.
 * - While we wait for the customer, and while a ticket is resolved, nothing runs.
 * - A target that changes (a raise, a lowering) counts from the same moment, less the same pauses.
 * - A merged ticket's clocks stop; the ticket that absorbs an older one counts from the older opening, and its answers.
 * - What is told of a solved or merged ticket changes nothing of what was, until it is reopened.
 */
export function runClocks(input: ClockInput): readonly RunningClock[] {
  const story = storyOf(input.startMs, input.happened)
  return CUSTOMER_CLOCKS.map((kind) => {
    const { fromMs, endedMs, stopped } = spanOf(kind, story)
    const timer = input.timers[kind]
    // A pause that outlasted the clock, as of a reply while we waited, stood still until its end.
    const stops = story.stops
      .filter((stop) => endedMs === null || stop.fromMs < endedMs)
      .map(({ fromMs: beganMs, untilMs }) => ({ fromMs: beganMs, untilMs: untilMs ?? endedMs }))
    const plainDueMs = addWorkingMs(fromMs, timer.target, timer.calendar)
    const dueMs = shifted(fromMs, plainDueMs, stops, timer.calendar)
    const lasting = stops.find(({ untilMs }) => untilMs === null)
    const isPaused = endedMs === null && !stopped && lasting !== undefined && lasting.fromMs < dueMs
    return {
      kind,
      timer,
      state: stopped ? 'stopped' : stateOf(endedMs, dueMs, isPaused),
      fromMs,
      dueMs,
      endedMs,
      pausedMs: isPaused ? lasting.fromMs : null,
      warnings: (input.warnings ?? []).flatMap((warning) => {
        const plainMs = warningMs(warning, fromMs, plainDueMs, timer.calendar)
        return plainMs === null
          ? []
          : { atMs: shifted(fromMs, plainMs, stops, timer.calendar), text: warning.text }
      }),
    }
  })
}

/** Working time that is left when a clock stands still or is looked at; 0 when it is past. */
export function leftMs({ dueMs, timer }: RunningClock, atMs: number): number {
  return workingMsBetween(atMs, dueMs, timer.calendar)
}

type Stop = { readonly fromMs: number; readonly untilMs: number | null }

type Story = {
  readonly startMs: number
  /** In order, not overlapping; only the last one may be open. */
  readonly stops: readonly Stop[]
  readonly firstAnswerMs: number | null
  readonly lastAnswerMs: number | null
  readonly reopenedMs: number | null
  readonly resolvedMs: number | null
  readonly mergedMs: number | null
}

/** What happened, as the clocks understand it. */
export function storyOf(startMs: number, happened: readonly Happening[]): Story {
  const stops: Stop[] = []
  let openStop: { readonly fromMs: number; readonly why: 'waiting' | 'resolved' } | null = null
  const story = {
    startMs,
    firstAnswerMs: null as number | null,
    lastAnswerMs: null as number | null,
    reopenedMs: null as number | null,
    resolvedMs: null as number | null,
    mergedMs: null as number | null,
  }
  const endStop = (atMs: number) => {
    if (openStop !== null) stops.push({ fromMs: openStop.fromMs, untilMs: atMs })
    openStop = null
  }
  for (const { kind, at, openedAt, answeredAt, lastAnsweredAt } of inOrder(happened)) {
    const atMs = Math.max(startMs, Date.parse(at))
    const isOpen = story.resolvedMs === null && story.mergedMs === null
    switch (kind) {
      case 'replied':
        if (!isOpen) break
        story.firstAnswerMs ??= atMs
        story.lastAnswerMs = atMs
        break
      case 'paused':
        if (isOpen) openStop ??= { fromMs: atMs, why: 'waiting' }
        break
      case 'resumed':
      case 'customer_replied':
        if (isOpen) endStop(atMs)
        break
      case 'resolved':
        if (!isOpen) break
        endStop(atMs)
        openStop = { fromMs: atMs, why: 'resolved' }
        story.firstAnswerMs ??= atMs
        story.resolvedMs = atMs
        break
      case 'reopened':
        if (isOpen) break
        endStop(atMs)
        story.resolvedMs = null
        story.mergedMs = null
        story.reopenedMs = atMs
        break
      case 'merged':
        if (isOpen) {
          endStop(atMs)
          openStop = { fromMs: atMs, why: 'resolved' }
        }
        story.mergedMs ??= atMs
        break
      case 'absorbed':
        if (openedAt !== undefined) story.startMs = Math.min(story.startMs, Date.parse(openedAt))
        if (answeredAt !== undefined)
          story.firstAnswerMs = Math.min(story.firstAnswerMs ?? Infinity, Date.parse(answeredAt))
        if (lastAnsweredAt !== undefined)
          story.lastAnswerMs = Math.max(story.lastAnswerMs ?? 0, Date.parse(lastAnsweredAt))
        break
    }
  }
  if (openStop !== null)
    stops.push({ fromMs: (openStop as { readonly fromMs: number }).fromMs, untilMs: null })
  return { ...story, stops }
}

function spanOf(
  kind: CustomerClock,
  { startMs, firstAnswerMs, lastAnswerMs, reopenedMs, resolvedMs, mergedMs }: Story,
): { readonly fromMs: number; readonly endedMs: number | null; readonly stopped: boolean } {
  switch (kind) {
    case 'first_response':
      return {
        fromMs: startMs,
        endedMs: firstAnswerMs,
        stopped: firstAnswerMs === null && mergedMs !== null,
      }
    case 'update': {
      const fromMs = Math.max(startMs, lastAnswerMs ?? startMs, reopenedMs ?? startMs)
      return { fromMs, endedMs: mergedMs === null ? resolvedMs : null, stopped: mergedMs !== null }
    }
    case 'resolution':
      return {
        fromMs: startMs,
        endedMs: mergedMs === null ? resolvedMs : null,
        stopped: mergedMs !== null,
      }
  }
}

function stateOf(endedMs: number | null, dueMs: number, isPaused: boolean): ClockState {
  if (endedMs !== null) return endedMs <= dueMs ? 'met' : 'missed'
  return isPaused ? 'paused' : 'running'
}

/** An instant that would be reached without stops, moved by the working time of each stop that began before it. */
function shifted(
  fromMs: number,
  plainMs: number,
  stops: readonly Stop[],
  calendar: WorkingCalendar,
): number {
  let atMs = plainMs
  for (const stop of stops) {
    const beganMs = Math.max(fromMs, stop.fromMs)
    if (stop.untilMs === null || beganMs >= atMs) break
    atMs = afterWorkingMs(atMs, workingMsBetween(beganMs, stop.untilMs, calendar), calendar)
  }
  return atMs
}

/** Null where the target is too short for this warning. */
function warningMs(
  { unit, amount }: Warning,
  fromMs: number,
  dueMs: number,
  calendar: WorkingCalendar,
): number | null {
  const wholeMs = workingMsBetween(fromMs, dueMs, calendar)
  const passedMs = unit === 'percent' ? (wholeMs * amount) / 100 : wholeMs - amount * MINUTE_MS
  return passedMs > 0 ? afterWorkingMs(fromMs, Math.round(passedMs), calendar) : null
}

import { toIso } from './clock.ts'
import type { CompiledPolicy } from './compile-policy.ts'
import type { Clock, Decision } from './decision.ts'
import type { Moment } from './moment.ts'
import type { ClockState, RunningClock } from './run-clocks.ts'
import { runClocks } from './run-clocks.ts'
import { namedSegments, timersFor } from './segments.ts'

/** A clock as the store keeps it. */
export type ClockRow = Clock & {
  readonly state: ClockState
  readonly startedAt: string
  readonly warnings: readonly { readonly at: string; readonly text: string }[]
}

/** Everything that runs for a decision: the customer's clocks with their warnings, and the review's. */
export function clockRows(
  decision: Pick<Decision, 'severity' | 'segments' | 'clocks'>,
  policy: CompiledPolicy,
  at: Moment,
): readonly ClockRow[] {
  const review = decision.clocks.find(({ kind }) => kind === 'review')
  const rows = runningClocks(decision, policy, at).map(rowOf)
  return review === undefined
    ? rows
    : [...rows, { ...review, state: 'running', startedAt: at.now, warnings: [] }]
}

/** The customer's clocks of a ticket of this severity and these segments. */
export function runningClocks(
  { severity, segments = [] }: Pick<Decision, 'severity' | 'segments'>,
  policy: CompiledPolicy,
  { clockStart, happened = [] }: Pick<Moment, 'clockStart' | 'happened'>,
): readonly RunningClock[] {
  const startMs = Date.parse(clockStart)
  const timers = timersFor(severity, namedSegments(segments, policy), policy, startMs)
  return runClocks({ timers, startMs, happened, warnings: policy.warnings[severity] })
}

function rowOf(clock: RunningClock): ClockRow {
  const { kind, timer, state, fromMs, dueMs, endedMs, pausedMs, warnings } = clock
  return {
    kind,
    state,
    startedAt: toIso(fromMs),
    dueAt: toIso(dueMs),
    target: timer.target.text,
    calendar: timer.calendar.calendar.id,
    ...(endedMs !== null && { metAt: toIso(endedMs) }),
    ...(pausedMs !== null && { pausedAt: toIso(pausedMs) }),
    warnings: warnings.map(({ atMs, text }) => ({ at: toIso(atMs), text })),
  }
}

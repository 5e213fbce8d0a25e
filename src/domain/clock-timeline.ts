import { toIso } from './clock.ts'
import { CLOCK_NAMES } from './clock-notice.ts'
import type { Timers } from './clock.ts'
import type { Happening } from './happening.ts'
import { inOrder } from './happening.ts'
import type { Severity } from './labels.ts'
import { isMoreSevere } from './labels.ts'
import type { RunningClock } from './run-clocks.ts'
import { leftMs, runClocks } from './run-clocks.ts'
import { showDuration } from './show-duration.ts'
import { showInstant } from './show-instant.ts'

/** A severity that a decision or a person set. */
export type SeverityChange = {
  readonly at: string
  readonly severity: Severity
  readonly by?: string
}

export type TimelineEntry = { readonly at: string; readonly sentence: string }

export type TimelineInput = {
  readonly clockStart: string
  readonly happened: readonly Happening[]
  /** At least the first decision's. */
  readonly severities: readonly SeverityChange[]
  readonly timersOf: (severity: Severity) => Timers
  readonly now: string
}

/**
 * What happened to the clocks of a ticket, a sentence for each change, oldest first: why a time is what it is, and what
 * was missed in between.
 */
export function clockTimeline(input: TimelineInput): readonly TimelineEntry[] {
  const { clockStart, timersOf, severities } = input
  const [first, ...changes] = inOrder(severities)
  if (first === undefined) return []
  const startMs = Date.parse(clockStart)
  const steps: readonly Step[] = inOrder([
    ...input.happened.map((happening) => ({ at: happening.at, happening })),
    ...changes.map((change) => ({ at: change.at, change })),
  ])
  const entries: TimelineEntry[] = []
  const happened: Happening[] = []
  let { severity } = first
  let clocks = runClocks({ startMs, happened, timers: timersOf(severity) })
  entries.push({ at: clockStart, sentence: `Opened as ${severity}: ${duesOf(clocks)}` })
  let sinceMs = startMs
  for (const step of steps) {
    const atMs = Math.max(startMs, Date.parse(step.at))
    entries.push(...missedBetween(clocks, sinceMs, atMs))
    const before = clocks
    const severityBefore = severity
    if ('happening' in step) happened.push(step.happening)
    else severity = step.change.severity
    clocks = runClocks({ startMs, happened, timers: timersOf(severity) })
    const sentence =
      'happening' in step
        ? sentenceOf(step.happening, before, clocks, atMs)
        : changeSentence(severityBefore, step.change, before, clocks, atMs)
    if (sentence !== null) entries.push({ at: toIso(atMs), sentence })
    sinceMs = atMs
  }
  return [...entries, ...missedBetween(clocks, sinceMs, Date.parse(input.now))]
}

type Step = { readonly at: string } & (
  | { readonly happening: Happening }
  | { readonly change: SeverityChange }
)

function sentenceOf(
  { kind, at, ticket }: Happening,
  before: readonly RunningClock[],
  after: readonly RunningClock[],
  atMs: number,
): string | null {
  switch (kind) {
    case 'replied':
      return `We answered${endedNow(before, after)}; ${duesOf(only(after, 'update'))}`
    case 'paused': {
      const paused = after.filter((clock) => clock.pausedMs === Date.parse(at))
      return paused.length === 0
        ? null
        : `We wait for the customer: ${list(paused.map((clock) => `${nameOf(clock)} stands still with ${showDuration(leftMs(clock, atMs))} left`))}`
    }
    case 'resumed':
      if (isSame(before, after)) return null
      return moved('Work goes on', before, after)
    case 'customer_replied':
      return moved('The customer wrote', before, after)
    case 'resolved':
      return `Solved${endedNow(before, after)}`
    case 'reopened':
      if (isSame(before, after)) return null
      return moved('Reopened: the time since the solution does not count', before, after)
    case 'merged':
      return `Merged into ${ticket ?? 'another ticket'}: its clocks stop`
    case 'absorbed':
      return moved(
        `${ticket ?? 'Another ticket'} goes on here${endedNow(before, after)}`,
        before,
        after,
      )
  }
}

function changeSentence(
  from: Severity,
  { severity, by }: SeverityChange,
  before: readonly RunningClock[],
  after: readonly RunningClock[],
  atMs: number,
): string | null {
  if (severity === from) return null
  const verb = isMoreSevere(severity, from) ? 'Raised' : 'Lowered'
  const who = by === undefined ? '' : ` by ${by}`
  const late = after.filter((clock) => isRunning(clock) && clock.dueMs <= atMs)
  const already =
    late.length === 0
      ? ''
      : `; ${list(late.map(nameOf))} ${late.length > 1 ? 'are' : 'is'} past already`
  return `${moved(`${verb} from ${from} to ${severity}${who}, counted from the same beginning`, before, after)}${already}`
}

/** What is due when, for the clocks of `after` that are not due as they were. */
function moved(
  what: string,
  before: readonly RunningClock[],
  after: readonly RunningClock[],
): string {
  const changed = after.filter(
    (clock) =>
      isRunning(clock) &&
      before.every(
        (old) => old.kind !== clock.kind || old.dueMs !== clock.dueMs || !isRunning(old),
      ),
  )
  return changed.length === 0 ? what : `${what}; ${duesOf(changed)}`
}

/** True when something that was told changed nothing: resumed without a pause, reopened without a solution. */
function isSame(before: readonly RunningClock[], after: readonly RunningClock[]): boolean {
  return after.every(({ state, dueMs }, place) => {
    const old = before[place]
    return old !== undefined && old.state === state && old.dueMs === dueMs
  })
}

function endedNow(before: readonly RunningClock[], after: readonly RunningClock[]): string {
  const ended = after.filter(
    ({ kind, endedMs }) =>
      endedMs !== null && before.every((old) => old.kind !== kind || old.endedMs === null),
  )
  return ended
    .map((clock) => {
      const { state, dueMs, endedMs } = clock
      return state === 'met'
        ? `, ${nameOf(clock)} in time`
        : `, ${nameOf(clock)} ${showDuration((endedMs ?? dueMs) - dueMs)} late`
    })
    .join('')
}

function missedBetween(
  clocks: readonly RunningClock[],
  afterMs: number,
  untilMs: number,
): readonly TimelineEntry[] {
  return clocks
    .filter((clock) => isRunning(clock) && clock.dueMs > afterMs && clock.dueMs <= untilMs)
    .toSorted((a, b) => a.dueMs - b.dueMs)
    .map((clock) => ({ at: toIso(clock.dueMs), sentence: `The ${nameOf(clock)} was missed` }))
}

function duesOf(clocks: readonly RunningClock[]): string {
  const running = clocks.filter(isRunning)
  return running.length === 0
    ? 'nothing runs'
    : list(running.map((clock) => `${nameOf(clock)} due ${showInstant(toIso(clock.dueMs))}`))
}

const nameOf = ({ kind }: RunningClock) => CLOCK_NAMES[kind]
const isRunning = ({ state }: RunningClock) => state === 'running'
const only = (clocks: readonly RunningClock[], kind: RunningClock['kind']) =>
  clocks.filter((clock) => clock.kind === kind)

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

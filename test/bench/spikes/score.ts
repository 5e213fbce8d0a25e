import type { Alarm } from './detectors.ts'
import type { Arrival, Burst } from './stream.ts'

/** How a detector did on one stream. */
export type Score = {
  readonly caught: number
  readonly bursts: number
  /** Minutes from the onset to the first alarm, of the bursts that were caught. */
  readonly delays: readonly number[]
  /** Customers of the burst that had written by then. */
  readonly needed: readonly number[]
  readonly falseAlarms: number
  readonly weeks: number
}

const MINUTE_MS = 60_000
/** An alarm belongs to a burst for this long after its onset. */
const LATE_MS = 120 * MINUTE_MS
/** Alarms closer than this to the one before are one alarm to the people who get them. */
const MERGE_MS = 60 * MINUTE_MS

/**
 * An alarm tells of a burst when it comes while that is on and its key is one that most of the burst's messages of the
 * key's hour carry. What is left is false, merged over keys into episodes, the same for every detector.
 */
export function score(
  alarms: readonly Alarm[],
  stream: {
    readonly arrivals: readonly Arrival[]
    readonly bursts: readonly Burst[]
    readonly keysOf: (arrival: Arrival) => readonly string[]
  },
  span: { readonly fromMs: number; readonly untilMs: number },
): Score {
  const { arrivals, bursts, keysOf } = stream
  const carriers = bursts.map((_, number) => {
    const members = arrivals.filter(({ burst }) => burst === number)
    const keys = new Map<string, number>()
    for (const member of members)
      for (const key of keysOf(member)) keys.set(key, (keys.get(key) ?? 0) + 1)
    return { members, keys }
  })
  const first = bursts.map(() => Infinity)
  const wrong: number[] = []
  for (const { atMs, key } of alarms) {
    if (atMs < span.fromMs) continue
    const number = bursts.findIndex(({ onsetMs }) => atMs >= onsetMs && atMs <= onsetMs + LATE_MS)
    if (number >= 0 && (carriers[number]!.keys.get(key) ?? 0) >= 3)
      first[number] = Math.min(first[number]!, atMs)
    else wrong.push(atMs)
  }
  const caught = first.flatMap((atMs, number) => (Number.isFinite(atMs) ? [{ atMs, number }] : []))
  return {
    caught: caught.length,
    bursts: bursts.length,
    delays: caught.map(({ atMs, number }) => (atMs - bursts[number]!.onsetMs) / MINUTE_MS),
    needed: caught.map(
      ({ atMs, number }) => carriers[number]!.members.filter((one) => one.atMs <= atMs).length,
    ),
    falseAlarms: episodes(wrong),
    weeks: (span.untilMs - span.fromMs) / (7 * 24 * 60 * MINUTE_MS),
  }
}

function episodes(times: readonly number[]): number {
  let count = 0
  let last = -Infinity
  for (const time of times.toSorted((a, b) => a - b)) {
    if (time - last > MERGE_MS) count++
    last = time
  }
  return count
}

import { addWorkingMs } from './calendar.ts'
import type { Timer, Timers } from './clock.ts'
import type { CompiledPolicy, CompiledSegment } from './compile-policy.ts'
import type { Facts } from './facts.ts'
import type { Severity } from './labels.ts'

/** The segments that a ticket belongs to, by id. */
export function segmentsOf(
  { values }: Facts,
  { segments }: CompiledPolicy,
): readonly CompiledSegment[] {
  return segments.filter(({ condition }) => condition.holds(values))
}

/**
 * The times of a severity for a ticket of these segments. A segment's time stands in place of the general one; where
 * several name one, the faster wins, counted from `fromMs` because calendars differ.
 */
export function timersFor(
  severity: Severity,
  segments: readonly CompiledSegment[],
  policy: CompiledPolicy,
  fromMs: number,
): Timers {
  const general = policy.timers[severity]
  const own = segments.flatMap(({ timers }) => timers[severity] ?? [])
  if (own.length === 0) return general
  const fastest = (kind: keyof Timers) =>
    own
      .flatMap((timers) => timers[kind] ?? [])
      .reduce<Timer | undefined>(
        (best, timer) => (best === undefined || isFaster(timer, best, fromMs) ? timer : best),
        undefined,
      )
  return {
    first_response: fastest('first_response') ?? general.first_response,
    update: fastest('update') ?? general.update,
    resolution: fastest('resolution') ?? general.resolution,
    review: fastest('review') ?? general.review,
    reviewBackup: fastest('reviewBackup') ?? general.reviewBackup,
  }
}

/** The segments with these ids, as a decision names them. */
export function namedSegments(
  ids: readonly string[],
  { segments }: CompiledPolicy,
): readonly CompiledSegment[] {
  return segments.filter(({ id }) => ids.includes(id))
}

function isFaster(a: Timer, b: Timer, fromMs: number): boolean {
  return addWorkingMs(fromMs, a.target, a.calendar) < addWorkingMs(fromMs, b.target, b.calendar)
}

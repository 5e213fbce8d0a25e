import { addWorkingMs } from '../../domain/calendar.ts'
import { toIso, type Timer } from '../../domain/clock.ts'
import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import { SEVERITIES, type Severity } from '../../domain/labels.ts'
import type { Finding, FindingCode } from './finding.ts'

const HOUR_MS = 3_600_000
const HOURS = 8 * 7 * 24
const KINDS = ['first_response', 'update', 'resolution'] as const
type Kind = (typeof KINDS)[number]
const SPOKEN: Readonly<Record<Kind, string>> = {
  first_response: 'first response',
  update: 'update',
  resolution: 'resolution',
}

/**
 * Starts every clock at each hour of the next eight weeks and compares when it is due. What is wrong at some hours only
 * (nights, weekends, holidays) shows the first of them.
 */
export function checkTimes(policy: CompiledPolicy, fromMs: number): readonly Finding[] {
  const start = Math.ceil(fromMs / HOUR_MS) * HOUR_MS
  const hours = Array.from({ length: HOURS }, (_, hour) => start + hour * HOUR_MS)
  return [
    ...SEVERITIES.slice(1).flatMap((severity, index) =>
      KINDS.flatMap((kind) => outOfOrder(policy, SEVERITIES[index]!, severity, kind, hours)),
    ),
    ...SEVERITIES.flatMap((severity) => outOfSequence(policy, severity, hours)),
    ...SEVERITIES.flatMap((severity) => unmet(policy, severity, start)),
    ...SEVERITIES.flatMap((severity) => slowReview(policy, severity, hours)),
    ...asleep(policy, hours),
  ]
}

const dueOf = ({ target, calendar }: Timer, atMs: number) => addWorkingMs(atMs, target, calendar)

type Shown = Pick<Finding, 'path' | 'message' | 'mend'> & {
  readonly code: FindingCode
  readonly level: Finding['level']
  readonly sentence: (atMs: number) => string
}

function at(atMs: number | undefined, shown: Shown): readonly Finding[] {
  if (atMs === undefined) return []
  const { sentence, ...finding } = shown
  return [{ ...finding, witness: { kind: 'minute', at: toIso(atMs), sentence: sentence(atMs) } }]
}

function outOfOrder(
  policy: CompiledPolicy,
  worse: Severity,
  milder: Severity,
  kind: Kind,
  hours: readonly number[],
): readonly Finding[] {
  const [urgent, calm] = [policy.timers[worse][kind], policy.timers[milder][kind]]
  return at(
    hours.find((hour) => dueOf(urgent, hour) > dueOf(calm, hour)),
    {
      code: 'target-order',
      level: 'error',
      path: ['severities', worse, kind],
      message: `The ${SPOKEN[kind]} of ${worse} may be due after that of ${milder}`,
      mend: `Make it shorter than ${calm.target.text}, or run both on one calendar`,
      sentence: (hour) =>
        `Of tickets that came at ${toIso(hour)}, ${worse} is due ${toIso(dueOf(urgent, hour))} and ${milder} ${toIso(dueOf(calm, hour))}`,
    },
  )
}

function outOfSequence(
  policy: CompiledPolicy,
  severity: Severity,
  hours: readonly number[],
): readonly Finding[] {
  const { resolution, ...others } = policy.timers[severity]
  return (['first_response', 'update'] as const).flatMap((kind) =>
    at(
      hours.find((hour) => dueOf(others[kind], hour) > dueOf(resolution, hour)),
      {
        code: 'target-sequence',
        level: 'warning',
        path: ['severities', severity, kind],
        message: `The ${SPOKEN[kind]} of ${severity} may be due after its resolution`,
        mend: `Make it shorter than the resolution (${resolution.target.text}), or run both on one calendar`,
        sentence: (hour) =>
          `A ${severity} of ${toIso(hour)}: ${SPOKEN[kind]} ${toIso(dueOf(others[kind], hour))}, resolution ${toIso(dueOf(resolution, hour))}`,
      },
    ),
  )
}

function unmet(policy: CompiledPolicy, severity: Severity, startMs: number): readonly Finding[] {
  return KINDS.flatMap((kind) => {
    const timer = policy.timers[severity][kind]
    return at(dueOf(timer, startMs) > startMs + HOURS * HOUR_MS ? startMs : undefined, {
      code: 'target-unmet',
      level: 'error',
      path: ['severities', severity, kind],
      message: `The ${SPOKEN[kind]} of ${severity} (${timer.target.text}) is not due within eight weeks on the calendar "${timer.target.calendar}"`,
      mend: 'Name a shorter target, or a calendar with more working time',
      sentence: (hour) =>
        `A ${severity} of ${toIso(hour)} would be due ${toIso(dueOf(timer, hour))}`,
    })
  })
}

function slowReview(
  policy: CompiledPolicy,
  severity: Severity,
  hours: readonly number[],
): readonly Finding[] {
  const { first_response: response, review, reviewBackup } = policy.timers[severity]
  const own = policy.policy.severities[severity].review !== undefined
  return [
    ...at(
      hours.find((hour) => dueOf(review, hour) >= dueOf(response, hour)),
      {
        code: 'review-too-slow',
        // A severity with its own review time promises it; for the others the first response is the limit anyway.
        level: own ? 'error' : 'warning',
        path: own ? ['severities', severity, 'review'] : ['review', 'budget'],
        message: `The review of a ${severity} may take as long as its first response`,
        mend: `Make it shorter than ${response.target.text}, or run it on the calendar "${response.target.calendar}"`,
        sentence: (hour) =>
          `A ${severity} of ${toIso(hour)}: review until ${toIso(dueOf(review, hour))}, first response ${toIso(dueOf(response, hour))}`,
      },
    ),
    ...(reviewBackup === null
      ? []
      : at(
          hours.find((hour) => dueOf(reviewBackup, hour) >= dueOf(review, hour)),
          {
            code: 'review-backup-late',
            level: 'error',
            path: ['severities', severity, 'review_backup_after'],
            message: `The backup reviewer of a ${severity} may be told when the review is over`,
            mend: `Make it shorter than ${review.target.text}`,
            sentence: (hour) =>
              `A ${severity} of ${toIso(hour)}: backup told ${toIso(dueOf(reviewBackup, hour))}, review until ${toIso(dueOf(review, hour))}`,
          },
        )),
  ]
}

/** A critical ticket does not wait for the morning. */
function asleep(policy: CompiledPolicy, hours: readonly number[]): readonly Finding[] {
  const timer = policy.timers.P1.first_response
  if (timer.calendar.calendar.alwaysOpen) return []
  const asLong = timer.target.amount * 60_000
  return at(
    hours.find((hour) => dueOf(timer, hour) - hour > asLong + HOUR_MS),
    {
      code: 'target-asleep',
      level: 'warning',
      path: ['severities', 'P1', 'first_response'],
      message: `The first response to a P1 waits for the calendar "${timer.target.calendar}"`,
      mend: 'Run critical clocks on a calendar that is always open',
      sentence: (hour) => `A P1 of ${toIso(hour)} is due ${toIso(dueOf(timer, hour))}`,
    },
  )
}

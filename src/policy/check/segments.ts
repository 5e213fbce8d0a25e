import type { CompiledPolicy, CompiledSegment } from '../../domain/compile-policy.ts'
import { describeCondition } from '../../domain/describe-condition.ts'
import { findFacts, holds } from '../../domain/find-facts.ts'
import { SEVERITIES } from '../../domain/labels.ts'
import type { Finding } from './finding.ts'
import { spaceOf } from './rules.ts'
import { checkTimes } from './times.ts'

/** Segments that nobody belongs to, and times of segments that do not fit together; their routes are checked as rules. */
export function checkSegments(policy: CompiledPolicy, fromMs: number): readonly Finding[] {
  return [...nobodyIn(policy), ...checkSegmentTimes(policy, fromMs)]
}

/** The times that stand when a ticket belongs to the segment, without what is wrong for every ticket. */
export function checkSegmentTimes(policy: CompiledPolicy, fromMs: number): readonly Finding[] {
  if (policy.segments.length === 0) return []
  const general = new Set(checkTimes(policy, fromMs).map(({ message }) => message))
  return policy.segments.flatMap((segment) =>
    checkTimes(withTimesOf(segment, policy), fromMs)
      .filter(({ message }) => !general.has(message))
      .map((finding) => ({
        ...finding,
        path: ['segments', segment.id, ...finding.path],
        message: `In segment "${segment.id}": ${finding.message}`,
      })),
  )
}

function withTimesOf({ timers }: CompiledSegment, policy: CompiledPolicy): CompiledPolicy {
  const own = SEVERITIES.map(
    (severity) => [severity, { ...policy.timers[severity], ...timers[severity] }] as const,
  )
  return { ...policy, timers: Object.fromEntries(own) as CompiledPolicy['timers'] }
}

function nobodyIn(policy: CompiledPolicy): readonly Finding[] {
  const space = spaceOf(policy)
  return policy.segments
    .filter(({ condition }) => findFacts(holds(condition, policy), space, policy).kind === 'none')
    .map(({ id }) => ({
      code: 'rule-unreachable',
      level: 'error',
      path: ['segments', id, 'when'],
      message: `No ticket belongs to segment "${id}"`,
      mend: 'Correct the range or the value, or take the segment out',
      witness: {
        kind: 'text',
        sentence: `It asks that ${describeCondition(policy.policy.segments!.find((one) => one.id === id)!.when)}`,
      },
    }))
}

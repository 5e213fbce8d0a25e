import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import type { CompiledCondition } from '../../domain/condition.ts'
import { atomsOf } from '../../domain/fact-space.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Finding } from './finding.ts'

/** Phrases that are listened for and never acted on, and calendars that nothing runs on. */
export function checkIdleParts(compiled: CompiledPolicy): readonly Finding[] {
  return [...idlePhrases(compiled), ...idleCalendars(compiled.policy)]
}

function idlePhrases(compiled: CompiledPolicy): readonly Finding[] {
  const heard = new Set(conditionsOf(compiled).flatMap(itemsRead))
  return compiled.policy.phrases.flatMap(({ id, kind }, index): readonly Finding[] => {
    if (heard.has(`phrases ${kind}`) || heard.has(`phrases.ids ${id.toLowerCase()}`)) return []
    return [
      {
        code: 'phrase-unused',
        level: 'warning',
        path: ['phrases', index],
        message: `No rule asks for the phrase "${id}" or for its kind, ${kind}`,
        mend: `Ask for it: phrases.ids: [${id}], or take it out`,
        witness: { kind: 'text', sentence: `Whoever says it is heard, and nothing happens` },
      },
    ]
  })
}

function conditionsOf(compiled: CompiledPolicy): readonly CompiledCondition[] {
  const { triggers, routes, reviewRules, segments, fourEyes, askWhen } = compiled
  return [
    ...triggers,
    ...routes,
    ...reviewRules,
    ...segments,
    ...segments.flatMap((segment) => [...segment.routes, ...segment.reviewRules]),
  ]
    .map(({ condition }) => condition)
    .concat([fourEyes, askWhen].filter((condition) => condition !== undefined))
}

function itemsRead(condition: CompiledCondition): readonly string[] {
  return atomsOf(condition).flatMap(({ fact, matcher }) =>
    matcher.op === 'includes' ? matcher.values.map((item) => `${fact} ${item.toLowerCase()}`) : [],
  )
}

function idleCalendars(policy: Policy): readonly Finding[] {
  const used = new Set([
    policy.review.budget.calendar,
    ...Object.values(policy.people).flatMap(({ hours }) => hours ?? []),
    ...Object.values(policy.severities).flatMap(({ targets, review, reviewBackupAfter }) =>
      [...Object.values(targets), review, reviewBackupAfter].flatMap(
        (target) => target?.calendar ?? [],
      ),
    ),
    ...(policy.segments ?? []).flatMap(({ severities }) =>
      Object.values(severities).flatMap((times) =>
        Object.values(times ?? {}).map(({ calendar }) => calendar),
      ),
    ),
  ])
  return Object.keys(policy.calendars)
    .filter((id) => !used.has(id))
    .map((id) => ({
      code: 'calendar-unused',
      level: 'warning',
      path: ['calendars', id],
      message: `Nobody works by the calendar "${id}" and no time runs on it`,
      mend: 'Name it as hours of a person or as the calendar of a time, or take it out',
      witness: { kind: 'text', sentence: `Changing "${id}" changes nothing` },
    }))
}

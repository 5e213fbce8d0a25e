import type { Conditions } from './build-policy.ts'
import { modelFactsOf } from '../domain/compile-policy.ts'
import type { Condition } from '../domain/policy.ts'
import { parseCondition, type Vocabulary } from './parse-condition.ts'
import type { Path, Report } from './problem.ts'

/** The conditions of all rules by position, also of rules with another fault, so that all problems come at once. */
export function parseConditions(
  data: Readonly<Record<string, unknown>>,
  vocabulary: Vocabulary,
  report: Report,
): Conditions {
  const decided = { ...vocabulary, decided: true }
  const review = data.review as
    | { rules?: unknown; four_eyes?: { when?: unknown } }
    | null
    | undefined
  const rules = review?.rules
  const fourEyes = review?.four_eyes?.when
  const askWhen = (data.scoring as { ask?: { when?: unknown } | null } | null | undefined)?.ask
    ?.when
  const triggers = parseList(data.triggers, ['triggers'], vocabulary, report)
  for (const [index, rule] of listOf(data.triggers).entries())
    checkTrigger(rule, triggers[index] ?? null, ['triggers', index], vocabulary, report)
  return {
    triggers,
    routes: parseList(data.routes, ['routes'], decided, report),
    segments: parseSegments(data.segments, vocabulary, report),
    reviewRules: parseList(rules, ['review', 'rules'], decided, report),
    ...(askWhen !== undefined && {
      askWhen: parseCondition(askWhen, ['scoring', 'ask', 'when'], vocabulary, report),
    }),
    ...(fourEyes !== undefined && {
      fourEyes: parseCondition(fourEyes, ['review', 'four_eyes', 'when'], decided, report),
    }),
  }
}

function parseSegments(
  value: unknown,
  vocabulary: Vocabulary,
  report: Report,
): Conditions['segments'] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {}
  const decided = { ...vocabulary, decided: true }
  const segments = Object.entries(value).map(([id, segment]: [string, unknown]) => {
    const path = ['segments', id]
    const { when, routes, review } = (segment ?? {}) as {
      when?: unknown
      routes?: unknown
      review?: { rules?: unknown } | null
    }
    return [
      id,
      {
        when: parseCondition(when, [...path, 'when'], vocabulary, report),
        routes: parseList(routes, [...path, 'routes'], decided, report),
        reviewRules: parseList(review?.rules, [...path, 'review', 'rules'], decided, report),
      },
    ] as const
  })
  return Object.fromEntries(segments)
}

function parseList(
  value: unknown,
  path: Path,
  vocabulary: Vocabulary,
  report: Report,
): readonly (Condition | null)[] {
  return listOf(value).map((rule, index) => {
    if (rule === null || typeof rule !== 'object') return null
    const { when } = rule as { when?: unknown }
    return parseCondition(when, [...path, index, 'when'], vocabulary, report)
  })
}

function checkTrigger(
  rule: unknown,
  when: Condition | null,
  path: Path,
  vocabulary: Vocabulary,
  report: Report,
): void {
  if (when === null) return
  const floor = (rule as { floor?: unknown } | null)?.floor === true
  const read = floor ? [...new Set(modelFactsOf({ when }, vocabulary))] : []
  if (read.length > 0)
    report(
      [...path, 'floor'],
      `Cannot use floor trigger: facts that no model decides required, got ${read.join(', ')}; drop floor or split the trigger`,
    )
  for (const fact of calmingFacts(when, false))
    report(
      [...path, 'when'],
      `Cannot use trigger: emotion may only raise, but more in ${fact} would keep it from firing; say it without not and missing`,
    )
}

const EMOTIONAL: readonly string[] = ['emotions', 'phrases', 'phrases.ids', 'model.triggers']

/** The emotional facts of which more would make the condition false. */
function calmingFacts(condition: Condition, negated: boolean): readonly string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap((part) => calmingFacts(part, negated))
    case 'not':
      return calmingFacts(condition.of, !negated)
    case 'fact': {
      const { fact, matcher } = condition
      const absence = matcher.op === 'missing' && matcher.missing
      return EMOTIONAL.includes(fact) && absence !== negated ? [fact] : []
    }
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

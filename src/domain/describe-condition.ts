import type { Condition, Matcher } from './policy.ts'

/** The condition as words: "customer.tier is enterprise and impact.affectedUsers is at least 100". */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const joint = condition.kind === 'all' ? ' and ' : ' or '
      const parts = condition.of.map((part) =>
        isGroup(part) && condition.of.length > 1
          ? `(${describeCondition(part)})`
          : describeCondition(part),
      )
      return parts.length === 0
        ? condition.kind === 'all'
          ? 'always'
          : 'never'
        : parts.join(joint)
    }
    case 'not':
      return `not (${describeCondition(condition.of)})`
    case 'fact':
      return `${condition.fact} ${describeMatcher(condition.matcher)}`
  }
}

/** What a matcher asks, in words that follow the name of the fact. */
export function describeMatcher(matcher: Matcher): string {
  switch (matcher.op) {
    case 'is':
      return `is ${matcher.value}`
    case 'one_of':
      return `is ${either(matcher.values)}`
    case 'lt':
      return `is below ${matcher.value}`
    case 'lte':
      return `is at most ${matcher.value}`
    case 'gt':
      return `is above ${matcher.value}`
    case 'gte':
      return `is at least ${matcher.value}`
    case 'between':
      return `is between ${matcher.min} and ${matcher.max}`
    case 'within':
      return `is within ${matcher.hours} h`
    case 'includes':
      return `includes ${either(matcher.values)}`
    case 'missing':
      return matcher.missing ? 'is missing' : 'is known'
  }
}

function isGroup(condition: Condition): boolean {
  return condition.kind === 'all' || condition.kind === 'any'
}

function either(values: readonly (string | number | boolean)[]): string {
  if (values.length < 2) return String(values[0] ?? 'nothing')
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}

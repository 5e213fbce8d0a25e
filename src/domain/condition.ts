import type { Facts, FactValue } from './facts.ts'
import { describeMatcher } from './describe-condition.ts'
import type { Condition, Matcher } from './policy.ts'

export type Predicate = (values: Facts['values']) => boolean

/** A condition with its test, and its parts with theirs, so that a true one can say which of them held. */
export type CompiledCondition =
  | {
      readonly kind: 'all' | 'any'
      readonly holds: Predicate
      readonly parts: readonly CompiledCondition[]
    }
  | { readonly kind: 'not'; readonly holds: Predicate; readonly part: CompiledCondition }
  | {
      readonly kind: 'fact'
      readonly holds: Predicate
      readonly fact: string
      readonly matcher: Matcher
      /** The matcher in words, for the comparisons of a reason. */
      readonly asked: string
    }

/**
 * A missing fact, or one of another type than the matcher asks, makes a condition false. Words compare without case,
 * because platforms write `Enterprise` and `enterprise` for the same tier.
 */
export function compileCondition(condition: Condition): CompiledCondition {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map(compileCondition)
      return { kind: 'all', parts, holds: (values) => parts.every((part) => part.holds(values)) }
    }
    case 'any': {
      const parts = condition.of.map(compileCondition)
      return { kind: 'any', parts, holds: (values) => parts.some((part) => part.holds(values)) }
    }
    case 'not': {
      const part = compileCondition(condition.of)
      return { kind: 'not', part, holds: (values) => !part.holds(values) }
    }
    case 'fact': {
      const { fact, matcher } = condition
      const matches = compileMatcher(matcher)
      const asked = describeMatcher(matcher)
      return { kind: 'fact', fact, matcher, asked, holds: (values) => matches(values[fact]) }
    }
  }
}

/** Equal words have equal folds; numbers and booleans are left alone. */
export function fold<T extends string | number | boolean>(value: T): T | string {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function compileMatcher(matcher: Matcher): (value: FactValue | undefined) => boolean {
  switch (matcher.op) {
    case 'is': {
      const asked = fold(matcher.value)
      return (value) => value !== undefined && !isList(value) && fold(value) === asked
    }
    case 'one_of': {
      const asked = new Set(matcher.values.map(fold))
      return (value) => value !== undefined && !isList(value) && asked.has(fold(value))
    }
    case 'includes': {
      const asked = new Set(matcher.values.map(fold))
      return (value) => isList(value) && value.some((item) => asked.has(fold(item)))
    }
    case 'lt':
      return (value) => typeof value === 'number' && value < matcher.value
    case 'lte':
      return (value) => typeof value === 'number' && value <= matcher.value
    case 'gt':
      return (value) => typeof value === 'number' && value > matcher.value
    case 'gte':
      return (value) => typeof value === 'number' && value >= matcher.value
    case 'between':
      return (value) => typeof value === 'number' && value >= matcher.min && value <= matcher.max
    case 'within':
      return (value) => typeof value === 'number' && value >= 0 && value <= matcher.hours
    case 'missing':
      return (value) => (value === undefined) === matcher.missing
  }
}

/** The names of all facts that the condition reads. */
export function factsRead(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(factsRead)
    case 'not':
      return factsRead(condition.of)
    case 'fact':
      return [condition.fact]
  }
}

function isList(value: FactValue | undefined): value is readonly string[] {
  return Array.isArray(value)
}

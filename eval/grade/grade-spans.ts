import type { TriggerSignal } from '../../src/domain/signal.ts'
import type { ExpectedSpan } from '../suite/eval-case.ts'
import type { SpanTally } from './graded.ts'

type Span = Pick<ExpectedSpan, 'kind' | 'start' | 'end'>

/** Matches every expected quote with at most one found quote of the same kind, exact ones first. */
export function gradeSpans(
  expected: readonly ExpectedSpan[],
  found: readonly TriggerSignal[],
): SpanTally {
  const claimed = withoutRepeats(found)
  return {
    exact: matches(expected, claimed, (a, b) => a.start === b.start && a.end === b.end),
    overlap: matches(expected, claimed, (a, b) => a.start < b.end && b.start < a.end),
    wanted: expected.length,
    claimed: claimed.length,
  }
}

/** A phrase and a model that point at the same words of the same kind are one claim. */
function withoutRepeats(found: readonly TriggerSignal[]): readonly Span[] {
  const kept: Span[] = []
  for (const span of found)
    if (
      !kept.some(
        (other) => other.kind === span.kind && other.start < span.end && span.start < other.end,
      )
    )
      kept.push(span)
  return kept
}

function matches(
  expected: readonly Span[],
  claimed: readonly Span[],
  fits: (a: Span, b: Span) => boolean,
): number {
  const free = new Set(claimed)
  let count = 0
  for (const span of expected)
    for (const candidate of free)
      if (candidate.kind === span.kind && fits(span, candidate)) {
        free.delete(candidate)
        count += 1
        break
      }
  return count
}

import { upperErrorBound } from './error-bound.ts'
import type { ReviewOutcome } from './review-state.ts'

/** A decided review, as far as it says how well suggestions and people did. */
export type DecidedReview = {
  readonly route: string
  readonly outcome: ReviewOutcome
  readonly decidedBy: string
  readonly createdAt: string
  readonly decidedAt: string
  readonly dueAt: string
  /** When the declared default was taken because nobody had decided. */
  readonly defaultedAt: string | null
}

export type RouteSummary = {
  readonly route: string
  readonly judged: number
  readonly agreed: number
  /** The error rate that these judgements speak against only one time in twenty. */
  readonly errorBound: number
}
export type ReviewerSummary = {
  readonly name: string
  readonly decided: number
  readonly corrected: number
  readonly late: number
  readonly medianMs: number
}
export type Bucket = {
  readonly fromMinutes: number
  readonly toMinutes: number
  readonly count: number
}

export type ReviewSummary = {
  readonly decided: number
  readonly agreed: number
  readonly late: number
  readonly defaulted: number
  readonly medianMs: number
  /** Nine of ten were decided within this. */
  readonly slowestTenthMs: number
  readonly routes: readonly RouteSummary[]
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
  readonly times: readonly Bucket[]
  readonly reviewers: readonly ReviewerSummary[]
}

const OWN_WORDS = 'In their own words'
const MINUTE_MS = 60_000
/** Minutes at which a bar of the time plot ends. */
const EDGES = [1, 2, 5, 10, 20, 60, Infinity] as const

/**
 * What people made of the suggestions. `knownReasons` are those that can be picked: a reason that begins with some of
 * them ("Wrong team; Too severe: …") counts for each.
 */
export function summariseReviews(
  reviews: readonly DecidedReview[],
  knownReasons: readonly string[],
): ReviewSummary {
  const times = reviews.map(timeOf)
  return {
    decided: reviews.length,
    agreed: reviews.filter(agrees).length,
    late: reviews.filter(isLate).length,
    defaulted: reviews.filter(({ defaultedAt }) => defaultedAt !== null).length,
    medianMs: quantile(times, 0.5),
    slowestTenthMs: quantile(times, 0.9),
    routes: grouped(reviews, ({ route }) => route)
      .map(([route, of]) => summariseRoute(route, of))
      .toSorted((a, b) => b.judged - a.judged || a.route.localeCompare(b.route)),
    reasons: countReasons(reviews, knownReasons),
    times: EDGES.map((toMinutes, index) => {
      const fromMinutes = EDGES[index - 1] ?? 0
      const inside = (ms: number) => ms >= fromMinutes * MINUTE_MS && ms < toMinutes * MINUTE_MS
      return { fromMinutes, toMinutes, count: times.filter(inside).length }
    }),
    reviewers: grouped(reviews, ({ decidedBy }) => decidedBy)
      .map(([name, of]) => summariseReviewer(name, of))
      .toSorted((a, b) => b.decided - a.decided || a.name.localeCompare(b.name)),
  }
}

/** A reworded message changes nothing of the decision. */
export function agrees({ outcome }: Pick<DecidedReview, 'outcome'>): boolean {
  if (outcome.kind !== 'overridden') return outcome.kind === 'approved'
  return Object.keys(outcome.changes).every((field) => field === 'message')
}

function summariseRoute(route: string, reviews: readonly DecidedReview[]): RouteSummary {
  const [judged, agreed] = [reviews.length, reviews.filter(agrees).length]
  return { route, judged, agreed, errorBound: upperErrorBound(judged - agreed, judged) }
}

function summariseReviewer(name: string, reviews: readonly DecidedReview[]): ReviewerSummary {
  return {
    name,
    decided: reviews.length,
    corrected: reviews.filter((review) => !agrees(review)).length,
    late: reviews.filter(isLate).length,
    medianMs: quantile(reviews.map(timeOf), 0.5),
  }
}

function countReasons(
  reviews: readonly DecidedReview[],
  known: readonly string[],
): ReviewSummary['reasons'] {
  const counts = new Map<string, number>()
  for (const { outcome } of reviews) {
    if (outcome.kind === 'approved') continue
    const picked = outcome.reason.split(':', 1)[0]!.split('; ')
    const named = picked.filter((reason) => known.includes(reason))
    for (const reason of named.length === 0 ? [OWN_WORDS] : named)
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .toSorted((a, b) => b.count - a.count || a.reason.localeCompare(b.reason))
}

const timeOf = ({ createdAt, decidedAt }: DecidedReview) =>
  Math.max(0, Date.parse(decidedAt) - Date.parse(createdAt))

const isLate = ({ decidedAt, dueAt }: DecidedReview) => Date.parse(decidedAt) > Date.parse(dueAt)

/** The smallest value that at least this share does not exceed; 0 of nothing. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): readonly [string, T[]][] {
  return [...Map.groupBy(items, keyOf)]
}

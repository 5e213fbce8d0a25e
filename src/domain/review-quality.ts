import type { Automatable } from './error-bound.ts'
import { automatableShare, upperErrorBound } from './error-bound.ts'
import type { Severity } from './labels.ts'
import { countedReasons } from './review-reasons.ts'
import type { RouteMode } from './policy.ts'
import type { ReviewedFields, ReviewKind, ReviewOutcome } from './review-state.ts'
import type { Look, RubberStamping } from './rubber-stamping.ts'
import { detectRubberStamping, leastSeconds } from './rubber-stamping.ts'

/** A review that a person has decided, as far as statistics need it. */
export type JudgedReview = {
  readonly kind: ReviewKind
  readonly blind: boolean
  readonly route: string
  /** What the service suggested. */
  readonly suggested: Severity
  /** As decided. */
  readonly fields: Pick<ReviewedFields, 'severity' | 'type' | 'team'>
  readonly expected: Expected | null
  readonly outcome: ReviewOutcome
  readonly decidedBy: string
  readonly decidedAt: string
  readonly claimedAt: string | null
  readonly createdAt: string
  readonly defaultedAt: string | null
  readonly doubt: number
  readonly words: number
}

/** The right answer of an item that has one; `planted`: what was shown is not it. */
export type Expected = Partial<Pick<ReviewedFields, 'severity' | 'type' | 'team'>> & {
  readonly planted: boolean
}

export type RouteQuality = {
  readonly route: string
  /** As the policy says, or less while it is demoted. */
  readonly mode: RouteMode
  readonly decided: number
  readonly approved: number
  readonly overridden: number
  readonly dismissed: number
  /** Share of suggestions whose severity, type and team a person kept. */
  readonly agreement: number
  /** The share of wrong suggestions is below this with 95 % confidence. */
  readonly errorBound: number
  /** How much of what is not P1 could run without a person at the policy's risk. P1 never does. */
  readonly automatable: Automatable
}

export type ReviewerQuality = {
  readonly reviewer: string
  readonly decided: number
  readonly agreement: number
  readonly medianSeconds: number | null
  readonly p90Seconds: number | null
  readonly blindJudged: number
  readonly blindAgreement: number | null
  readonly knownJudged: number
  readonly knownRight: number
  readonly rubberStamping: RubberStamping
}

export type ReviewQuality = {
  readonly since: string
  readonly decided: number
  /** Decided after the declared default had been taken. */
  readonly defaulted: number
  readonly routes: readonly RouteQuality[]
  readonly overrideReasons: readonly { readonly reason: string; readonly count: number }[]
  readonly reviewers: readonly ReviewerQuality[]
  readonly days: readonly {
    readonly day: string
    readonly decided: number
    readonly corrected: number
    readonly defaulted: number
    /** From opened to decided. */
    readonly medianSeconds: number
  }[]
}

const MOST_REASONS = 20

/** Statistics over what people decided, oldest first. Exercises count for their reviewers only. */
export function reviewQuality(
  reviews: readonly JudgedReview[],
  { since, risk, modeOf }: { since: string; risk: number; modeOf: (route: string) => RouteMode },
): ReviewQuality {
  const real = reviews.filter(({ kind }) => kind !== 'known')
  return {
    since,
    decided: real.length,
    defaulted: real.filter(({ defaultedAt }) => defaultedAt !== null).length,
    routes: grouped(real, ({ route }) => route)
      // What is switched off is not measured.
      .filter(([route]) => modeOf(route) !== 'off')
      .map(([route, judged]) => routeQuality(route, judged, { risk, mode: modeOf(route) })),
    overrideReasons: reasonsOf(real),
    reviewers: grouped(reviews, ({ decidedBy }) => decidedBy).map(([reviewer, judged]) =>
      reviewerQuality(reviewer, judged, usualCorrections(real, reviewer)),
    ),
    days: grouped(real, ({ decidedAt }) => decidedAt.slice(0, 10)).map(([day, judged]) => ({
      day,
      decided: judged.length,
      corrected: judged.filter(isWrong).length,
      defaulted: judged.filter(({ defaultedAt }) => defaultedAt !== null).length,
      medianSeconds: quantile(judged.map(secondsOpen), 0.5) ?? 0,
    })),
  }
}

/** Whether a person found the suggestion wrong; another owner or other words do not make it so. */
export function isWrong({ outcome }: Pick<JudgedReview, 'outcome'>): boolean {
  if (outcome.kind !== 'overridden') return outcome.kind === 'dismissed'
  const { severity, type, team } = outcome.changes
  return severity !== undefined || type !== undefined || team !== undefined
}

function routeQuality(
  route: string,
  judged: readonly JudgedReview[],
  { risk, mode }: { risk: number; mode: RouteMode },
): RouteQuality {
  const wrong = judged.filter(isWrong).length
  const count = (kind: ReviewOutcome['kind']) =>
    judged.filter(({ outcome }) => outcome.kind === kind).length
  const candidates = judged
    .filter(({ suggested }) => suggested !== 'P1')
    .map((review) => ({ doubt: review.doubt, wrong: isWrong(review) }))
  return {
    route,
    mode,
    decided: judged.length,
    approved: count('approved'),
    overridden: count('overridden'),
    dismissed: count('dismissed'),
    agreement: 1 - wrong / judged.length,
    errorBound: upperErrorBound(wrong, judged.length),
    automatable: automatableShare(candidates, risk),
  }
}

function reviewerQuality(
  reviewer: string,
  judged: readonly JudgedReview[],
  corrections: number,
): ReviewerQuality {
  const real = judged.filter(({ kind }) => kind !== 'known')
  const known = judged.filter(({ expected }) => expected !== null)
  const blind = real.filter((review) => review.blind)
  const seconds = judged.flatMap((review) => secondsAtWork(review) ?? [])
  return {
    reviewer,
    decided: real.length,
    agreement: agreementOf(real) ?? 1,
    medianSeconds: quantile(seconds, 0.5),
    p90Seconds: quantile(seconds, 0.9),
    blindJudged: blind.length,
    blindAgreement: agreementOf(blind),
    knownJudged: known.length,
    knownRight: known.filter(isRight).length,
    rubberStamping: detectRubberStamping(
      looksOf(judged).filter((_, place) => judged[place]?.blind === false),
      corrections,
    ),
  }
}

/**
 * How long a reviewer can have looked at each, in the order of their decisions. A person reads one text at a time, so it
 * is at most the time since the decision before; what is left of a claim is for those that were taken together with it.
 */
function looksOf(judged: readonly JudgedReview[]): readonly Look[] {
  let before: string | undefined
  let left = 0
  return judged.map((review) => {
    const { outcome, expected, words, decidedAt } = review
    const since = before === undefined ? Infinity : secondsBetween(before, decidedAt)
    const claimed = secondsAtWork(review)
    const seconds = claimed === undefined ? since : Math.min(claimed, since + left)
    if (claimed !== undefined) left = Math.max(0, seconds - leastSeconds(words))
    before = decidedAt
    return {
      confirmed: outcome.kind === 'approved',
      ...(expected !== null && { suggestionWas: expected.planted ? 'wrong' : 'right' }),
      ...(Number.isFinite(seconds) && { seconds, words }),
    }
  })
}

function isRight({ expected, fields }: JudgedReview): boolean {
  return (['severity', 'type', 'team'] as const).every(
    (name) => expected?.[name] === undefined || expected[name] === fields[name],
  )
}

/** What the others correct; their own habit is not held up to people as usual. */
function usualCorrections(reviews: readonly JudgedReview[], reviewer: string): number {
  const others = reviews.filter(({ decidedBy, blind }) => decidedBy !== reviewer && !blind)
  // With few others: one in ten.
  return (others.filter(isWrong).length + 1) / (others.length + 10)
}

function agreementOf(reviews: readonly JudgedReview[]): number | null {
  return reviews.length === 0 ? null : 1 - reviews.filter(isWrong).length / reviews.length
}

function reasonsOf(reviews: readonly JudgedReview[]): ReviewQuality['overrideReasons'] {
  const corrected = reviews.filter(({ outcome }) => outcome.kind !== 'approved')
  const reasons = corrected.flatMap(({ outcome }) => countedReasons(outcome.reason ?? ''))
  return grouped(reasons, (reason) => reason)
    .map(([reason, given]) => ({ reason, count: given.length }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MOST_REASONS)
}

function secondsAtWork({ claimedAt, decidedAt }: JudgedReview): number | undefined {
  return claimedAt === null ? undefined : secondsBetween(claimedAt, decidedAt)
}

function secondsOpen({ createdAt, decidedAt }: JudgedReview): number {
  return secondsBetween(createdAt, decidedAt)
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000)
}

/** The smallest value that at least this share does not exceed; null of nothing. */
function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

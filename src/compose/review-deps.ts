import { reviewAsTold } from '../domain/as-told.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { definedOnly } from '../domain/defined-only.ts'
import type { Roster } from '../domain/roster.ts'
import {
  DECIDED_REVIEW_STATES,
  OPEN_REVIEW_STATES,
  REVIEW_STATES,
  type Review,
} from '../domain/review-state.ts'
import { viewOf, type ReviewView } from '../domain/review-view.ts'
import { suggestReviewers } from '../domain/suggest-reviewer.ts'
import type { ReviewDeps, ReviewFilter } from '../http/reviews.ts'
import { reviewQuality } from '../domain/review-quality.ts'
import { DEFAULT_RISK, modeOf } from '../domain/route-mode.ts'
import { reviewTicket } from '../review.ts'
import type { Db } from '../store/db.ts'
import { listReviews, readReviewLoad } from '../store/list-reviews.ts'
import { readJudgedReviews } from '../store/judged-reviews.ts'
import { findReceipt } from '../store/receipts.ts'
import { findReview, transitionReview } from '../store/reviews.ts'

const DAY_MS = 24 * 3_600_000

export type ReviewParts = {
  readonly db: Db
  readonly policy: CompiledPolicy
  readonly roster: () => Promise<Roster>
  readonly now: () => Date
}

/** Joins the review queue of the store to the policy's reviewers. */
export function createReviewDeps({
  db,
  policy,
  roster,
  now,
}: ReviewParts): Pick<ReviewDeps, 'listReviews' | 'findReview' | 'reviewTicket' | 'reviewQuality'> {
  async function show(reviews: readonly Review[]): Promise<readonly ReviewView[]> {
    const at = now()
    const waiting = reviews.some(({ state }) => state === 'pending')
    const load = waiting ? await readReviewLoad(db, at) : {}
    const suggested = suggestReviewers(reviews, policy.reviewers, load, at.getTime())
    return reviews.map((review, place) =>
      viewOf(review, { now: at, suggestedReviewer: suggested[place] ?? null }),
    )
  }
  async function showOne(review: Review): Promise<ReviewView> {
    const [view] = await show([review])
    return view!
  }
  return {
    async listReviews(filter) {
      const { reviews, next } = await listReviews(db, queryOf(filter))
      return { reviews: await show(reviews), next }
    },
    async findReview(id, caller = null) {
      const review = await findReview(db, id)
      if (review === undefined || caller === null) return review && showOne(review)
      return review.caller === caller ? showOne(reviewAsTold(review, now())) : undefined
    },
    async reviewQuality({ days }) {
      const since = new Date(now().getTime() - days * DAY_MS)
      const { demoted } = await roster()
      return reviewQuality(await readJudgedReviews(db, since), {
        since: since.toISOString(),
        risk: policy.policy.review.risk ?? DEFAULT_RISK,
        modeOf: (route) => modeOf(route, policy, { open: {}, ...(demoted && { demoted }) }),
      })
    },
    async reviewTicket(id, request, actor) {
      const result = await reviewTicket(id, request, actor, {
        policy,
        roster,
        findReview: (reviewId) => findReview(db, reviewId),
        findReceipt: async (decisionId) => (await findReceipt(db, decisionId))?.receipt,
        transition: (reviewId, command, by) => transitionReview(db, reviewId, command, by),
        now,
      })
      if (result.ok) return { ok: true, review: await showOne(result.review) }
      return { ...result, current: await showOne(result.current) }
    },
  }
}

function queryOf({ state, kind, ...filter }: ReviewFilter): Parameters<typeof listReviews>[1] {
  return {
    states: statesOf(state),
    ...(kind !== undefined && { kinds: kind === 'held' ? ['held'] : ['sample', 'known'] }),
    ...definedOnly(filter),
  }
}

function statesOf(state: ReviewFilter['state']) {
  if (state === 'open') return OPEN_REVIEW_STATES
  return state === 'decided'
    ? DECIDED_REVIEW_STATES
    : REVIEW_STATES.filter((known) => known === state)
}

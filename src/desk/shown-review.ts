import type { ReviewedFields } from '../domain/review-state.ts'
import type { ReviewView } from '../domain/review-view.ts'

/** A review whose suggestion may be seen: not blind, or decided by now. */
export type ShownReview = ReviewView & ReviewedFields

export function isShown(review: ReviewView): review is ShownReview {
  return review.severity !== null
}

export const isOpen = ({ state }: Pick<ReviewView, 'state'>) =>
  state === 'pending' || state === 'claimed'

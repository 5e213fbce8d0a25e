import type { ReviewOrder } from './review-order.ts'
import { orderOf } from './review-order.ts'
import type { Review, ReviewedFields, ReviewOutcome } from './review-state.ts'
import { holderOf } from './review-state.ts'
import type { SuggestedReviewer } from './suggest-reviewer.ts'

/** A review as people see it: the suggestion of a blind one is null until it is decided. */
export type ReviewView = Pick<
  Review,
  | 'id'
  | 'decisionId'
  | 'ticketId'
  | 'revision'
  | 'state'
  | 'blind'
  | 'fourEyes'
  | 'dueAt'
  | 'backupAt'
  | 'backupToldAt'
  | 'defaultedAt'
  | 'claimedBy'
  | 'claimedAt'
  | 'leaseUntil'
  | 'decidedBy'
  | 'decidedAt'
  | 'outcome'
  | 'changedAt'
  | 'supersededBy'
  | 'version'
  | 'createdAt'
> & { readonly [K in keyof ReviewedFields]: ReviewedFields[K] | null } & {
  /** An item with a known answer is shown as a sample: who knows that it is one judges otherwise. */
  readonly kind: 'held' | 'sample'
  /** Null for samples: nobody sent an item with a known answer. */
  readonly caller: string | null
  readonly proposal: {
    readonly by: string
    readonly at: string
    /** Null while it is hidden. */
    readonly outcome: ReviewOutcome | null
  } | null
  /** Until then its decider may take the decision back, and nobody outside is told. */
  readonly undoUntil: string | null
  readonly order: ReviewOrder
  /** Why is hidden like the suggestion, which it would name. */
  readonly suggestedReviewer:
    | (Omit<SuggestedReviewer, 'because'> & { readonly because: string | null })
    | null
}

/** A claim whose lease is over is shown as what it is: nobody's. */
export function viewOf(
  review: Review,
  { now, suggestedReviewer }: { now: Date; suggestedReviewer: SuggestedReviewer | null },
): ReviewView {
  const { kind, proposal, undo, ...rest } = withoutWeight(review)
  const isOpen = review.state === 'pending' || review.state === 'claimed'
  const lapsed = review.state === 'claimed' && holderOf(review, now) === null
  const undoable = undo !== null && Date.parse(undo.until) > now.getTime()
  const hidden = review.blind && isOpen
  return {
    ...rest,
    ...(lapsed &&
      ({ state: 'pending', claimedBy: null, claimedAt: null, leaseUntil: null } as const)),
    ...(hidden && { severity: null, type: null, team: null, owner: null, backup: null }),
    kind: kind === 'held' ? 'held' : 'sample',
    caller: kind === 'held' ? review.caller : null,
    proposal:
      proposal === null
        ? null
        : { by: proposal.by, at: proposal.at, outcome: hidden ? null : proposal.outcome },
    undoUntil: undoable ? undo.until : null,
    order: orderShown(review, now),
    suggestedReviewer: suggestedReviewer && {
      ...suggestedReviewer,
      because: hidden ? null : suggestedReviewer.because,
    },
  }
}

function withoutWeight({
  consequence: _consequence,
  doubt: _doubt,
  orderBecause: _because,
  ...review
}: Review) {
  return review
}

/** The weight of a blind review would give its severity away, the doubt of a sample whether its answer is known. */
function orderShown(review: Review, now: Date): ReviewOrder {
  const { kind, blind, state, dueAt, severity } = review
  if (blind && (state === 'pending' || state === 'claimed')) {
    const orderBecause = 'hidden until you have judged'
    return orderOf({ consequence: 1, doubt: 1, orderBecause, dueAt }, now)
  }
  const sample = { ...review, doubt: 1, orderBecause: `${severity}, a sample` }
  return orderOf(kind === 'held' ? review : sample, now)
}

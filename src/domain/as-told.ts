import type { Severity, TicketType } from './labels.ts'
import type { Review, ReviewedFields, Undo } from './review-state.ts'
import { isWithdrawn } from './review-state.ts'

/*
 * What those outside may know. A decision that can still be taken back has not left the house, and what one of two
 * people proposes never does.
 */

const UNDECIDED = {
  claimedBy: null,
  claimedAt: null,
  decidedBy: null,
  decidedAt: null,
  outcome: null,
  undo: null,
} as const

/** A review as a platform may see it. */
export function reviewAsTold(review: Review, now: Date): Review {
  const told: Review = { ...review, proposal: null }
  if (isWithdrawn(review)) return { ...told, ...UNDECIDED, state: 'superseded' }
  if (review.undo === null || Date.parse(review.undo.until) <= now.getTime()) return told
  return { ...told, ...review.undo.fields, ...UNDECIDED, state: 'pending' }
}

/** A decision about a ticket that can still be taken back. */
export type Untold = Pick<Undo, 'fields' | 'clocks'> & {
  readonly decidedAt: string
  /** How the ticket stood before. */
  readonly standing: 'held' | 'auto'
}

type Ticket = ReviewedFields & {
  readonly standing: string
  readonly decision: { readonly severity: Severity; readonly held: boolean }
  readonly type: TicketType
  readonly clocks: readonly { readonly kind: string }[]
}

/** A ticket as it stood before a decision that nobody outside knows. */
export function ticketAsTold<T extends Ticket>(ticket: T, { fields, standing, clocks }: Untold): T {
  const { severity } = fields
  return {
    ...ticket,
    ...fields,
    standing,
    decision: { ...ticket.decision, severity, held: standing === 'held' },
    clocks: ticket.clocks.map((clock) => ({
      ...clock,
      ...clocks.find(({ kind }) => kind === clock.kind),
    })),
  }
}

type Entry = {
  readonly at: string
  readonly action: string
  readonly before: unknown
  readonly after: unknown
  readonly reason: string | null
}

/** Who did what to a ticket and when; of reviews without what they made of it. */
export function historyAsTold<T extends Entry>(
  entries: readonly T[],
  untold: Untold | undefined,
): readonly T[] {
  return entries
    .filter(({ action, at }) => !isReview(action) || isTold(at, untold))
    .map((entry) =>
      isReview(entry.action)
        ? {
            ...entry,
            before: null,
            after: null,
            reason: entry.action === 'review.proposed' ? null : entry.reason,
          }
        : entry,
    )
}

const isReview = (action: string) => action.startsWith('review.')

/** Whether what happened to a review then may be known. */
export const isTold = (at: string, untold: Untold | undefined) =>
  untold === undefined || Date.parse(at) < Date.parse(untold.decidedAt)

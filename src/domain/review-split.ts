import { shareOf } from './share-of.ts'

/** Share of customers that are kept for testing. */
const TEST_SHARE = 0.2

/**
 * Which part of a data set a decided review belongs to. A customer is in one part only, and with `testFrom` so is every
 * day: tests come from test customers after it, training from the others before it, and the rest is in neither, so that
 * nothing learnt from can be met again.
 */
export function splitOf(
  review: { readonly customer: string; readonly decidedAt: string },
  testFrom?: Date,
): 'train' | 'test' | 'neither' {
  const isTest = shareOf(review.customer, 'split') < TEST_SHARE
  if (testFrom === undefined) return isTest ? 'test' : 'train'
  const isLate = Date.parse(review.decidedAt) >= testFrom.getTime()
  if (isTest !== isLate) return 'neither'
  return isTest ? 'test' : 'train'
}

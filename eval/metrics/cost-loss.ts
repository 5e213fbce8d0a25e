import type { Costs } from '../../src/domain/costs.ts'
import { meanOf } from './pair.ts'
import { isCritical, stepsOver, stepsUnder, type Judged } from './severity-range.ts'

/** Mean cost of a decision. Errors are not alike: a missed critical is not one needless review. */
export function costLoss(cases: readonly Judged[], costs: Costs): number | null {
  return meanOf(cases.map((each) => costOf(each, costs)))
}

/** Cost of one decision. */
export function costOf(judged: Judged, costs: Costs): number {
  const review = judged.held ? costs.review : 0
  const over = stepsOver(judged) * costs.overStep
  if (!isCritical(judged)) return review + over + stepsUnder(judged) * costs.underStep
  if (judged.decided === 'P1') return review
  return review + (judged.held ? costs.heldCritical : costs.unseenCritical)
}

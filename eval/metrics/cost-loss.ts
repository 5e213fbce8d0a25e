import { meanOf } from './pair.ts'
import { isCritical, stepsOver, stepsUnder, type Judged } from './severity-range.ts'

/** What an error costs, in one unit of your choice (minutes of an agent, say). */
export type Costs = {
  /** A critical case that is not P1 and that nobody is asked about. */
  readonly unseenCritical: number
  /** A critical case that is not P1 but held. */
  readonly heldCritical: number
  /** Per step too low, for the other cases. */
  readonly underStep: number
  /** Per step too high. */
  readonly overStep: number
  /** A person looks at it. */
  readonly review: number
}

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

import { shareOf } from './pair.ts'
import { isCritical, isNonCritical, stepsUnder, type Judged } from './severity-range.ts'

/** Critical cases decided P1 ÷ critical cases. */
export function criticalRecall(cases: readonly Judged[]): number | null {
  const critical = cases.filter(isCritical)
  return shareOf(critical.filter(({ decided }) => decided === 'P1').length, critical.length)
}

/** Critical cases that are neither P1 nor held: nobody looks at them in time. */
export function unseenCriticals(cases: readonly Judged[]): number | null {
  const critical = cases.filter(isCritical)
  const unseen = critical.filter(({ decided, held }) => decided !== 'P1' && !held)
  return shareOf(unseen.length, critical.length)
}

/** Cases decided less severe than anything acceptable ÷ cases. */
export function underEscalation(cases: readonly Judged[]): number | null {
  return shareOf(cases.filter((each) => stepsUnder(each) > 0).length, cases.length)
}

/** Non-critical cases decided P1 ÷ non-critical cases. */
export function overEscalation(cases: readonly Judged[]): number | null {
  const others = cases.filter(isNonCritical)
  return shareOf(others.filter(({ decided }) => decided === 'P1').length, others.length)
}

import type { Claim } from './calibration.ts'
import { meanOf } from './pair.ts'

/** Error rate among the share of cases that the scorer was surest of. */
export type CoveragePoint = {
  readonly coverage: number
  readonly risk: number
  /** Least confidence that is still accepted here. */
  readonly threshold: number
}

/**
 * Risk at every coverage 1/n … 1 (El-Yaniv & Wiener 2010). Equal confidences have no order, so inside a tie the
 * errors are spread evenly.
 */
export function riskCoverage(claims: readonly Claim[]): readonly CoveragePoint[] {
  const sorted = claims.toSorted((a, b) => b.confidence - a.confidence)
  const points: CoveragePoint[] = []
  let errorsBefore = 0
  for (let start = 0; start < sorted.length;) {
    const threshold = sorted[start]!.confidence
    let end = start
    let errors = 0
    while (end < sorted.length && sorted[end]!.confidence === threshold) {
      if (!sorted[end]!.correct) errors += 1
      end += 1
    }
    for (let taken = 1; taken <= end - start; taken += 1) {
      const accepted = start + taken
      const expectedErrors = errorsBefore + (errors * taken) / (end - start)
      points.push({
        coverage: accepted / sorted.length,
        risk: expectedErrors / accepted,
        threshold,
      })
    }
    errorsBefore += errors
    start = end
  }
  return points
}

/** Area under the risk–coverage curve: the mean risk over all coverages (Geifman et al. 2019). */
export function areaUnderRiskCoverage(claims: readonly Claim[]): number | null {
  return meanOf(riskCoverage(claims).map(({ risk }) => risk))
}

import { meanOf } from './pair.ts'

/** How sure a scorer was and whether it was right. */
export type Claim = { readonly confidence: number; readonly correct: boolean }

export type ReliabilityBin = {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Null for an empty bin. */
  readonly confidence: number | null
  readonly accuracy: number | null
}

/** Equal-width bins over 0 to 1; the last one holds 1 (Guo et al. 2017). */
export function reliabilityBins(claims: readonly Claim[], bins = 10): readonly ReliabilityBin[] {
  return Array.from({ length: bins }, (_, at) => {
    const inside = claims.filter(
      ({ confidence }) => Math.min(bins - 1, Math.floor(confidence * bins)) === at,
    )
    return {
      from: at / bins,
      to: (at + 1) / bins,
      count: inside.length,
      confidence: meanOf(inside.map(({ confidence }) => confidence)),
      accuracy: meanOf(inside.map(({ correct }) => Number(correct))),
    }
  })
}

/** Expected calibration error: mean gap of confidence and accuracy, weighted by the size of the bin. */
export function calibrationError(claims: readonly Claim[], bins = 10): number | null {
  if (claims.length === 0) return null
  return reliabilityBins(claims, bins).reduce((sum, { count, confidence, accuracy }) => {
    if (confidence === null || accuracy === null) return sum
    return sum + (count / claims.length) * Math.abs(confidence - accuracy)
  }, 0)
}

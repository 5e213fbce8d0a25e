/** A value that one of the two never had counts as half an observation: its logarithm would be infinite. */
const SMOOTHING = 0.5

/**
 * Population stability index: Σ (live − base) × ln(live ÷ base) over the shares of every value. Below 0.1 the two are
 * alike, above 0.25 they are not (Siddiqi, Credit Risk Scorecards, 2006). Null when either is empty.
 */
export function populationStability(
  base: readonly string[],
  live: readonly string[],
): number | null {
  if (base.length === 0 || live.length === 0) return null
  const values = [...new Set([...base, ...live])]
  const inBase = sharesOf(base, values)
  const inLive = sharesOf(live, values)
  return values.reduce(
    (sum, _, at) => sum + (inLive[at]! - inBase[at]!) * Math.log(inLive[at]! / inBase[at]!),
    0,
  )
}

function sharesOf(items: readonly string[], values: readonly string[]): readonly number[] {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  const smoothed = values.map((value) => counts.get(value) ?? SMOOTHING)
  const total = smoothed.reduce((sum, count) => sum + count, 0)
  return smoothed.map((count) => count / total)
}

/** Quantile with linear interpolation between the two nearest values (Hyndman–Fan type 7, numpy's default). */
export function percentile(values: readonly number[], share: number): number | null {
  return percentileOfSorted(
    values.toSorted((a, b) => a - b),
    share,
  )
}

/** The same for values that are sorted already. */
export function percentileOfSorted(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}

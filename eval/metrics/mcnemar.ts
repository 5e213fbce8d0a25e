export type McNemar = {
  /** A right and B wrong. */
  readonly onlyA: number
  readonly onlyB: number
  /** Two-sided exact binomial; null when the two never differ. */
  readonly pValue: number | null
}

/**
 * McNemar's test in its exact form: among the cases on which two runs differ, does one win more than a fair coin
 * would? The exact form needs no minimum count.
 */
export function mcnemar(pairs: readonly { readonly a: boolean; readonly b: boolean }[]): McNemar {
  const onlyA = pairs.filter(({ a, b }) => a && !b).length
  const onlyB = pairs.filter(({ a, b }) => b && !a).length
  return { onlyA, onlyB, pValue: fairCoin(Math.min(onlyA, onlyB), onlyA + onlyB) }
}

/** Two-sided p-value of `fewer` heads in `tosses` fair tosses. */
function fairCoin(fewer: number, tosses: number): number | null {
  if (tosses === 0) return null
  // log of C(tosses, k) ÷ 2^tosses, one factor at a time: no overflow at any size.
  let logTerm = -tosses * Math.LN2
  let tail = 0
  for (let heads = 0; heads <= fewer; heads += 1) {
    if (heads > 0) logTerm += Math.log((tosses - heads + 1) / heads)
    tail += Math.exp(logTerm)
  }
  return Math.min(1, 2 * tail)
}

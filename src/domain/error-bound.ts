/**
 * The error rate that `errors` in `judged` independent cases speak against only with probability 1 − `confidence`:
 * the exact one-sided upper bound of Clopper and Pearson (Biometrika 26, 1934). 1 when nothing was judged.
 */
export function upperErrorBound(errors: number, judged: number, confidence = 0.95): number {
  if (errors >= judged) return 1
  let low = errors / judged
  let high = 1
  // The chance of so few errors falls as the rate rises; 60 halvings leave nothing to a double.
  for (let step = 0; step < 60; step++) {
    const rate = (low + high) / 2
    if (chanceOfAtMost(errors, judged, rate) > 1 - confidence) low = rate
    else high = rate
  }
  return high
}

/** P(X ≤ k) for X binomial, summed from the largest term down in logarithms, so that it never underflows. */
function chanceOfAtMost(k: number, n: number, rate: number): number {
  const odds = Math.log(rate) - Math.log1p(-rate)
  let term = n * Math.log1p(-rate)
  const terms = [term]
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + odds
    terms.push(term)
  }
  const largest = Math.max(...terms)
  return Math.exp(largest) * terms.reduce((sum, one) => sum + Math.exp(one - largest), 0)
}

/** A judged case and how much the suggestion was in doubt. */
export type Judged = { readonly doubt: number; readonly wrong: boolean }

export type Automatable = {
  /** Of the judged cases, the least doubtful share whose error bound stays within the risk; 0 when there is none. */
  readonly share: number
  /** Up to this doubt. */
  readonly doubt: number
  readonly errorBound: number
}

/** Shares that are looked at. Each is a test of its own, so each bound is held at confidence 1 − 0.05 / 10. */
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const

/** How much of a route could run without a person at this risk (selective prediction: Geifman and El-Yaniv, 2017). */
export function automatableShare(judged: readonly Judged[], risk: number): Automatable {
  const sorted = judged.toSorted((a, b) => a.doubt - b.doubt)
  let best: Automatable = { share: 0, doubt: 0, errorBound: 1 }
  for (const share of SHARES) {
    const taken = sorted.slice(0, Math.floor(share * sorted.length))
    if (taken.length === 0) continue
    const errors = taken.filter(({ wrong }) => wrong).length
    const errorBound = upperErrorBound(errors, taken.length, 1 - 0.05 / SHARES.length)
    if (errorBound <= risk) best = { share, doubt: taken.at(-1)!.doubt, errorBound }
  }
  return best
}

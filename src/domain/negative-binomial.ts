/**
 * P(X ≥ n) for counts with this mean and variance: negative binomial, and Poisson where the variance is no larger than
 * the mean. The tail is the regularised incomplete beta function I(q; n, r) with r = mean² ÷ (variance − mean) and
 * q = 1 − mean ÷ variance (Johnson, Kemp and Kotz 2005, 5.6), exact also where it is very small.
 */
export function upperTail(n: number, mean: number, variance: number): number {
  if (n <= 0) return 1
  if (mean <= 0) return 0
  const spread = Math.max(variance, mean * LEAST_DISPERSION)
  const size = (mean * mean) / (spread - mean)
  return regularisedBeta(1 - mean / spread, n, size)
}

/** Close enough to Poisson, and still a number to divide by. */
const LEAST_DISPERSION = 1.001

/** I(x; a, b) by its continued fraction (DLMF 8.17.22), on the side where it converges fast. */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a)
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  )
  return Math.min(1, (front * betaFraction(x, a, b)) / a)
}

const STEPS = 500
const TINY = 1e-300

/** Modified Lentz. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    value *= d * c
    if (Math.abs(d * c - 1) < 1e-12) break
  }
  return value
}

const nonZero = (value: number) => (Math.abs(value) < TINY ? TINY : value)

/** Lanczos (1964) with g = 7, about 15 digits for positive arguments. */
function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z)
  const x = z - 1
  let sum: number = LANCZOS[0]
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x + i)
  const t = x + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum)
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const

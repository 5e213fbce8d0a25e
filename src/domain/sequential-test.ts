/** Evidence that adds up, case by case (Page's CUSUM over log-likelihood ratios, Biometrika 41, 1954). */
export type Evidence = {
  /** What speaks for the change since it may have begun; never below 0. */
  readonly sum: number
  /** At which case (from 1) the sum first reached the threshold; null: not yet. */
  readonly flaggedAt: number | null
}

/** `ratios` are log(P(case | changed) / P(case | as usual)) in order of time. */
export function accumulate(ratios: readonly number[], threshold: number): Evidence {
  let sum = 0
  let flaggedAt: number | null = null
  for (const [index, ratio] of ratios.entries()) {
    sum = Math.max(0, sum + ratio)
    if (flaggedAt === null && sum >= threshold) flaggedAt = index + 1
  }
  return { sum, flaggedAt }
}

/** The log-likelihood ratio of a yes or no whose chance is `usual` normally and `changed` otherwise. */
export function evidenceOf(yes: boolean, usual: number, changed: number): number {
  return yes ? Math.log(changed / usual) : Math.log((1 - changed) / (1 - usual))
}

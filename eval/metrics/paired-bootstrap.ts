import { bootstrapInterval, type BootstrapOptions, type Interval } from './bootstrap.ts'

export type PairedDifference = {
  /** Statistic of B minus statistic of A on the same cases. */
  readonly difference: number
  readonly interval: Interval
  /** True when 0 lies outside the interval. */
  readonly isDifferent: boolean
}

/** Interval of a difference between two runs; each resample draws the same cases for both, so case difficulty cancels. */
export function pairedBootstrap<T>(
  cases: readonly { readonly a: T; readonly b: T }[],
  statistic: (sample: readonly T[]) => number | null,
  options: BootstrapOptions<{ readonly a: T; readonly b: T }> = {},
): PairedDifference | null {
  function differenceOf(sample: readonly { readonly a: T; readonly b: T }[]): number | null {
    const valueOfA = statistic(sample.map(({ a }) => a))
    const valueOfB = statistic(sample.map(({ b }) => b))
    return valueOfA === null || valueOfB === null ? null : valueOfB - valueOfA
  }
  const difference = differenceOf(cases)
  if (difference === null) return null
  const interval = bootstrapInterval(cases, differenceOf, options)
  if (interval === null) return null
  return { difference, interval, isDifferent: interval.low > 0 || interval.high < 0 }
}

import { meanOf, type Pair } from './pair.ts'

/** Mean absolute error on a scale whose steps count the same: P1 decided P3 is two steps. */
export function ordinalError(pairs: readonly Pair<number>[]): number | null {
  return meanOf(pairs.map(({ expected, actual }) => Math.abs(expected - actual)))
}

import { percentileOfSorted } from './percentile.ts'
import { createRandom } from './random.ts'

export type Interval = { readonly low: number; readonly high: number }
export type Statistic<T> = (sample: readonly T[]) => number | null

export type BootstrapOptions<T> = {
  /** Items with the same key are drawn together: one customer's tickets are not independent. */
  readonly clusterOf?: (item: T) => string
  readonly resamples?: number
  readonly level?: number
  readonly seed?: number
}

const RESAMPLES = 1000
const LEVEL = 0.95
const SEED = 20_260_101

/** Percentile bootstrap (Efron 1979), clustered when `clusterOf` is given. Null when the statistic is undefined. */
export function bootstrapInterval<T>(
  items: readonly T[],
  statistic: Statistic<T>,
  options: BootstrapOptions<T> = {},
): Interval | null {
  if (statistic(items) === null) return null
  const drawn = drawStatistics(clustersOf(items, options.clusterOf), statistic, options)
  const level = options.level ?? LEVEL
  const low = percentileOfSorted(drawn, (1 - level) / 2)
  const high = percentileOfSorted(drawn, (1 + level) / 2)
  return low === null || high === null ? null : { low, high }
}

/**
 * The same for a share. A share of exactly 0 or 1 stays so in every resample, which says nothing about what was never
 * seen, so its open end is the exact binomial bound for that many clusters: 1.0 on 150 cases is [0.976, 1].
 */
export function shareInterval<T>(
  items: readonly T[],
  share: Statistic<T>,
  options: BootstrapOptions<T> = {},
): Interval | null {
  const value = share(items)
  if (value !== 0 && value !== 1) return bootstrapInterval(items, share, options)
  const clusters = clustersOf(items, options.clusterOf)
  const observed = clusters.filter((cluster) => share(cluster) !== null).length
  return constantShareBound(value, observed, options.level ?? LEVEL)
}

/** The two-sided exact binomial bound of a share that was 0 or 1 on every one of `observed` clusters. */
export function constantShareBound(value: 0 | 1, observed: number, level: number): Interval {
  const slack = 1 - ((1 - level) / 2) ** (1 / observed)
  return value === 1 ? { low: 1 - slack, high: 1 } : { low: 0, high: slack }
}

/** Statistics of the resamples, sorted; those on which it is undefined are left out. */
export function drawCounts(
  clusters: number,
  { resamples = RESAMPLES, seed = SEED }: { readonly resamples?: number; readonly seed?: number },
  statisticOf: (draw: () => number, size: number) => number | null,
): readonly number[] {
  const random = createRandom(seed)
  const draw = () => Math.floor(random() * clusters)
  const drawn: number[] = []
  for (let round = 0; round < resamples; round += 1) {
    const value = statisticOf(draw, clusters)
    if (value !== null) drawn.push(value)
  }
  return drawn.sort((a, b) => a - b)
}

function drawStatistics<T>(
  clusters: readonly (readonly T[])[],
  statistic: Statistic<T>,
  options: BootstrapOptions<T>,
): readonly number[] {
  return drawCounts(clusters.length, options, (draw, size) => {
    const sample: T[] = []
    for (let place = 0; place < size; place += 1)
      for (const item of clusters[draw()]!) sample.push(item)
    return statistic(sample)
  })
}

function clustersOf<T>(
  items: readonly T[],
  clusterOf: ((item: T) => string) | undefined,
): readonly (readonly T[])[] {
  if (clusterOf === undefined) return items.map((item) => [item])
  const clusters = new Map<string, T[]>()
  for (const item of items) {
    const key = clusterOf(item)
    const cluster = clusters.get(key)
    if (cluster === undefined) clusters.set(key, [item])
    else cluster.push(item)
  }
  return [...clusters.values()]
}

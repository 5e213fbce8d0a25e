import {
  type BootstrapOptions,
  constantShareBound,
  drawCounts,
  type Interval,
} from './bootstrap.ts'
import { percentileOfSorted } from './percentile.ts'

/**
 * The interval of `bootstrapInterval` for a statistic that is the mean of one value per item (null: not counted), from
 * sums per cluster: the same draws, the same result, without building a sample each time.
 */
export function meanInterval<T>(
  items: readonly T[],
  valueOf: (item: T) => number | null,
  options: BootstrapOptions<T> & { readonly isShare: boolean },
): Interval | null {
  const { sums, counts } = sumClusters(items, valueOf, options.clusterOf)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const mean = sums.reduce((sum, value) => sum + value, 0) / total
  const level = options.level ?? 0.95
  if (options.isShare && (mean === 0 || mean === 1))
    return constantShareBound(mean, counts.filter((count) => count > 0).length, level)
  const drawn = drawCounts(sums.length, options, (draw, size) => {
    let sum = 0
    let count = 0
    for (let place = 0; place < size; place += 1) {
      const cluster = draw()
      sum += sums[cluster]!
      count += counts[cluster]!
    }
    return count === 0 ? null : sum / count
  })
  const low = percentileOfSorted(drawn, (1 - level) / 2)
  const high = percentileOfSorted(drawn, (1 + level) / 2)
  return low === null || high === null ? null : { low, high }
}

function sumClusters<T>(
  items: readonly T[],
  valueOf: (item: T) => number | null,
  clusterOf: ((item: T) => string) | undefined,
): { readonly sums: readonly number[]; readonly counts: readonly number[] } {
  const places = new Map<string, number>()
  const sums: number[] = []
  const counts: number[] = []
  for (const [at, item] of items.entries()) {
    const key = clusterOf?.(item) ?? String(at)
    const place = places.get(key) ?? places.size
    if (place === places.size) {
      places.set(key, place)
      sums.push(0)
      counts.push(0)
    }
    const value = valueOf(item)
    if (value === null) continue
    sums[place]! += value
    counts[place]! += 1
  }
  return { sums, counts }
}

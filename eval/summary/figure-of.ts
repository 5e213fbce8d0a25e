import type { Costs } from '../../src/domain/costs.ts'
import type { Graded } from '../grade/graded.ts'
import { bootstrapInterval, shareInterval, type Interval } from '../metrics/bootstrap.ts'
import { meanInterval } from '../metrics/mean-bootstrap.ts'
import type { MetricName } from './metric-names.ts'
import { METRICS } from './metrics.ts'

export type Figure = { readonly value: number | null; readonly interval: Interval | null }

/** One figure of graded cases with its 95 % interval, clustered by customer; counts have none. */
export function figureOf(
  name: MetricName,
  cases: readonly Graded[],
  { costs, resamples }: { readonly costs: Costs; readonly resamples: number },
): Figure {
  const { unit, isMean, groups, value } = METRICS[name]
  const of = (sample: readonly Graded[]) => value(sample, costs)
  const isShare = unit === 'share'
  const options = { clusterOf: ({ cluster }: { cluster: string }) => cluster, resamples, isShare }
  return { value: of(cases), interval: intervalOf() }

  function intervalOf(): Interval | null {
    if (unit === 'count') return null
    if (groups !== undefined) return meanInterval(groups(cases), (each) => each.value, options)
    if (isMean) return meanInterval(cases, (each) => of([each]), options)
    return (isShare ? shareInterval : bootstrapInterval)(cases, of, options)
  }
}

import type { MetricName } from '../summary/metric-names.ts'
import { describeSlice, type SliceFilter } from '../summary/slices.ts'
import type { Gate } from '../suite/suite-definition.ts'

export type GateResult = {
  readonly metric: MetricName
  readonly slice?: SliceFilter
  /** The bound, and where the gate is about a slice, which. */
  readonly limit: string
  readonly value: number | null
  /** The two halves of the suite apart: a sealed half that is worse means that something was tuned on the open one. */
  readonly open: number | null
  readonly sealed: number | null
  readonly passed: boolean
}

/** What a gate reads: one figure over the suite or over one slice of it. */
export type GateValues = Pick<GateResult, 'value' | 'open' | 'sealed'> & {
  /** Cases that were decided. */
  readonly cases: number
}

/** A figure that is not defined fails its gate, and so does a slice without cases: nothing was shown. */
export function evaluateGates(
  gates: readonly Gate[],
  read: (metric: MetricName, slice: SliceFilter | undefined) => GateValues,
): readonly GateResult[] {
  return gates.map(({ metric, at_least, at_most, slice }) => {
    const { cases, ...values } = read(metric, slice)
    const { value } = values
    const holds = (limit: number | undefined, fits: (value: number, limit: number) => boolean) =>
      limit === undefined || (value !== null && fits(value, limit))
    const bounds = [
      ...(at_least === undefined ? [] : [`≥ ${at_least}`]),
      ...(at_most === undefined ? [] : [`≤ ${at_most}`]),
    ].join(' and ')
    return {
      metric,
      ...(slice !== undefined && { slice }),
      limit: slice === undefined ? bounds : `${bounds} where ${describeSlice(slice)}`,
      ...values,
      passed:
        cases > 0 &&
        holds(at_least, (value, limit) => value >= limit) &&
        holds(at_most, (value, limit) => value <= limit),
    }
  })
}

import type { MetricName } from '../summary/metric-names.ts'
import type { Figures, Values } from '../summary/summarise.ts'
import type { Half } from '../suite/eval-case.ts'
import type { Gate } from '../suite/suite-definition.ts'

export type GateResult = {
  readonly metric: MetricName
  readonly limit: string
  readonly value: number | null
  /** The two halves of the suite apart: a sealed half that is worse means that something was tuned on the open one. */
  readonly open: number | null
  readonly sealed: number | null
  readonly passed: boolean
}

/** A figure that is not defined on the suite fails its gate: nothing was shown. */
export function evaluateGates(
  gates: readonly Gate[],
  figures: Figures,
  halves: Readonly<Record<Half, Values>>,
): readonly GateResult[] {
  return gates.map(({ metric, at_least, at_most }) => {
    const { value } = figures[metric]
    const holds = (limit: number | undefined, fits: (value: number, limit: number) => boolean) =>
      limit === undefined || (value !== null && fits(value, limit))
    return {
      metric,
      limit: [
        ...(at_least === undefined ? [] : [`≥ ${at_least}`]),
        ...(at_most === undefined ? [] : [`≤ ${at_most}`]),
      ].join(' and '),
      value,
      open: halves.open[metric],
      sealed: halves.sealed[metric],
      passed:
        holds(at_least, (value, limit) => value >= limit) &&
        holds(at_most, (value, limit) => value <= limit),
    }
  })
}

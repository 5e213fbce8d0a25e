import type { Figure } from '../summary/figure-of.ts'
import type { Metric } from '../summary/metrics.ts'

/** A figure for people; what is not defined is "n/a", never 0. */
export function showValue(value: number | null, unit: Metric['unit']): string {
  if (value === null) return 'n/a'
  switch (unit) {
    case 'share':
      return `${(value * 100).toFixed(1)} %`
    case 'ms':
      return `${value.toFixed(value < 10 ? 2 : 0)} ms`
    case 'minutes':
      return `${value.toFixed(1)} min`
    case 'count':
      return String(value)
    case 'number':
      return value.toFixed(3)
  }
  return unit satisfies never
}

/** The 95 % interval in the unit of its figure, or nothing. */
export function showInterval({ interval }: Figure, unit: Metric['unit']): string {
  if (interval === null) return ''
  const scale = unit === 'share' ? 100 : 1
  const digits = unit === 'share' || unit === 'minutes' ? 1 : unit === 'ms' ? 0 : 3
  return `[${(interval.low * scale).toFixed(digits)}, ${(interval.high * scale).toFixed(digits)}]`
}

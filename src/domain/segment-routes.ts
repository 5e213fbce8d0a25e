import type { CompiledPolicy, CompiledRule } from './compile-policy.ts'
import type { CompiledCondition } from './condition.ts'
import type { Route } from './policy.ts'

export type SegmentRoute = CompiledRule<Route> & {
  readonly segment: string
  /** Place among the routes of its segment. */
  readonly place: number
}

/** The routes that segments bring along, each with its segment's condition in front: they go before the general ones. */
export function segmentRoutes({ segments }: CompiledPolicy): readonly SegmentRoute[] {
  return segments.flatMap(({ id, condition, routes }) =>
    routes.map((route, place) => ({
      ...route,
      condition: both(condition, route.condition),
      segment: id,
      place,
    })),
  )
}

function both(first: CompiledCondition, second: CompiledCondition): CompiledCondition {
  return {
    kind: 'all',
    parts: [first, second],
    holds: (values) => first.holds(values) && second.holds(values),
  }
}

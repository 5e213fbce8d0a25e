import type { CompiledPolicy } from './compile-policy.ts'
import type { RouteMode } from './policy.ts'
import { ROUTE_MODES } from './policy.ts'
import type { Roster } from './roster.ts'
import { accumulate, evidenceOf } from './sequential-test.ts'

/** Share of wrong decisions that automation may make where the policy says none. */
export const DEFAULT_RISK = 0.05

/** The less of two modes. */
export function lesserMode(a: RouteMode, b: RouteMode): RouteMode {
  return ROUTE_MODES.indexOf(a) <= ROUTE_MODES.indexOf(b) ? a : b
}

/** What the policy says of a route, whichever segment has it. */
export function statedMode(route: string, { policy }: CompiledPolicy): RouteMode {
  const routes = [policy.routes, ...(policy.segments ?? []).map((segment) => segment.routes)].flat()
  return routes.find(({ id }) => id === route)?.mode ?? 'auto'
}

/** The same, or less while the route is demoted. */
export function modeOf(route: string, policy: CompiledPolicy, { demoted }: Roster): RouteMode {
  const stated = statedMode(route, policy)
  return demoted?.includes(route) ? lesserMode(stated, 'suggest') : stated
}

/** Odds of a hundred to one before a route loses its mode. */
const THRESHOLD = Math.log(100)

export type Drift = {
  readonly flagged: boolean
  readonly judged: number
  readonly wrong: number
  readonly sentence: string
}

/**
 * Whether a route's automatic decisions have become worse than the policy's risk: evidence for twice the risk (and five
 * points more) against the risk, sampled decision by sampled decision, oldest first; true is wrong.
 */
export function detectDrift(samples: readonly boolean[], risk: number): Drift {
  const usual = Math.min(0.4, Math.max(0.005, risk))
  const changed = Math.min(0.9, 2 * usual + 0.05)
  const { flaggedAt } = accumulate(
    samples.map((wrong) => evidenceOf(wrong, usual, changed)),
    THRESHOLD,
  )
  const wrong = samples.filter(Boolean).length
  const share = `${wrong} of ${samples.length} sampled decisions were wrong`
  return {
    flagged: flaggedAt !== null,
    judged: samples.length,
    wrong,
    sentence: `${share}, and the policy accepts ${Math.round(risk * 100)} %`,
  }
}

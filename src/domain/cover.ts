import { assign } from './assign.ts'
import { addWorkingMs } from './calendar.ts'
import type { CompiledPolicy } from './compile-policy.ts'
import type { Severity } from './labels.ts'
import type { Roster } from './roster.ts'
import { segmentRoutes } from './segment-routes.ts'
import { MINUTE_MS } from './working-intervals.ts'

/** A route that has nobody but the last resort at some time when one person is gone, and had somebody before. */
export type LostCover = {
  readonly route: string
  readonly team: string
  readonly minutes: number
  readonly firstMs: number
}

export type CoverSpan = {
  readonly fromMs: number
  readonly untilMs: number
  /** People's hours, leave and clock changes fall on quarters of an hour. */
  readonly stepMs?: number
  /** Whose first response must be kept; P1 asks the most. */
  readonly severity?: Severity
}

/** The routes that lose cover when the person leaves, by id: exactly those where somebody else is missing then. */
export function routesLosingCover(
  policy: CompiledPolicy,
  person: string,
  { fromMs, untilMs, stepMs = 15 * MINUTE_MS, severity = 'P1' }: CoverSpan,
): readonly LostCover[] {
  const routes = [
    ...[...policy.routes, ...segmentRoutes(policy)].map(({ rule: { id, team } }) => ({ id, team })),
    { id: 'otherwise', team: policy.otherwise.team },
  ]
  const byTeam = new Map<string, Omit<LostCover, 'route' | 'team'> | null>()
  return routes
    .flatMap(({ id, team }) => {
      if (!byTeam.has(team)) byTeam.set(team, lostBy(team))
      const lost = byTeam.get(team)
      return lost ? { route: id, team, ...lost } : []
    })
    .toSorted((a, b) => (a.route < b.route ? -1 : 1))

  function lostBy(id: string): Omit<LostCover, 'route' | 'team'> | null {
    const team = policy.teams.get(id)
    if (team === undefined) return null
    const { target, calendar } = policy.timers[severity].first_response
    let firstMs: number | null = null
    let minutes = 0
    for (let nowMs = fromMs; nowMs < untilMs; nowMs += stepMs) {
      const time = { nowMs, answerByMs: addWorkingMs(nowMs, target, calendar) }
      const before = assign(team, policy, EVERYBODY, time)
      const missed = before.lastResort
        ? before.owner.id === person
        : assign(team, policy, without(person), time).lastResort
      if (!missed) continue
      firstMs ??= nowMs
      minutes += stepMs / MINUTE_MS
    }
    return firstMs === null ? null : { minutes, firstMs }
  }
}

const EVERYBODY: Roster = { open: {}, turns: {} }

/** Who has more than any limit is given nothing. */
const without = (person: string): Roster => ({ open: { [person]: Infinity }, turns: {} })

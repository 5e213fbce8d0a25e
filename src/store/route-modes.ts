import type { RouteMode } from '../domain/policy.ts'
import type { ReviewOutcome } from '../domain/review-state.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'

/** A route that lost its mode. */
export type Demotion = {
  readonly route: string
  readonly mode: RouteMode
  readonly because: string
  readonly since: string
}

export async function listDemotions(db: Db): Promise<readonly Demotion[]> {
  return db.rows<Demotion>(
    `select route, mode, because, since from route_modes where tenant = $1 and mode <> 'auto' order by route`,
    [db.tenant],
  )
}

/** False when the route has lost its mode already. */
export async function demoteRoute(
  db: Db,
  { route, mode, because, now }: Omit<Demotion, 'since'> & { readonly now: Date },
): Promise<boolean> {
  const rows = await db.rows(
    `with demoted as (
       insert into route_modes (tenant, route, mode, because, since) values ($1, $2, $3, $4, $5)
       on conflict (tenant, route) do update
         set mode = excluded.mode, because = excluded.because, since = excluded.since
         where route_modes.mode = 'auto'
       returning route
     )
     insert into audit (tenant, actor, action, subject, after, reason, at)
     select $1, 'service', 'route.demoted', route, json_build_object('mode', $3::text), $4, $5 from demoted returning id`,
    [db.tenant, route, mode, because, now.toISOString()],
  )
  return rows.length === 1
}

/** A person gives a route back what the policy says; its samples count from now on. False when it was not demoted. */
export async function restoreRoute(
  db: Db,
  { route, actor, now }: { readonly route: string; readonly actor: string; readonly now: Date },
): Promise<boolean> {
  const rows = await db.rows(
    `with restored as (
       update route_modes set mode = 'auto', because = 'restored', since = $4
        where tenant = $1 and route = $2 and mode <> 'auto' returning route
     )
     insert into audit (tenant, actor, action, subject, at)
     select $1, $3, 'route.restored', route, $4 from restored returning id`,
    [db.tenant, route, actor, now.toISOString()],
  )
  return rows.length === 1
}

/** Sampled automatic decisions of every route since it was last restored, oldest first; true where a person corrected. */
export async function readSamples(
  db: Db,
  since: Date,
): Promise<ReadonlyMap<string, readonly boolean[]>> {
  const rows = await db.rows<{ route: string; outcome: string }>(
    `select v.route, v.outcome
       from reviews v left join route_modes m on m.tenant = v.tenant and m.route = v.route
      where v.tenant = $1 and v.kind = 'sample' and v.decided_at >= $2
        and (m.since is null or v.decided_at > m.since)
      order by v.decided_at, v.id`,
    [db.tenant, since.toISOString()],
  )
  const samples = new Map<string, boolean[]>()
  for (const { route, outcome } of rows) {
    const wrong = isCorrection(parseJson(outcome) as ReviewOutcome)
    const known = samples.get(route)
    if (known === undefined) samples.set(route, [wrong])
    else known.push(wrong)
  }
  return samples
}

function isCorrection(outcome: ReviewOutcome): boolean {
  if (outcome.kind !== 'overridden') return outcome.kind === 'dismissed'
  const { severity, type, team } = outcome.changes
  return [severity, type, team].some((changed) => changed !== undefined)
}

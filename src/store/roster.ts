import type { Roster } from '../domain/roster.ts'
import type { Db, Statements } from './db.ts'
import { onlyRow, parseJson } from './db.ts'

/**
 * How many unresolved tickets each person owns, and who took which turn. Reads one index and grows with the open
 * tickets (about 10 ms for 100,000), so a busy service keeps the answer for a second or so instead of asking for every
 * ticket.
 */
export async function readRoster(db: Db): Promise<Roster> {
  return readRosterIn(db, db.tenant)
}

/** The same inside of a transaction. */
export async function readRosterIn(on: Statements, tenant: string): Promise<Roster> {
  const { open, turns, demoted } = onlyRow(
    await on.rows<{ open: string; turns: string; demoted: string | null }>(
      `select (
          select coalesce(json_object_agg(o.owner, o.open), '{}') from (
            select owner, count(*)::int as open from tickets where tenant = $1 and resolved_at is null
             group by owner order by owner) o
        ) as open, (
          select coalesce(json_object_agg(u.team, u.people), '{}') from (
            select team, json_object_agg(person, turn order by person) as people from turns where tenant = $1
             group by team order by team) u
        ) as turns, (
          select json_agg(m.route order by m.route) from route_modes m where m.tenant = $1 and m.mode <> 'auto'
        ) as demoted`,
      [tenant],
    ),
  )
  return {
    open: parseJson(open) as Roster['open'],
    turns: parseJson(turns) as NonNullable<Roster['turns']>,
    ...(demoted !== null && { demoted: parseJson(demoted) as readonly string[] }),
  }
}

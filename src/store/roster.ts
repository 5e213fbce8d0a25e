import type { Roster } from '../domain/roster.ts'
import type { Db } from './db.ts'

/**
 * How many unresolved tickets each person owns. Reads one index and grows with the open tickets (about 10 ms for
 * 100,000), so a busy service keeps the answer for a second or so instead of asking for every ticket.
 */
export async function readRoster(db: Db): Promise<Roster> {
  const rows = await db.rows<{ owner: string; open: number }>(
    `select owner, count(*)::int as open from tickets where tenant = $1 and resolved_at is null group by owner`,
    [db.tenant],
  )
  return { open: Object.fromEntries(rows.map(({ owner, open }) => [owner, open])) }
}

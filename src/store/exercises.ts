import type { Db } from './db.ts'
import { onlyRow } from './db.ts'

/** Exercises that wait for somebody, and exercises and all reviews decided since then. */
export async function countExercises(
  db: Db,
  since: Date,
): Promise<{ readonly waiting: number; readonly exercises: number; readonly decided: number }> {
  return onlyRow(
    await db.rows<{ waiting: number; exercises: number; decided: number }>(
      `select (select count(*)::int from reviews
                where tenant = $1 and state in ('pending', 'claimed') and kind = 'known') as waiting,
              count(*) filter (where kind = 'known')::int as exercises, count(*)::int as decided
         from reviews where tenant = $1 and decided_at is not null and decided_at >= $2`,
      [db.tenant, since.toISOString()],
    ),
  )
}

/** An exercise is nobody's open work: it counts for no owner and its clocks do not run. */
export async function putAside(db: Db, ticketId: string, now: Date): Promise<void> {
  await db.rows(
    'update tickets set resolved_at = $3 where tenant = $1 and external_id = $2 and resolved_at is null',
    [db.tenant, ticketId, now.toISOString()],
  )
}

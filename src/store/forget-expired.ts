import type { Db } from './db.ts'

const OBSERVED_HOURS = 2 * 168

/** Deletes expired idempotency keys, expired sessions and observations that no baseline reads any more. Call it on a timer. */
export async function forgetExpired(db: Db, now: Date): Promise<void> {
  await db.rows('delete from idempotency where tenant = $1 and expires_at <= $2', [
    db.tenant,
    now.toISOString(),
  ])
  await db.rows('delete from desk_sessions where tenant = $1 and expires_at <= $2', [
    db.tenant,
    now.toISOString(),
  ])
  await db.rows('delete from observations where tenant = $1 and minute < $2', [
    db.tenant,
    new Date(now.getTime() - OBSERVED_HOURS * 3_600_000).toISOString(),
  ])
}

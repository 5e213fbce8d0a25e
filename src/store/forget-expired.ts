import type { Db } from './db.ts'

/** Deletes expired idempotency keys and sessions. Call it on a timer. */
export async function forgetExpired(db: Db, now: Date): Promise<void> {
  await db.rows('delete from idempotency where tenant = $1 and expires_at <= $2', [
    db.tenant,
    now.toISOString(),
  ])
  await db.rows('delete from desk_sessions where tenant = $1 and expires_at <= $2', [
    db.tenant,
    now.toISOString(),
  ])
}

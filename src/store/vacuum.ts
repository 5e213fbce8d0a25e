import type { Db } from './db.ts'

/** Tables whose rows change or go. The rest only grows and leaves nothing behind. */
const CHANGING = [
  'outbox',
  'unsealed',
  'idempotency',
  'observations',
  'spike_baselines',
  'spike_learning',
  'incidents',
  'incident_keys',
  'tickets',
  'reviews',
  'clocks',
] as const

/**
 * Frees the space of old row versions, and keeps counting from indexes alone. PGlite has no worker for that, so call
 * it on a timer; on a server autovacuum does it and this does nothing.
 */
export async function vacuumQueues(db: Db): Promise<void> {
  if (db.dialect !== 'pglite') return
  // One table at a time: requests get their turn in between.
  for (const table of CHANGING) await db.rows(`vacuum (analyze) ${table}`)
}

import { TriageError } from '../domain/errors.ts'
import type { Db, DiskSpace } from './db.ts'
import journal from './migrations/meta/_journal.json' with { type: 'json' }

export type StoreHealth = {
  readonly reachable: boolean
  /** The schema is the one that this version was written for. */
  readonly migrated: boolean
  /** The disk of an embedded store; null for a server or a store in memory. */
  readonly disk: DiskSpace | null
}

/** What readiness asks of the store. Never rejects: a store that cannot answer is not reachable. */
export async function checkStore(db: Db): Promise<StoreHealth> {
  const disk = (await db.disk?.().catch(() => FULL)) ?? null
  try {
    const [{ last } = { last: null }] = await db.rows<{ last: number | null }>(
      'select max(created_at)::float8 as last from drizzle.__drizzle_migrations',
    )
    return { reachable: true, migrated: last === newest(), disk }
  } catch (error) {
    const unavailable = error instanceof TriageError && error.code === 'store_unavailable'
    return { reachable: !unavailable, migrated: false, disk }
  }
}

const FULL: DiskSpace = { writable: false, freeBytes: 0 }
const newest = () => Math.max(...journal.entries.map((entry) => entry.when))

import { openStore } from '../compose/store.ts'
import { parseConfig } from '../config.ts'
import type { Db } from '../store/db.ts'

/** Opens the configured store for one command and lets go of it, whatever happens. */
export async function withStore<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const db = await openStore(parseConfig(process.env))
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

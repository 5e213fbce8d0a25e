import { mkdir } from 'node:fs/promises'
import type { Config } from '../config.ts'
import type { Db } from '../store/db.ts'
import { migrate } from '../store/migrate.ts'
import { openPglite } from '../store/open-pglite.ts'
import { openPostgres } from '../store/open-postgres.ts'

/**
 * The configured store with its schema up to date: PostgreSQL when DATABASE_URL is set, else PGlite in DATA_DIR.
 * @throws TriageError `configuration` when another process has the directory, `store_unavailable` when no server answers.
 */
export async function openStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Db> {
  const db = await open(config)
  try {
    await migrate(db)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

async function open({
  databaseUrl,
  dataDir,
}: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Db> {
  if (databaseUrl !== undefined) return openPostgres(databaseUrl)
  await mkdir(dataDir, { recursive: true })
  return openPglite(dataDir)
}

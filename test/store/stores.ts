import { afterAll, beforeAll, describe } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { openTestPglite, startPostgres, type TestPostgres } from '../support/store.ts'

/** Runs one contract against both databases; each call gets a store of its own with an empty schema. */
export function onBothStores(contract: (db: () => Db) => void): void {
  describe('PGlite', () => {
    let db: Db
    beforeAll(async () => {
      db = await openTestPglite()
    }, 60_000)
    afterAll(() => db.close())
    contract(() => db)
  })

  describe('PostgreSQL', () => {
    let server: TestPostgres
    let db: Db
    beforeAll(async () => {
      server = await startPostgres()
      db = openPostgres(await server.createDatabase())
    }, 60_000)
    afterAll(async () => {
      await db.close()
      await server.stop()
    })
    contract(() => db)
  })
}

/** How many rows a table has; `where` is a condition that we wrote. */
export async function countRows(db: Db, table: string, where = 'true'): Promise<number> {
  const [row] = await db.rows<{ n: number }>(
    `select count(*)::int as n from ${table} where ${where}`,
  )
  return row!.n
}

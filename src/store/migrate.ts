import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { migrate as planMigrations } from 'drizzle-orm/pg-proxy/migrator'
import type { Db } from './db.ts'
import { drizzleOver } from './db.ts'

/** Any number; the same in every release, so that all of them wait for each other. */
const LOCK = 721_034_551

/** One `create or replace function` a file. A changed signature needs a migration that drops the old one. */
const FUNCTIONS = new URL('./functions/', import.meta.url)

/**
 * Brings the schema up to date. Everything happens in one transaction under one lock, so any number of starters may
 * call it at the same time and each migration runs once; functions are made anew from their files each time, so that
 * each stands in one place. Node only: Workers use a database that was migrated before.
 */
export async function migrate(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows('set local statement_timeout = 0')
    await tx.rows('select pg_advisory_xact_lock($1)', [LOCK])
    const onThisConnection = drizzleOver(async (text, params) => {
      const rows = await tx.rows(text, params)
      // The migrator reads names where typed queries read positions.
      return rows as unknown as unknown[][]
    })
    await planMigrations(
      onThisConnection,
      async (statements) => {
        for (const statement of statements) await tx.rows(statement)
      },
      { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) },
    )
    for (const name of readdirSync(FUNCTIONS).sort())
      await tx.rows(readFileSync(new URL(name, FUNCTIONS), 'utf8'))
  })
}

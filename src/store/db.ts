import { drizzle, type PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import * as schema from './schema.ts'

export type Row = Record<string, unknown>

/** What a statement may be given. Documents go in as JSON text, lists as a JSON array in text. */
export type Param = string | number | boolean | null

/** One statement, one round trip, prepared. Instants come back as ISO strings, documents as the stored JSON text. */
export type Statements = {
  readonly rows: <T extends Row>(text: string, params?: readonly Param[]) => Promise<readonly T[]>
}

export type DiskSpace = { readonly writable: boolean; readonly freeBytes: number }

/**
 * A store of one tenant: PGlite or PostgreSQL, the same for everything above it.
 * `rows` and `drizzle` reject with TriageError `store_unavailable` when the database cannot answer now.
 */
export type Db = Statements & {
  readonly dialect: 'pglite' | 'postgres'
  readonly tenant: string
  /** Typed queries. Transactions go through `transaction`, never through drizzle. */
  readonly drizzle: Drizzle
  /**
   * Runs `work` on one connection and commits what it did, or nothing when it rejects. Inside, only the given
   * statements may be used: PGlite has one connection and the outer ones would wait for ever.
   */
  readonly transaction: <T>(work: (tx: Statements) => Promise<T>) => Promise<T>
  /** Space where the data lies; absent when that is another machine. */
  readonly disk?: () => Promise<DiskSpace>
  /** Waits for running statements (at most 5 s), then lets go of everything. */
  readonly close: () => Promise<void>
}

export type Drizzle = PgRemoteDatabase<typeof schema>

/** The same store for another tenant. */
export function forTenant(db: Db, tenant: string): Db {
  return { ...db, tenant }
}

/** Runs one statement and gives its rows as arrays in column order. */
export type ArrayRows = (text: string, params: readonly Param[]) => Promise<unknown[][]>

/** Typed queries over statements, so that both databases give one type. */
export function drizzleOver(arrayRows: ArrayRows): Drizzle {
  return drizzle(async (text, params) => ({ rows: await arrayRows(text, params) }), {
    schema,
    casing: 'snake_case',
  })
}

/** `2026-11-20 11:00:00.123+00` as the databases print it, in whatever zone → ISO 8601 in UTC. */
export function isoInstant(printed: string): string {
  return new Date(printed.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString()
}

/** The one row that a statement always gives. */
export function onlyRow<T extends Row>(rows: readonly T[]): T {
  if (rows.length !== 1) throw new Error(`Expected one row, got ${rows.length}`)
  return rows[0]!
}

/** A stored document; we wrote it, so its shape is trusted. */
export function parseJson(text: string): unknown {
  return JSON.parse(text)
}

/** Type numbers of PostgreSQL's catalogue, the same in every installation. */
export const OID = { int8: 20, json: 114, jsonb: 3802, timestamptz: 1184 } as const

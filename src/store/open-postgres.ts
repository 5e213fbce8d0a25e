import postgres from 'postgres'
import type { Db, Param, Row } from './db.ts'
import { drizzleOver, isoInstant, OID } from './db.ts'
import { storeError, storeUnavailable } from './store-errors.ts'

export type PostgresOptions = {
  /** Connections at most: 10, or 5 on Workers. More make it slower on few cores. */
  readonly max?: number
  /** A statement that has no answer after this is given up: 5 s. */
  readonly deadlineMs?: number
  /** Behind a pooler (PgBouncer, Hyperdrive) that refuses settings on connecting; set them on the role instead. */
  readonly pooled?: boolean
}

/**
 * A PostgreSQL server. Opens no connection until the first statement. While the server is away, statements reject
 * with TriageError `store_unavailable` within the deadline; when it is back they work again.
 */
export function openPostgres(url: string, options: PostgresOptions = {}): Db {
  const { max = 10, deadlineMs = 5_000, pooled = false } = options
  const sql = postgres(url, {
    max,
    // Asking for types makes a backend killed during start-up an unhandled rejection (porsager/postgres#1223).
    fetch_types: false,
    connect_timeout: Math.max(1, Math.ceil(deadlineMs / 1000) - 1),
    idle_timeout: 30,
    max_lifetime: 1800,
    keep_alive: 15,
    // Seconds between attempts to reconnect; the default grows to 20.
    backoff: (attempts: number) => Math.min(0.05 * 2 ** attempts, 1),
    onnotice: () => {},
    connection: {
      application_name: 'triage',
      ...(!pooled && {
        // Below the deadline, so that the server gives up first and nothing runs unseen.
        statement_timeout: Math.max(1, deadlineMs - 1_000),
        idle_in_transaction_session_timeout: 30_000,
      }),
    },
    types: TYPES,
  })

  /** A query that is still waiting for a connection at its deadline is withdrawn; one that was sent runs out by itself. */
  function withDeadline<T extends Sent>(query: T): Promise<Awaited<T>> {
    let timer: ReturnType<typeof setTimeout>
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        if (!query.state) query.cancel()
        reject(storeUnavailable(new Error(`No answer within ${deadlineMs} ms`)))
      }, deadlineMs)
    })
    return Promise.race([query as PromiseLike<Awaited<T>>, late])
      .catch((error: unknown) => {
        throw storeError(error)
      })
      .finally(() => clearTimeout(timer))
  }

  return {
    dialect: 'postgres',
    tenant: 'default',
    rows: async <T extends Row>(text: string, params: readonly Param[] = []) =>
      withDeadline(sql.unsafe<T[]>(text, [...params], PREPARED)),
    drizzle: drizzleOver((text, params) =>
      withDeadline(sql.unsafe(text, [...params], PREPARED).values()),
    ),
    async transaction<T>(work: Parameters<Db['transaction']>[0]) {
      try {
        const result = await sql.begin(async (tx) =>
          work({
            rows: async <R extends Row>(text: string, params: readonly Param[] = []) =>
              tx.unsafe<R[]>(text, [...params], PREPARED),
          }),
        )
        return result as T
      } catch (error) {
        throw storeError(error)
      }
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

/** `unsafe` means text that we wrote ourselves; values are always parameters. It does not prepare unless told. */
const PREPARED = { prepare: true }

type Sent = PromiseLike<unknown> & { cancel: () => void; state?: unknown }

const asText = (text: string) => text
/** The same values as PGlite gives. Documents arrive as text already, so they must not be quoted again. */
const TYPES = {
  json: { to: OID.json, from: [OID.json, OID.jsonb], serialize: asText, parse: asText },
  date: { to: OID.timestamptz, from: [OID.timestamptz], serialize: asText, parse: isoInstant },
  bigint: { to: OID.int8, from: [OID.int8], serialize: String, parse: Number },
}

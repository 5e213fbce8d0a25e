import { AsyncLocalStorage } from 'node:async_hooks'
import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import type { Db, Param, Row } from './db.ts'
import { drizzleOver, isoInstant, OID } from './db.ts'
import { lockDirectory } from './lock-directory.ts'
import { storeError } from './store-errors.ts'

export type PgliteOptions = {
  /** A directory dumped before (tests start from a migrated one). */
  readonly loadDataDir?: Blob
}

/**
 * The embedded database: in `directory`, or in memory without one. Survives a killed process, not a power cut.
 * @throws TriageError `configuration` when another process has the directory open.
 */
export async function openPglite(
  directory: string | undefined,
  options: PgliteOptions = {},
): Promise<Db> {
  const lock = directory === undefined ? undefined : lockDirectory(directory)
  try {
    const client = await PGlite.create({
      ...(directory !== undefined && { dataDir: join(directory, 'pglite') }),
      ...options,
      parsers: PARSERS,
    })
    return pgliteDb(client, directory, async () => {
      if (!client.closed) await client.close()
      lock?.release()
    })
  } catch (error) {
    lock?.release()
    throw storeError(error)
  }
}

function pgliteDb(client: PGlite, directory: string | undefined, close: () => Promise<void>): Db {
  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw storeError(error)
    }
  }
  // One connection: what is asked for inside a transaction, by whatever way, would wait for its end for ever.
  const running = new AsyncLocalStorage<{ readonly tx: Transaction; open: boolean }>()
  const connection = (): PGlite | Transaction => {
    const current = running.getStore()
    return current?.open === true ? current.tx : client
  }
  const statements = {
    rows: <T extends Row>(text: string, params: readonly Param[] = []) =>
      attempt(async () => (await connection().query<T>(text, [...params])).rows as readonly T[]),
  }
  return {
    ...statements,
    dialect: 'pglite',
    tenant: 'default',
    drizzle: drizzleOver((text, params) =>
      attempt(async () => {
        const result = await connection().query(text, [...params], { rowMode: 'array' })
        return result.rows as unknown[][]
      }),
    ),
    transaction: (work) => attempt(() => inTransaction(() => work(statements))),
    ...(directory !== undefined && { disk: () => diskOf(directory) }),
    close,
  }

  /** A transaction inside another one is a part of it. PGlite rolls back before it rejects. */
  async function inTransaction<T>(work: () => Promise<T>): Promise<T> {
    if (running.getStore()?.open === true) return work()
    return client.transaction(async (tx) => {
      const current = { tx, open: true }
      try {
        return await running.run(current, work)
      } finally {
        current.open = false
      }
    })
  }
}

async function diskOf(directory: string) {
  const { bavail, bsize } = await statfs(directory)
  const writable = await access(directory, constants.W_OK).then(
    () => true,
    () => false,
  )
  return { writable, freeBytes: bavail * bsize }
}

const asText = (text: string) => text
const PARSERS = {
  [OID.timestamptz]: isoInstant,
  [OID.json]: asText,
  [OID.jsonb]: asText,
  [OID.int8]: Number,
}

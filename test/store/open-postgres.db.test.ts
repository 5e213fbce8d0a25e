import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { checkStore } from '../../src/store/health.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { findTicket } from '../../src/store/tickets.ts'
import { startPostgres, type TestPostgres } from '../support/store.ts'
import { aRecord } from './a-record.ts'
import { countRows } from './stores.ts'

let server: TestPostgres
const unhandled: unknown[] = []
const note = (reason: unknown) => unhandled.push(reason)
beforeAll(async () => {
  process.on('unhandledRejection', note)
  server = await startPostgres()
}, 60_000)
afterAll(async () => {
  await server.stop()
  process.off('unhandledRejection', note)
})

async function settleWithin<T>(promise: Promise<T>, ms: number) {
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, ms, 'late'))
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  return Promise.race([settled, late])
}

test('three starters at once on an empty database: every migration runs once', async () => {
  for (let round = 0; round < 3; round++) {
    const url = await server.createDatabase({ migrated: false })
    const starters = [openPostgres(url), openPostgres(url), openPostgres(url)]
    await Promise.all(starters.map(migrate))
    const [db] = starters as [Db, Db, Db]
    const rows = await db.rows<{ hash: string }>('select hash from drizzle.__drizzle_migrations')
    expect(rows.length).toBeGreaterThan(3)
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(rows.length)
    expect(await checkStore(db)).toEqual({ reachable: true, migrated: true, disk: null })
    await Promise.all(starters.map((starter) => starter.close()))
  }
}, 30_000)

test('a database without the schema is reachable and not migrated', async () => {
  const db = openPostgres(await server.createDatabase({ migrated: false }))
  expect(await checkStore(db)).toMatchObject({ reachable: true, migrated: false })
  await db.close()
})

test('a server killed under load: errors in time, no loss of what was acknowledged, recovery by itself', async () => {
  const db = openPostgres(await server.createDatabase())
  const acknowledged: string[] = []
  const failures: unknown[] = []
  let slowest = 0
  const load = { running: true }
  const clients = Array.from({ length: 8 }, async () => {
    while (load.running) {
      const record = aRecord({ severity: 'P1' })
      const start = performance.now()
      try {
        await recordTriage(db, record)
        acknowledged.push(record.ticket.id)
      } catch (error) {
        failures.push(error)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      slowest = Math.max(slowest, performance.now() - start)
    }
  })
  const until = async (holds: () => boolean) => {
    for (let tries = 0; !holds(); tries++) {
      if (tries === 2_000) throw new Error('Waited 20 s in vain')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  try {
    for (let round = 0; round < 3; round++) {
      const before = acknowledged.length
      await until(() => acknowledged.length > before + 20)
      await server.kill()
      const failed = failures.length
      await until(() => failures.length > failed + 8)
      expect(await checkStore(db)).toMatchObject({ reachable: false, migrated: false })
      await server.restart()
      const down = acknowledged.length
      await until(() => acknowledged.length > down)
    }
  } finally {
    load.running = false
    await Promise.all(clients)
  }
  for (const failure of failures) expect(failure).toMatchObject({ code: 'store_unavailable' })
  expect(slowest).toBeLessThan(6_000)
  for (const id of acknowledged)
    expect(await findTicket(db, 'zendesk', id)).toMatchObject({ ticketId: id })
  // Whole or not at all, also for what was in flight.
  const tickets = await countRows(db, 'tickets')
  expect(tickets).toBeGreaterThanOrEqual(acknowledged.length)
  for (const table of ['receipts', 'reviews', 'audit'])
    expect(await countRows(db, table)).toBe(tickets)
  expect(await countRows(db, 'outbox')).toBe(2 * tickets)
  await db.close()
  expect(unhandled).toEqual([])
}, 120_000)

test('a server that was never there, and one that never answers, are errors within the deadline', async () => {
  const absent = openPostgres('postgres://nobody@127.0.0.1:1/none')
  expect(await settleWithin(absent.rows('select 1'), 5_500)).toMatchObject({
    error: { code: 'store_unavailable' },
  })
  await absent.close()

  const silent: Server = createServer((socket) => socket.on('error', () => {}))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const db = openPostgres(`postgres://nobody@127.0.0.1:${port}/none`, { max: 1, deadlineMs: 2_000 })
  const attempts: Promise<unknown>[] = [db.rows('select 1'), db.rows('select 2'), migrate(db)]
  for (const outcome of await Promise.all(attempts.map((attempt) => settleWithin(attempt, 6_000))))
    expect(outcome).toMatchObject({ error: { code: 'store_unavailable' } })
  await settleWithin(db.close(), 6_000)
  silent.close()
}, 30_000)

test('a statement that takes too long is given up on both sides', async () => {
  const db = openPostgres(await server.createDatabase(), { deadlineMs: 1_500 })
  expect(await settleWithin(db.rows('select pg_sleep(20)'), 2_500)).toMatchObject({
    error: { code: 'store_unavailable' },
  })
  const running = `select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(20)%' and state = 'active'
    and pid <> pg_backend_pid()`
  expect(await db.rows(running)).toEqual([{ n: 0 }])
  await db.close()
}, 20_000)

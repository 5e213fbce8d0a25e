import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { checkStore } from '../../src/store/health.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPglite } from '../../src/store/open-pglite.ts'
import { lockDirectory } from '../../src/store/lock-directory.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { findTicket } from '../../src/store/tickets.ts'
import { openTestPglite } from '../support/store.ts'
import { aRecord } from './a-record.ts'

const children: ChildProcess[] = []
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'triage-lock-'))
})
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** A process that opens the directory and writes until it is killed. */
function startWriter(prefix: string) {
  const program = new URL('./open-pglite-child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, directory, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.push(line))
  return {
    lines,
    async until(start: string): Promise<string> {
      for (;;) {
        const found = lines.find((line) => line.startsWith(start))
        if (found !== undefined) return found
        if (child.exitCode !== null) throw new Error(`writer ended: ${lines.join('; ')}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}

test('a directory belongs to one process, and what that one acknowledged is kept when it is killed', async () => {
  const first = startWriter('first')
  await first.until('acknowledged first-5')

  const started = performance.now()
  await expect(openPglite(directory)).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(/another process \(pid \d+\) is using it/) as string,
  })
  expect(performance.now() - started).toBeLessThan(1_000)
  const second = startWriter('second')
  expect(await second.until('refused')).toContain('refused configuration')

  // Killed without a chance to clean up: the lock goes with the process, no file is in the way.
  await first.kill()
  const db = await openPglite(directory)
  await migrate(db)
  const acknowledged = first.lines
    .filter((line) => line.startsWith('acknowledged '))
    .map((line) => line.slice('acknowledged '.length))
  expect(acknowledged.length).toBeGreaterThan(5)
  for (const id of acknowledged)
    expect(await findTicket(db, 'zendesk', id)).toMatchObject({ ticketId: id })
  expect(await checkStore(db)).toMatchObject({ migrated: true, disk: { writable: true } })
  await db.close()
}, 90_000)

test('closing lets go of the lock, and a second lock in the same process is refused too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'triage-lock-'))
  const lock = lockDirectory(folder)
  expect(() => lockDirectory(folder)).toThrow(/another process/)
  // The failed attempt must not have let go of the first lock.
  expect(() => lockDirectory(folder)).toThrow(/another process/)
  lock.release()
  lockDirectory(folder).release()
  await rm(folder, { recursive: true })
})

test('a directory that cannot be used is a configuration error', () => {
  expect(() => lockDirectory('/dev/null/data')).toThrow(
    expect.objectContaining({ code: 'configuration' }) as Error,
  )
})

test('one failed statement leaves the connection usable, inside and outside a transaction', async () => {
  const db = await openTestPglite()
  await expect(db.rows('select nothing from nowhere')).rejects.toThrow(/does not exist/)
  await expect(
    db.transaction(async (tx) => {
      await tx.rows('create table left_behind (id int)')
      await tx.rows('select 1/0')
    }),
  ).rejects.toThrow(/division by zero/)
  await expect(db.rows('select * from left_behind')).rejects.toThrow(/does not exist/)
  expect(await recordTriage(db, aRecord())).toMatchObject({ kind: 'recorded' })
  await db.close()
  await expect(db.rows('select 1')).rejects.toMatchObject({ code: 'store_unavailable' })
}, 60_000)

test('what is asked for beside a transaction, inside it, is a part of it and waits for nobody', async () => {
  const db = await openTestPglite()
  try {
    const added = `insert into idempotency (tenant, caller, key, fingerprint, decision_id, expires_at) values ('default', 'c', $1, 'f', 'd', now())`
    await expect(
      db.transaction(async (tx) => {
        await tx.rows(added, ['inside'])
        await db.rows(added, ['beside'])
        await db.transaction((inner) => inner.rows(added, ['nested']))
        expect(await db.rows('select key from idempotency')).toHaveLength(3)
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await db.rows('select key from idempotency')).toEqual([])
    await Promise.all([
      db.transaction(async (tx) => void (await tx.rows(added, ['one']))),
      db.rows(added, ['two']),
      db.transaction(async () => void (await db.rows(added, ['three']))),
    ])
    expect(await db.rows('select key from idempotency')).toHaveLength(3)
  } finally {
    await db.close()
  }
})

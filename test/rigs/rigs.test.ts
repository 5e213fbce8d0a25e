import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startService } from '../support/service.ts'
import { startPostgres } from '../support/store.ts'
import { killPostgres, killService } from './kill.ts'
import { sendMalformed } from './malformed.ts'
import { KIND_COUNT } from './malformed-requests.ts'

// Reduced runs of the rigs; `npm run rig:kill` and `npm run rig:malformed` are the full size.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triage-rigs-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const silent = () => {}

test('every kind of malformed request gets a 4xx problem document', async () => {
  const service = await startService({
    DATA_DIR: join(folder, 'malformed'),
    RATE_LIMIT_PER_MINUTE: '100000000',
  })
  try {
    expect(await sendMalformed(service.url, KIND_COUNT() * 5, 7, silent)).toEqual([])
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  } finally {
    expect(await service.stop()).toBe(0)
  }
}, 180_000)

test('a killed service loses no acknowledged ticket and decides none twice, on PGlite', async () => {
  const report = await killService(2, { DATA_DIR: join(folder, 'kill') }, 7, silent)
  expect(report.failures).toEqual([])
  expect(report.acknowledged).toBeGreaterThan(0)
}, 180_000)

test('the same on PostgreSQL', async () => {
  const postgres = await startPostgres()
  try {
    const report = await killService(
      2,
      { DATABASE_URL: await postgres.createDatabase({ migrated: false }) },
      7,
      silent,
    )
    expect(report.failures).toEqual([])
    expect(report.acknowledged).toBeGreaterThan(0)
  } finally {
    await postgres.stop()
  }
}, 180_000)

test('without PostgreSQL the service answers 503, stays alive and recovers', async () => {
  const report = await killPostgres(2, 7, silent)
  expect(report.failures).toEqual([])
}, 180_000)

test('a second process on the same directory is refused with the reason, and the first goes on', async () => {
  const directory = join(folder, 'locked')
  const first = await startService({ DATA_DIR: directory })
  try {
    await expect(startService({ DATA_DIR: directory })).rejects.toThrow(
      /ended with 2[\s\S]*DATA_DIR|ended with 2[\s\S]*directory/,
    )
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
  } finally {
    await first.stop()
  }
}, 180_000)

test('the service refuses to listen beyond loopback without API keys', async () => {
  await expect(startService({ DATA_DIR: join(folder, 'open'), HOST: '0.0.0.0' })).rejects.toThrow(
    /ended with 2[\s\S]*keys create/,
  )
}, 60_000)

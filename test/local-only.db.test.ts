import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { criticalTicket, harmlessTicket } from './support/app.ts'
import type { OpenAiServer } from './support/openai-server.ts'
import { startOpenAiServer } from './support/openai-server.ts'
import type { Receiver } from './support/receiver.ts'
import { startReceiver } from './support/receiver.ts'
import { startService } from './support/service.ts'
import type { TestPostgres } from './support/store.ts'
import { startPostgres } from './support/store.ts'

/** The service in a process that cannot connect to anything but what it is allowed to, and notes each attempt. */

let llm: OpenAiServer
let postgres: TestPostgres
let folder: string
beforeAll(async () => {
  ;[llm, postgres] = await Promise.all([startOpenAiServer(), startPostgres()])
  folder = mkdtempSync(join(tmpdir(), 'triage-local-only-'))
})
afterAll(async () => {
  await llm?.close()
  await postgres?.stop()
  await rm(folder, { recursive: true, force: true })
})

const SEVERAL = 12

/** Sends tickets that an LLM would be asked about, and gives what the service tried to reach meanwhile. */
async function refusedBy(
  env: Readonly<Record<string, string>>,
  hook?: Receiver,
): Promise<readonly string[]> {
  const record = join(folder, randomUUID())
  const service = await startService({
    ...env,
    NODE_OPTIONS: '--import=./test/support/refuse-connections.ts',
    REFUSED_CONNECTIONS: record,
    OPENAI_MODEL: 'test-model',
    OPENAI_BASE_URL: llm.url,
    OPENAI_API_KEY: 'sk-canary-key',
  })
  try {
    if (hook !== undefined) {
      const registered = await fetch(`${service.url}/webhooks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url: hook.url, events: ['decision.made'] }),
      })
      expect(registered.status).toBe(201)
    }
    for (let nth = 0; nth < SEVERAL; nth++) {
      const ticket = nth % 3 === 0 ? criticalTicket() : harmlessTicket()
      const response = await fetch(`${service.url}/triage`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...ticket,
          ...(nth % 3 === 2 && {
            body: 'Unsere Kassen stehen still, bitte helfen Sie uns sofort!',
          }),
          customer: { id: `C-${nth}`, annualValue: 200_000 },
        }),
      })
      expect(response.status).toBe(200)
    }
    for (const path of ['/reviews', '/metrics', '/readyz', '/docs', '/openapi.json'])
      await (await fetch(`${service.url}${path}`)).arrayBuffer()
    if (hook !== undefined)
      await vi.waitFor(() => expect(hook.received.length).toBeGreaterThanOrEqual(SEVERAL), 30_000)
  } finally {
    await service.stop()
  }
  return existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []
}

test('PRIVACY=local-only on the embedded store connects to nothing at all', async () => {
  const env = { PRIVACY: 'local-only', DATA_DIR: join(folder, 'pglite') }
  expect(await refusedBy(env)).toEqual([])
  expect(llm.requests).toEqual([])
}, 180_000)

test('PRIVACY=local-only with a PostgreSQL connects to it and to nothing else', async () => {
  const DATABASE_URL = await postgres.createDatabase({ migrated: false })
  const ALLOWED_CONNECTIONS = new URL(DATABASE_URL).host
  const env = { PRIVACY: 'local-only', DATABASE_URL, ALLOWED_CONNECTIONS }
  expect(await refusedBy(env)).toEqual([])
  expect(llm.requests).toEqual([])
}, 180_000)

test('PRIVACY=local-only with a webhook connects to that endpoint and to nothing else', async () => {
  const hook = await startReceiver(() => ({ status: 200 }))
  try {
    const ALLOWED_CONNECTIONS = new URL(hook.url).host
    const env = {
      PRIVACY: 'local-only',
      DATA_DIR: join(folder, 'hooked'),
      ALLOW_PRIVATE_WEBHOOKS: 'true',
      ALLOWED_CONNECTIONS,
    }
    expect(await refusedBy(env, hook)).toEqual([])
    expect(llm.requests).toEqual([])
  } finally {
    await hook.close()
  }
}, 180_000)

test('without it the same process would have been seen to reach for the LLM', async () => {
  const refused = await refusedBy({ DATA_DIR: join(folder, 'without') })
  expect(new Set(refused)).toEqual(new Set([`connect ${new URL(llm.url).host}`]))
}, 180_000)

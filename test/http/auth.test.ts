import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROLES, type Role } from '../../src/domain/api-key.ts'
import { createKey } from '../../src/store/keys.ts'
import type { Db } from '../../src/store/db.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, harmlessTicket, openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

/** Which roles may do what; everything else must be 403, and without a key 401. */
const MATRIX: readonly (readonly [method: string, path: string, allowed: readonly Role[]])[] = [
  ['POST', '/triage', ['platform', 'admin']],
  ['POST', '/triage/batch', ['platform', 'admin']],
  ['GET', '/tickets/x', ['platform', 'reviewer', 'lead', 'admin']],
  ['POST', '/tickets/x/events', ['platform', 'lead', 'admin']],
  ['GET', '/spikes', ['platform', 'reviewer', 'lead', 'admin']],
  ['GET', '/spikes/x', ['reviewer', 'lead', 'admin']],
  ['POST', '/spikes/x/confirm', ['reviewer', 'lead', 'admin']],
  ['POST', '/spikes/x/reject', ['reviewer', 'lead', 'admin']],
  ['POST', '/spikes/x/close', ['reviewer', 'lead', 'admin']],
  ['DELETE', '/customers/x', ['admin']],
  ['GET', '/decisions/x', ['platform', 'reviewer', 'lead', 'admin']],
  ['POST', '/decisions/x/replay', ['platform', 'reviewer', 'lead', 'admin']],
  ['GET', '/reviews', ['reviewer', 'lead', 'admin']],
  ['GET', '/reviews/x', ['platform', 'reviewer', 'lead', 'admin']],
  ['POST', '/reviews/x/claim', ['reviewer', 'admin']],
  ['POST', '/reviews/x/release', ['reviewer', 'admin']],
  ['POST', '/reviews/x/approve', ['reviewer', 'admin']],
  ['POST', '/reviews/x/override', ['reviewer', 'admin']],
  ['POST', '/reviews/x/dismiss', ['reviewer', 'admin']],
  ['POST', '/reviews/x/renew', ['reviewer', 'admin']],
  ['POST', '/reviews/x/answer', ['reviewer', 'admin']],
  ['POST', '/reviews/x/undo', ['reviewer', 'admin']],
  ['GET', '/reviews/quality', ['reviewer', 'lead', 'admin']],
  ['GET', '/webhooks', ['admin']],
  ['POST', '/webhooks', ['admin']],
  ['DELETE', '/webhooks/x', ['admin']],
  ['POST', '/webhooks/x/rotate', ['admin']],
  ['POST', '/webhooks/x/enable', ['admin']],
  ['GET', '/policy', ['platform', 'reviewer', 'lead', 'admin']],
  ['POST', '/policy/check', ['lead', 'admin']],
  ['GET', '/policy/diagram', ['platform', 'reviewer', 'lead', 'admin']],
  ['POST', '/policy/backtest', ['lead', 'admin']],
  ['POST', '/policy/publish', ['lead', 'admin']],
  ['GET', '/policy/versions', ['reviewer', 'lead', 'admin']],
  ['POST', '/policy/rollback', ['lead', 'admin']],
]
const OPEN = ['/healthz', '/readyz', '/openapi.json', '/docs']

let db: Db
let api: TestApp
const keys = new Map<Role, string>()

async function makeKey(role: Role, name: string = role): Promise<string> {
  const { key } = await createKey(db, {
    id: randomUUID(),
    name,
    roles: [role],
    secret: randomBytes(32),
    actor: 'test',
    now: new Date(),
  })
  return key
}

beforeAll(async () => {
  db = await openTestPglite()
  for (const role of ROLES) keys.set(role, await makeKey(role))
  api = await openApp(db)
})
afterAll(() => db.close())

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const call = (method: string, path: string, headers: Record<string, string>) =>
  api.app.request(path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: '{}' }),
  })

describe('every call against every role', () => {
  test.each(MATRIX)('%s %s', async (method, path, allowed) => {
    expect((await call(method, path, {})).status).toBe(401)
    expect((await call(method, path, bearer('trg_wrong'))).status).toBe(401)
    expect((await call(method, path, { authorization: 'Basic abc' })).status).toBe(401)
    for (const role of ROLES) {
      const { status } = await call(method, path, bearer(keys.get(role)!))
      if (allowed.includes(role)) expect([200, 201, 204, 400, 404, 409, 415, 422]).toContain(status)
      else expect(status).toBe(403)
    }
  })

  test('the matrix names every call of the OpenAPI document that needs a key', async () => {
    const { paths } = (await (await api.get('/openapi.json')).json()) as {
      paths: Record<string, Record<string, unknown>>
    }
    const documented = Object.entries(paths).flatMap(([path, calls]) =>
      Object.keys(calls).map((method) => `${method.toUpperCase()} ${path.replace('{id}', 'x')}`),
    )
    const known = new Set([
      ...MATRIX.map(([method, path]) => `${method} ${path}`),
      ...OPEN.map((path) => `GET ${path}`),
      'GET /metrics',
    ])
    expect(documented.filter((entry) => !known.has(entry))).toEqual([])
  })

  test.each(OPEN)('%s needs no key', async (path) => {
    expect((await api.get(path)).status).toBe(200)
  })
})

test('two platforms may use the same ticket id, and neither sees the other’s', async () => {
  const [a, b] = [await makeKey('platform', 'zendesk'), await makeKey('platform', 'chatwoot')]
  const first = await api.triage(harmlessTicket('same'), bearer(a))
  const second = await api.triage(criticalTicket('same'), bearer(b))
  expect(first.decisionId).not.toBe(second.decisionId)
  const seen = (await (await api.get('/tickets/same', bearer(a))).json()) as {
    decision: { decisionId: string }
  }
  expect(seen.decision.decisionId).toBe(first.decisionId)
})

test('with no key at all, loopback is open and another host is not', async () => {
  const empty = await openTestPglite()
  const local = await openApp(empty, { loopback: true })
  const remote = await openApp(empty, { loopback: false })
  expect((await local.get('/policy')).status).toBe(200)
  expect((await remote.get('/policy')).status).toBe(401)
  await empty.close()
})

test('with no key at all, a foreign name or a page of another site is nobody on this machine', async () => {
  const empty = await openTestPglite()
  const local = await openApp(empty, { scorers: [] })
  const status = async (headers: Record<string, string>) =>
    (await local.get('/reviews', headers)).status
  for (const host of ['evil.example:8787', 'evil.example', 'localhost.evil.example', '10.0.0.7'])
    expect(await status({ host })).toBe(401)
  for (const host of ['localhost', '127.0.0.1:8787', '[::1]:8787'])
    expect(await status({ host })).toBe(200)
  expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(401)
  expect(await status({ 'sec-fetch-site': 'same-origin' })).toBe(200)
  const written = await local.post('/triage', criticalTicket(), { host: 'evil.example:8787' })
  expect(written.status).toBe(401)
  await empty.close()
})

test('a key that calls too often gets 429 with Retry-After, and only that key', async () => {
  const limited = await openApp(db, { rateLimitPerMinute: 60 })
  const statuses: number[] = []
  for (let at = 0; at < 30; at++)
    statuses.push((await limited.get('/policy', bearer(keys.get('lead')!))).status)
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(5)
  const refused = await limited.get('/policy', bearer(keys.get('lead')!))
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await limited.get('/policy', bearer(keys.get('admin')!))).status).toBe(200)
})

test('a webhook’s secret is shown once', async () => {
  const headers = bearer(keys.get('admin')!)
  const made = await api.post(
    '/webhooks',
    { url: 'https://example.com/hook', events: ['decision.made'] },
    headers,
  )
  expect(made.status).toBe(201)
  const { id, secret } = (await made.json()) as { id: string; secret: string }
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(await (await api.get('/webhooks', headers)).text()).not.toContain(secret)
  expect((await api.post('/webhooks', { url: 'ftp://x', events: [] }, headers)).status).toBe(422)
  expect(
    (
      await api.post(
        '/webhooks',
        { url: 'https://user:pass@example.com', events: ['decision.made'] },
        headers,
      )
    ).status,
  ).toBe(422)
  expect((await call('DELETE', `/webhooks/${id}`, headers)).status).toBe(204)
  expect((await call('DELETE', `/webhooks/${id}`, headers)).status).toBe(404)
})

test('erasing a customer removes the text and keeps the decision replayable', async () => {
  const ticket = { ...criticalTicket(), customer: { id: 'forget-me' } }
  const answer = await api.triage(ticket, bearer(keys.get('platform')!))
  const headers = bearer(keys.get('admin')!)
  const erased = await api.app.request('/customers/forget-me', { method: 'DELETE', headers })
  expect(await erased.json()).toMatchObject({ tickets: 1 })
  const seen = (await (await api.get(`/tickets/${ticket.id}`, headers)).json()) as {
    original: unknown
  }
  expect(seen.original).toBeNull()
  expect(
    await (await api.post(`/decisions/${answer.decisionId}/replay`, '', headers)).json(),
  ).toMatchObject({ identical: true })
})

test('the documentation page may load its own files and nothing else; every other answer may load nothing', async () => {
  const page = await api.get('/docs')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  const html = await page.text()
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
  expect(loaded.length).toBeGreaterThan(2)
  for (const path of loaded) expect((await api.get(path)).status).toBe(200)
  for (const name of ['toString', 'constructor', 'package.json'])
    expect((await api.get(`/docs/${name}`)).status).toBe(404)
  expect((await api.get('/healthz')).headers.get('content-security-policy')).toContain(
    "default-src 'none'",
  )
})

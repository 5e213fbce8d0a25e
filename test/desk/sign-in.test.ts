import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/domain/api-key.ts'
import type { Db } from '../../src/store/db.ts'
import { createKey, revokeKey } from '../../src/store/keys.ts'
import { forgetExpired } from '../../src/store/forget-expired.ts'
import type { TestApp } from '../support/app.ts'
import { openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

const HOST = 'desk.example.com'
const ORIGIN = `https://${HOST}`

let db: Db
let api: TestApp
let now = new Date('2026-11-20T10:00:00Z')

beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db, { scorers: [], loopback: false, now: () => now })
})
afterAll(() => db.close())

async function makeKey(role: Role): Promise<{ id: string; key: string }> {
  const secret = randomBytes(32)
  return createKey(db, { id: randomUUID(), name: role, roles: [role], secret, actor: 'test', now })
}

type Sent = { cookie?: string; origin?: string; headers?: Record<string, string> }

const get = (path: string, { cookie, headers = {} }: Sent = {}) =>
  api.app.request(`${ORIGIN}${path}`, {
    headers: { host: HOST, ...(cookie !== undefined && { cookie }), ...headers },
  })

const post = (
  path: string,
  fields: Record<string, string>,
  { cookie, origin = ORIGIN }: Sent = {},
) =>
  api.app.request(`${ORIGIN}${path}`, {
    method: 'POST',
    headers: {
      host: HOST,
      origin,
      'content-type': 'application/x-www-form-urlencoded',
      ...(cookie !== undefined && { cookie }),
    },
    body: new URLSearchParams(fields).toString(),
  })

async function signIn(key: string): Promise<string> {
  const response = await post('/review/sign-in', { key })
  expect(response.status).toBe(303)
  return response.headers.get('set-cookie')!.split(';')[0]!
}

const csrfOf = (page: string) => /name="csrf" value="([0-9a-f]{64})"/.exec(page)![1]!

test('a reviewer signs in with a key, and only the cookie’s hash is stored', async () => {
  const { key } = await makeKey('reviewer')
  const response = await post('/review/sign-in', { key, next: '/review/history' })
  expect(response.headers.get('location')).toBe('/review/history')
  const cookie = response.headers.get('set-cookie')!
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/review'])
    expect(cookie).toContain(part)
  const token = cookie.split(';')[0]!.split('=')[1]!
  const rows = await db.rows('select * from desk_sessions')
  expect(JSON.stringify(rows)).not.toContain(token)
  expect((await get('/review', { cookie: cookie.split(';')[0]! })).status).toBe(200)
  const audit = await db.rows(`select actor, action from audit where action = 'session.opened'`)
  expect(audit).toEqual([{ actor: 'reviewer', action: 'session.opened' }])
})

test.each(['platform'] as const)('the role %s may not sign in', async (role) => {
  const { key } = await makeKey(role)
  const response = await post('/review/sign-in', { key })
  expect(response.status).toBe(401)
  expect(await response.text()).toContain('lacks the role')
  expect(response.headers.get('set-cookie')).toBeNull()
})

test('an unknown key is told so and is not repeated in the page', async () => {
  const response = await post('/review/sign-in', { key: 'trg_"><script>alert(1)</script>' })
  expect(response.status).toBe(401)
  const page = await response.text()
  expect(page).toContain('unknown or was revoked')
  expect(page).not.toContain('alert(1)')
})

test('without a session every page leads to the sign-in and back', async () => {
  const response = await get('/review/history?by=ann')
  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toBe(
    `/review/sign-in?next=${encodeURIComponent('/review/history?by=ann')}`,
  )
})

test.each(['https://evil.example', '//evil.example', '/policy', '/review\\evil', '/reviews/x'])(
  'after the sign-in nobody is sent to %s',
  async (next) => {
    const { key } = await makeKey('reviewer')
    const response = await post('/review/sign-in', { key, next })
    expect(response.headers.get('location')).toBe('/review')
  },
)

test('a link from another site is followed once more from here, so that the strict cookie comes along', async () => {
  const response = await get('/review/sign-in?next=%2Freview%2Fabc', {
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  expect(await response.text()).toContain('<meta http-equiv="refresh" content="0; url=/review/abc"')
})

describe('a session ends', () => {
  test('when its key is revoked', async () => {
    const { id, key } = await makeKey('reviewer')
    const cookie = await signIn(key)
    expect((await get('/review', { cookie })).status).toBe(200)
    await revokeKey(db, { id, actor: 'test', now })
    expect((await get('/review', { cookie })).status).toBe(303)
  })

  test('after twelve hours, and its row is deleted', async () => {
    const cookie = await signIn((await makeKey('reviewer')).key)
    const before = now
    now = new Date(before.getTime() + 12 * 3_600_000)
    expect((await get('/review', { cookie })).status).toBe(303)
    await forgetExpired(db, now)
    expect(await db.rows('select 1 from desk_sessions')).toEqual([])
    now = before
  })

  test('by signing out, for whoever kept a copy of the cookie too', async () => {
    const cookie = await signIn((await makeKey('reviewer')).key)
    const csrf = csrfOf(await (await get('/review', { cookie })).text())
    const response = await post('/review/sign-out', { csrf }, { cookie })
    expect(response.headers.get('location')).toBe('/review/sign-in')
    expect((await get('/review', { cookie })).status).toBe(303)
  })
})

describe('a form is refused', () => {
  test.each([
    ['from another site', 'https://evil.example', true],
    ['from a page without origin', 'null', true],
    ['without the session’s token', ORIGIN, false],
  ])('%s', async (_, origin, withToken) => {
    const cookie = await signIn((await makeKey('reviewer')).key)
    const csrf = csrfOf(await (await get('/review', { cookie })).text())
    const response = await post(
      '/review/sign-out',
      { csrf: withToken ? csrf : '' },
      { cookie, origin },
    )
    expect(response.status).toBe(403)
    expect((await get('/review', { cookie })).status).toBe(200)
  })

  test('with the token of another session', async () => {
    const { key } = await makeKey('reviewer')
    const [mine, other] = [await signIn(key), await signIn(key)]
    const csrf = csrfOf(await (await get('/review', { cookie: other })).text())
    expect((await post('/review/sign-out', { csrf }, { cookie: mine })).status).toBe(403)
  })
})

test('pages may load our two files and nothing else, and no cache keeps them', async () => {
  const page = await get('/review/sign-in')
  const policy = page.headers.get('content-security-policy')!
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('cache-control')).toBe('no-store')
  const text = await page.text()
  expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|style=/)
  const files = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]!)
  expect(files.filter((file) => file.includes('/assets/'))).toHaveLength(2)
  for (const file of files.filter((file) => file.includes('/assets/'))) {
    const asset = await get(file)
    expect(asset.headers.get('cache-control')).toContain('immutable')
    const etag = asset.headers.get('etag')!
    expect((await get(file, { headers: { 'if-none-match': etag } })).status).toBe(304)
    // An address of yesterday's page gives today's file, which must not be kept under that name.
    const old = await get(`${file.split('?')[0]}?v=000000000000`)
    expect(old.headers.get('cache-control')).toBe('public, no-cache')
  }
})

describe('on loopback without keys', () => {
  test('everybody is signed in as local, also forms have a token', async () => {
    const empty = await openTestPglite()
    const local = await openApp(empty, { scorers: [], loopback: true })
    const page = await local.get('/review')
    expect(page.status).toBe(200)
    const cookie = page.headers.get('set-cookie')!.split(';')[0]!
    const headers = {
      cookie,
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'http://localhost',
    }
    expect((await local.post('/review/sign-out', 'csrf=wrong', headers)).status).toBe(403)
    const csrf = csrfOf(await page.text())
    expect((await local.post('/review/sign-out', `csrf=${csrf}`, headers)).status).toBe(303)
    await empty.close()
  })

  test('a foreign name for this machine is not let in, and the first key ends it', async () => {
    const empty = await openTestPglite()
    const at = { now: performance.now() }
    const local = await openApp(empty, { scorers: [], loopback: true, elapsedMs: () => at.now })
    const rebound = await local.get('/review', { host: 'evil.example' })
    expect(rebound.status).toBe(303)
    const page = await local.get('/review')
    const cookie = page.headers.get('set-cookie')!.split(';')[0]!
    await createKey(empty, {
      id: randomUUID(),
      name: 'ann',
      roles: ['admin'],
      secret: randomBytes(32),
      actor: 'test',
      now: new Date(),
    })
    at.now += 60_000
    expect((await local.get('/review', { cookie })).status).toBe(303)
    await empty.close()
  })
})

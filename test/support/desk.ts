import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import type { Role } from '../../src/domain/api-key.ts'
import type { Db } from '../../src/store/db.ts'
import { createKey } from '../../src/store/keys.ts'
import type { TestApp } from './app.ts'
import { openApp } from './app.ts'

export type RunningDesk = TestApp & {
  readonly url: string
  /** The headers of a platform that sends tickets. */
  readonly platform: Record<string, string>
  /** The headers of somebody with a new key of this name. */
  readonly keyOf: (name: string, role: Role) => Promise<Record<string, string>>
  /** A browser in which this person is signed in; the sign-in is by the page. */
  readonly signIn: (
    browser: Browser,
    name: string,
    options?: BrowserContextOptions & { role?: Role },
  ) => Promise<BrowserContext>
  /** Errors and dialogs of pages, collected by tests. */
  readonly failures: string[]
  /** Cuts every open connection, as a network that breaks. */
  readonly dropConnections: () => void
  readonly close: () => Promise<void>
}

/** The real app with API keys, listening on a free port of loopback. */
export async function openDesk(
  db: Db,
  options: Parameters<typeof openApp>[1] = {},
): Promise<RunningDesk> {
  const closing = new AbortController()
  const api = await openApp(db, { ...options, closing: closing.signal })
  const makeKey = async (name: string, role: Role) => {
    const secret = randomBytes(32)
    const now = new Date()
    const id = randomUUID()
    return (await createKey(db, { id, name, roles: [role], secret, actor: 'test', now })).key
  }
  const keyOf = async (name: string, role: Role) => ({
    authorization: `Bearer ${await makeKey(name, role)}`,
  })
  const platform = await keyOf('zendesk', 'platform')
  const server = serve({ fetch: api.app.fetch, hostname: '127.0.0.1', port: 0 })
  if (!server.listening) await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...api,
    url,
    platform,
    keyOf,
    failures: [],
    dropConnections: () => {
      if ('closeAllConnections' in server) server.closeAllConnections()
    },
    signIn: async (browser, name, { role = 'reviewer', ...context } = {}) => {
      const opened = await browser.newContext({ baseURL: url, ...context })
      const page = await opened.newPage()
      await page.goto('/review')
      await page.getByLabel('API key').fill(await makeKey(name, role))
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL('**/review')
      await page.close()
      return opened
    },
    close: async () => {
      closing.abort()
      await new Promise((resolve) => {
        server.close(resolve)
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
    },
  }
}

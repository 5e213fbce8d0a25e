import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Caller, Role } from '../domain/api-key.ts'
import { mayAct } from '../domain/api-key.ts'
import { TriageError } from '../domain/errors.ts'
import { hmac } from '../fingerprint.ts'
import type { AuthDeps } from '../http/auth.ts'
import { namesLoopback } from '../http/host.ts'

export type SessionDeps = AuthDeps & {
  /** A new session; undefined when the key is unknown or revoked. A null key is loopback without keys. */
  readonly openSession: (key: string | null) => Promise<NewSession | undefined>
  /** Who is behind a cookie now; a null caller is loopback without keys. */
  readonly findSession: (token: string) => Promise<{ readonly caller: Caller | null } | undefined>
  readonly closeSession: (token: string) => Promise<void>
}
export type NewSession = { readonly token: string; readonly expiresAt: Date }

/** Who looks at a page, and the token that each of the page's forms sends back. */
export type DeskSession = {
  readonly caller: Caller
  readonly csrf: string
  /** Leads read; reviewers decide. */
  readonly mayDecide: boolean
}

/** Roles that may open the desk. */
export const DESK_ROLES: readonly Role[] = ['reviewer', 'lead']
const COOKIE = 'triage_desk'

/** Lets signed-in people through and sends others to the sign-in page; on loopback without keys everybody is signed in. */
export function requireSession(deps: SessionDeps): MiddlewareHandler {
  return async function requireSessionOf(c, next) {
    const session = (await currentSession(c, deps)) ?? (await openLocally(c, deps))
    if (session === undefined) return c.redirect(signInAddress(c), 303)
    if (!mayAct(session.caller, DESK_ROLES))
      throw new TriageError('forbidden', 'Cannot open the desk: role reviewer or lead is required')
    const { allowed, retryAfterSeconds } = deps.limiter.take(session.caller.name)
    if (!allowed)
      throw new TriageError(
        'rate_limited',
        `Cannot take more requests from "${session.caller.name}" now`,
        { detail: { retryAfterSeconds } },
      )
    c.set('desk', session)
    return next()
  }
}

export const sessionOf = (c: Context) => c.get('desk') as DeskSession

/** The session that the cookie names, as far as it is still good. */
export async function currentSession(
  c: Context,
  deps: SessionDeps,
): Promise<DeskSession | undefined> {
  const token = getCookie(c, COOKIE)
  const found = token === undefined ? undefined : await deps.findSession(token)
  if (token === undefined || found === undefined) return undefined
  // The first key ends what loopback alone allowed.
  const caller = found.caller ?? (await localCaller(c, deps))
  return caller === undefined ? undefined : sessionFor(caller, token)
}

/** Signs in with a key: sets the cookie. Undefined when the key is not accepted. */
export async function signIn(
  c: Context,
  deps: SessionDeps,
  key: string | null,
): Promise<string | undefined> {
  const opened = await deps.openSession(key)
  if (opened === undefined) return undefined
  setCookie(c, COOKIE, opened.token, {
    path: '/review',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isHttps(c),
    expires: opened.expiresAt,
  })
  return opened.token
}

/** Ends the session here and in the store. */
export async function signOut(c: Context, deps: SessionDeps): Promise<void> {
  const token = getCookie(c, COOKIE)
  if (token !== undefined) await deps.closeSession(token)
  deleteCookie(c, COOKIE, { path: '/review' })
}

async function openLocally(c: Context, deps: SessionDeps): Promise<DeskSession | undefined> {
  if (c.req.method !== 'GET') return undefined
  const caller = await localCaller(c, deps)
  if (caller === undefined) return undefined
  const token = await signIn(c, deps, null)
  return token === undefined ? undefined : sessionFor(caller, token)
}

async function localCaller(c: Context, deps: SessionDeps): Promise<Caller | undefined> {
  return namesLoopback(c) ? deps.openCaller() : undefined
}

/** The token is derived from the cookie, so nothing more is stored; it does not give the cookie away. */
const sessionFor = (caller: Caller, token: string): DeskSession => ({
  caller,
  csrf: hmac(token, 'csrf'),
  mayDecide: mayAct(caller, ['reviewer']),
})

function signInAddress(c: Context): string {
  const { pathname, search } = new URL(c.req.url)
  const wanted = c.req.method === 'GET' && pathname !== '/review' ? `${pathname}${search}` : ''
  return `/review/sign-in${wanted === '' ? '' : `?next=${encodeURIComponent(wanted)}`}`
}

/** Behind a proxy that ends TLS, its header says so. */
const isHttps = (c: Context) =>
  new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https'

import type { Context, MiddlewareHandler } from 'hono'
import type { Caller, Role } from '../domain/api-key.ts'
import { mayAct } from '../domain/api-key.ts'
import { TriageError } from '../domain/errors.ts'
import { namesLoopback } from './host.ts'
import type { RateLimiter } from './rate-limit.ts'

export type AuthDeps = {
  /** The caller behind a presented key; undefined when it is unknown or revoked. */
  readonly findCaller: (key: string) => Promise<Caller | undefined>
  /** With no key configured the service listens on loopback only and everybody there is this caller. */
  readonly openCaller: () => Promise<Caller | undefined>
  readonly limiter: RateLimiter
}

/** Lets a request through when its key has one of the roles, and counts it against that key's rate. */
export function requireRole(deps: AuthDeps, ...roles: readonly Role[]): MiddlewareHandler {
  return async function requireRoleOf(c, next) {
    const caller = await authenticate(c, deps)
    if (!mayAct(caller, roles))
      throw new TriageError(
        'forbidden',
        `Cannot do this with the key "${caller.name}": role ${roles.join(' or ')} is required`,
      )
    const { allowed, remaining, retryAfterSeconds } = deps.limiter.take(caller.name)
    c.header('ratelimit-policy', deps.limiter.policy)
    c.header('ratelimit', `"default";r=${remaining};t=${retryAfterSeconds}`)
    if (!allowed)
      throw new TriageError('rate_limited', `Cannot take more requests from "${caller.name}" now`, {
        detail: { retryAfterSeconds },
      })
    c.set('caller', caller)
    await next()
  }
}

export const callerOf = (c: Context) => c.get('caller') as Caller

/** The platform that a key is limited to; null: people see what all of them sent. */
export function platformOf(c: Context): string | null {
  const { name, roles } = callerOf(c)
  return roles.every((role) => role === 'platform') ? name : null
}

async function authenticate(c: Context, deps: AuthDeps): Promise<Caller> {
  const key = presentedKey(c)
  if (key !== undefined) {
    const caller = await deps.findCaller(key)
    if (caller !== undefined) return caller
    throw new TriageError('unauthenticated', 'Cannot accept this API key: it is unknown or revoked')
  }
  const open = isLocal(c) ? await deps.openCaller() : undefined
  if (open !== undefined) return open
  throw new TriageError(
    'unauthenticated',
    'Cannot answer without an API key: send "Authorization: Bearer <key>"',
  )
}

/** By the name of this machine, and not because a page of another site asked a browser on it to. */
const isLocal = (c: Context) => namesLoopback(c) && c.req.header('sec-fetch-site') !== 'cross-site'

function presentedKey(c: Context): string | undefined {
  const header = c.req.header('authorization')
  if (header === undefined) return undefined
  const [scheme, key] = header.split(' ', 2)
  return scheme?.toLowerCase() === 'bearer' && key !== undefined && key !== '' ? key : ''
}

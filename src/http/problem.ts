import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ErrorCode } from '../domain/errors.ts'
import { TriageError } from '../domain/errors.ts'

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503

/** The only place where an error becomes a status and a title. */
const PROBLEMS: Readonly<Record<ErrorCode, { readonly status: Status; readonly title: string }>> = {
  malformed: { status: 400, title: 'The request is not well formed' },
  invalid_request: { status: 422, title: 'The request does not fit the schema' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  too_large: { status: 413, title: 'The body is too large' },
  invalid_policy: { status: 422, title: 'The policy has errors' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'The state does not allow this' },
  idempotency_mismatch: { status: 422, title: 'The idempotency key was used with another body' },
  in_progress: { status: 409, title: 'The first request with this key is still running' },
  unauthenticated: { status: 401, title: 'A valid API key is required' },
  forbidden: { status: 403, title: 'The API key lacks the role for this' },
  rate_limited: { status: 429, title: 'Too many requests' },
  overloaded: { status: 503, title: 'The service is at its limit' },
  store_unavailable: { status: 503, title: 'The store cannot commit' },
  configuration: { status: 500, title: 'The service is not configured' },
  integrity: { status: 500, title: 'Stored data failed its integrity check' },
}

/** An RFC 9457 problem document. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly instance?: string
  readonly [member: string]: unknown
}

/** What a caller may know about an error: our own errors in full, anything else as a 500 with the request id alone. */
export function problemOf(error: unknown, requestId: string): Problem {
  const ours = ourError(error)
  if (ours !== undefined) {
    const { status, title } = PROBLEMS[ours.code]
    return {
      type: `/docs#problem-${ours.code}`,
      title,
      status,
      ...(status === 500 ? {} : { detail: ours.message, ...ours.detail }),
      instance: requestId,
    }
  }
  if (error instanceof HTTPException && error.status < 500)
    return {
      type: 'about:blank',
      title: error.message || 'Bad request',
      status: error.status,
      instance: requestId,
    }
  return {
    type: 'about:blank',
    title: 'Something unexpected happened',
    status: 500,
    instance: requestId,
  }
}

/** Libraries wrap what we threw inside them: drizzle the store's errors, as their cause. */
function ourError(error: unknown): TriageError | undefined {
  if (error instanceof TriageError) return error
  return error instanceof Error && error.cause instanceof TriageError ? error.cause : undefined
}

/** A problem as a response; 503 and 429 say when to come back. */
export function problemResponse(problem: Problem): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  const wait = problem['retryAfterSeconds']
  if (typeof wait === 'number') headers.set('retry-after', String(wait))
  else if (problem.status === 503) headers.set('retry-after', '1')
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer')
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

export const requestIdOf = (c: Context) => c.get('requestId') as string

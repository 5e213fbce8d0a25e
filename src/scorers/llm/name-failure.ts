import { APIConnectionError, APIError } from 'openai'
import { LlmFailure } from './failure.ts'
import { retryAfterMs } from './retry-after.ts'

/** Whatever the SDK threw → a named failure. The server's own words stay here. */
export function nameFailure(error: unknown, now: Date): LlmFailure {
  if (error instanceof LlmFailure) return error
  if (error instanceof APIConnectionError)
    return error.cause instanceof LlmFailure
      ? error.cause
      : new LlmFailure('unreachable', 'cannot connect to the server')
  if (error instanceof APIError && typeof error.status === 'number')
    return nameStatus(error as StatusError, error.status, now)
  return new LlmFailure('not_the_protocol', 'response is not one of the OpenAI protocol')
}

type StatusError = { readonly headers: Headers | undefined; readonly code?: unknown }

function nameStatus({ headers, code }: StatusError, status: number, now: Date): LlmFailure {
  if (code === 'content_filter') return new LlmFailure('filtered', 'stopped by the content filter')
  if (code === 'insufficient_quota')
    return new LlmFailure('no_credit', 'the account has no credit left')
  const wait = retryAfterMs(headers, now)
  if (status === 429) return new LlmFailure('rate_limited', `rate limited (429)${said(wait)}`, wait)
  if (status >= 500 || status === 408 || status === 409 || status === 425)
    return new LlmFailure('server_error', `server error ${status}${said(wait)}`, wait)
  if (status === 401 || status === 403)
    return new LlmFailure('unauthorised', `the API key was not accepted (${status})`)
  if (status === 402) return new LlmFailure('no_credit', 'the account has no credit left (402)')
  if (status === 404)
    return new LlmFailure('not_found', 'the server does not know the model or the address (404)')
  if (status < 400) return new LlmFailure('redirected', `redirect not followed (${status})`)
  return new LlmFailure('rejected', `request rejected (${status})`)
}

const said = (wait: number | undefined) =>
  wait === undefined ? '' : `, retry after ${Math.ceil(wait / 1000)} s`

/** Closed list of what can go wrong on purpose; `http/problem.ts` alone maps it to statuses. */
export type ErrorCode =
  | 'invalid_request'
  | 'malformed'
  | 'unsupported_media_type'
  | 'too_large'
  | 'invalid_policy'
  | 'not_found'
  | 'conflict'
  | 'idempotency_mismatch'
  | 'in_progress'
  | 'unauthenticated'
  | 'forbidden'
  | 'rate_limited'
  | 'overloaded'
  | 'store_unavailable'
  | 'configuration'
  | 'integrity'

/** A failure with a closed code. Messages name states and fields, never ticket text or secrets. */
export class TriageError extends Error {
  readonly code: ErrorCode
  /** Extra members of the problem document (current state, field errors, seconds to wait). */
  readonly detail: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; detail?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TriageError'
    this.code = code
    this.detail = options.detail ?? {}
  }
}

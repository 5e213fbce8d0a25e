import { TriageError } from '../../domain/errors.ts'

/** Why the LLM gave no scores. Every call that fails has exactly one of these. */
export type FailureKind = keyof typeof NATURE

/**
 * `retry`: the same request may do better a moment later. `server`: it says something about the server and not about
 * this ticket, so the circuit breaker counts it. A ticket's own text must never be able to open the breaker for others.
 */
const NATURE = {
  timeout: { retry: false, server: true },
  aborted: { retry: false, server: false },
  unreachable: { retry: true, server: true },
  connection_lost: { retry: true, server: true },
  rate_limited: { retry: true, server: true },
  server_error: { retry: true, server: true },
  no_credit: { retry: false, server: true },
  unauthorised: { retry: false, server: true },
  not_found: { retry: false, server: true },
  redirected: { retry: false, server: true },
  rejected: { retry: false, server: false },
  answer_too_large: { retry: false, server: false },
  not_the_protocol: { retry: true, server: true },
  empty: { retry: true, server: false },
  refused: { retry: false, server: false },
  filtered: { retry: false, server: false },
  truncated: { retry: false, server: false },
  invalid_json: { retry: true, server: false },
  wrong_schema: { retry: true, server: false },
  budget: { retry: false, server: false },
  queue_full: { retry: false, server: false },
  circuit_open: { retry: false, server: false },
  no_boundary: { retry: false, server: false },
} as const satisfies Record<string, { readonly retry: boolean; readonly server: boolean }>

/**
 * A named failure of one LLM call. The message is made here from states and numbers alone, and there is no `cause`:
 * errors of the SDK carry the server's words, which may quote the ticket.
 */
export class LlmFailure extends TriageError {
  readonly kind: FailureKind
  /** What the server asked for in `Retry-After`. */
  readonly retryAfterMs: number | undefined

  constructor(kind: FailureKind, message: string, retryAfterMs?: number) {
    super('overloaded', message, { detail: { failure: kind } })
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }

  get canRetry(): boolean {
    return NATURE[this.kind].retry
  }

  get blamesServer(): boolean {
    return NATURE[this.kind].server
  }
}

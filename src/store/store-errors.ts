import { TriageError } from '../domain/errors.ts'

/** The database could not answer now; the same request may succeed later. */
export function storeUnavailable(cause: unknown): TriageError {
  return new TriageError('store_unavailable', 'Cannot reach the store: try again in a moment', {
    cause,
    detail: { retryAfterSeconds: 1 },
  })
}

/** What a failed statement means: a passing state of the database, or an error of ours that is thrown as it is. */
export function storeError(error: unknown): unknown {
  if (error instanceof TriageError) return error
  if (!(error instanceof Error)) return error
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string')
    return isPgliteGone(error) || isSocketGone(error) ? storeUnavailable(error) : error
  const passing =
    UNREACHABLE.has(code) || PASSING_CLASSES.has(code.slice(0, 2)) || PASSING.has(code)
  return passing ? storeUnavailable(error) : error
}

/** Whether an error only says that the database cannot answer now. */
export function isStoreUnavailable(error: unknown): boolean {
  const meant = storeError(error)
  return meant instanceof TriageError && meant.code === 'store_unavailable'
}

function isPgliteGone(error: Error): boolean {
  return error.name === 'RuntimeError' || /PGlite is clos|Aborted\(/.test(error.message)
}

/** The sockets of workerd fail without a code; postgres.js marks what failed while a query was on its way. */
function isSocketGone(error: Error): boolean {
  return 'query' in error && error.name === 'Error'
}

/** From the socket and from postgres.js. */
const UNREACHABLE = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])

/** SQLSTATE classes: connection, transaction rollback (deadlock), resources (disk full), operator, system. */
const PASSING_CLASSES = new Set(['08', '40', '53', '57', '58'])

/** Read-only after a fail-over, lock not available. */
const PASSING = new Set(['25006', '55P03'])

import type { Context } from 'hono'
import { TriageError } from '../domain/errors.ts'

const LONGEST_KEY = 255

/**
 * The Idempotency-Key of a request: the IETF draft's quoted string or the bare form that many clients send.
 * @throws TriageError `malformed` when it is empty, too long or not printable ASCII.
 */
export function idempotencyKeyOf(c: Context): string | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(header)
  const key = quoted === null ? header : quoted[1]!.replaceAll(/\\(["\\])/g, '$1')
  if (key.length > 0 && key.length <= LONGEST_KEY && /^[\x20-\x7e]+$/.test(key)) return key
  throw new TriageError(
    'malformed',
    `Cannot use this Idempotency-Key: 1 to ${LONGEST_KEY} printable ASCII characters are required`,
  )
}

/**
 * Runs one request for a key at a time in this process. Two replicas may both run one: the store lets one of them
 * commit and gives the other the same stored answer.
 * @throws TriageError `in_progress` while the first is running.
 */
export function createInFlight() {
  const running = new Set<string>()
  return async function once<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (running.has(key))
      throw new TriageError(
        'in_progress',
        'Cannot run this request twice at a time: the first one with this key has not finished',
        {
          detail: { retryAfterSeconds: 1 },
        },
      )
    running.add(key)
    try {
      return await work()
    } finally {
      running.delete(key)
    }
  }
}

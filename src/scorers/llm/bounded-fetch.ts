import { LlmFailure } from './failure.ts'

export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Labels are a few hundred bytes; with token probabilities some hundred kilobytes. */
const MAX_ANSWER_BYTES = 2_097_152

/** Statuses whose responses may not be given a body. */
const BODILESS = new Set([101, 103, 204, 205, 304])

/**
 * The only way out for ticket text: the SDK's request with exactly the headers listed here (it adds some from the
 * environment), no redirects to another host, and the whole answer read within the abort signal and a size limit.
 */
export function boundedFetch(apiKey: string | undefined, fetch: Fetch): Fetch {
  return async (url, init) => {
    const headers = new Headers({ accept: 'application/json', 'content-type': 'application/json' })
    if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`)
    const response = await fetch(url, {
      method: init?.method ?? 'POST',
      body: init?.body ?? null,
      signal: init?.signal ?? null,
      redirect: 'manual',
      headers,
    })
    const body = await readBounded(response, init?.signal ?? undefined)
    return new Response(BODILESS.has(response.status) ? null : body, {
      status: response.status,
      headers: response.headers,
    })
  }
}

async function readBounded(
  { body }: Response,
  abort: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      abort?.throwIfAborted()
      throw new LlmFailure('connection_lost', 'connection closed in the middle of the answer')
    })
    if (done) break
    bytes += value.length
    if (bytes > MAX_ANSWER_BYTES) {
      void reader.cancel().catch(() => undefined)
      throw new LlmFailure('answer_too_large', `answer is over ${MAX_ANSWER_BYTES} bytes`)
    }
    chunks.push(value)
  }
  return joined(chunks, bytes)
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

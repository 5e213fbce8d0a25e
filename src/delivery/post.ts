import type { Attempt } from '../domain/delivery.ts'

/** What a transport is given and gives; it follows no redirects and rejects when nothing came back. */
export type Post = (request: {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}) => Promise<{ readonly status: number; readonly retryAfter: string | null }>

/** An address that nothing may be sent to. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('The address is private, and webhooks go out into the internet only')
    this.name = 'ForbiddenAddress'
  }
}

/** Milliseconds until an endpoint must have answered. */
export const ANSWER_WITHIN_MS = 15_000

/** Sends and reads the answer: 2xx is delivered, 410 means never again, everything else (3xx too) failed. */
export async function attempt(
  post: Post,
  request: Parameters<Post>[0],
  now: Date,
): Promise<Attempt> {
  let answer: Awaited<ReturnType<Post>>
  try {
    answer = await post(request)
  } catch (error) {
    return { ok: false, error: nameOf(error) }
  }
  const { status, retryAfter } = answer
  if (status >= 200 && status < 300) return { ok: true }
  const seconds = secondsOf(retryAfter, now)
  return {
    ok: false,
    error: status === 410 ? 'It answered 410: gone' : `It answered ${status}`,
    ...(status === 410 && { gone: true }),
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
  }
}

/** `Retry-After`: seconds, or a date. */
function secondsOf(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now.getTime()) / 1_000)
}

/** Messages of foreign errors may quote what was sent, so only their kind is kept. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'It could not be reached'
  const cause: unknown = error.cause
  if (error instanceof ForbiddenAddress) return error.message
  if (cause instanceof ForbiddenAddress) return cause.message
  if (error.name === 'TimeoutError') return 'It did not answer in time'
  const code = (error as { code?: unknown }).code ?? (cause as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? `It could not be reached: ${code}` : 'It could not be reached'
}

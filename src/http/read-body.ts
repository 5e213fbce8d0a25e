import type { Context } from 'hono'
import type { z } from 'zod'
import { TriageError } from '../domain/errors.ts'

export type BodyLimits = { readonly maxBytes: number }

/**
 * The JSON body as the schema's type.
 * @throws TriageError `unsupported_media_type`, `too_large`, `malformed` (not UTF-8, not JSON) or `invalid_request`
 *   with one entry per field (`pointer`, `message`).
 */
export async function readBody<T>(
  c: Context,
  schema: z.ZodType<T>,
  limits: BodyLimits,
): Promise<T> {
  requireMediaType(c, 'application/json')
  return parseAs(schema, parseJson(await readText(c.req.raw, limits.maxBytes)))
}

/** Like `readBody`, for calls whose body may be left out. */
export async function readOptionalBody<T>(
  c: Context,
  schema: z.ZodType<T>,
  limits: BodyLimits,
): Promise<T> {
  const text = await readText(c.req.raw, limits.maxBytes)
  if (text.trim() === '') return parseAs(schema, {})
  requireMediaType(c, 'application/json')
  return parseAs(schema, parseJson(text))
}

/** @throws TriageError `unsupported_media_type` unless the content type is `expected` (parameters are ignored; charset must be UTF-8). */
export function requireMediaType(c: Context, ...expected: readonly string[]): void {
  const header = c.req.header('content-type')
  const [type, ...parameters] = (header ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  if (expected.includes(type ?? '') && utf8) return
  throw new TriageError(
    'unsupported_media_type',
    `Cannot read this body: Content-Type ${expected.join(' or ')} in UTF-8 is required`,
  )
}

/**
 * Keeps at most `maxBytes`, whatever the Content-Length header claims. A body somewhat over it is read to its end and
 * thrown away: a connection that is cut while the client still sends would lose the answer.
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  if (request.body !== null) {
    // `for await` cancels the stream when we leave early, so an endless body stops here.
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      if (size > maxBytes * DRAINED_TIMES) break
      if (size <= maxBytes) chunks.push(chunk)
    }
  }
  if (size > maxBytes) throw tooLarge(maxBytes)
  return decodeUtf8(joinBytes(chunks, size))
}

const DRAINED_TIMES = 8

export function tooLarge(maxBytes: number): TriageError {
  return new TriageError(
    'too_large',
    `Cannot read this body: at most ${maxBytes} bytes are allowed`,
    {
      detail: { maxBytes },
    },
  )
}

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return STRICT_UTF8.decode(bytes)
  } catch (error) {
    throw new TriageError('malformed', 'Cannot read this body: it is not valid UTF-8', {
      cause: error,
    })
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new TriageError('malformed', 'Cannot read this body: it is not valid JSON', {
      cause: error,
    })
  }
}

export function parseAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.slice(0, MAX_FIELD_ERRORS).map((issue) => ({
    pointer: `/${issue.path.map(shownName).join('/')}`,
    message:
      issue.code === 'unrecognized_keys'
        ? `Unknown here: ${issue.keys.map((key) => `"${shownName(key)}"`).join(', ')}`
        : issue.message,
  }))
  throw new TriageError(
    'invalid_request',
    `Cannot accept this body: ${errors[0]!.pointer} ${errors[0]!.message}`,
    {
      detail: { errors },
    },
  )
}

/** Names of fields are shown; what is no name may be a customer's words, which no error repeats. */
function shownName(part: PropertyKey): string {
  return typeof part === 'number' || /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/.test(String(part))
    ? String(part)
    : '(not a name)'
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const MAX_FIELD_ERRORS = 50

export function joinBytes(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

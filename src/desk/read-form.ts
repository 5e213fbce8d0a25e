import { timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { TriageError } from '../domain/errors.ts'
import { hostOf } from '../http/host.ts'
import { readText, requireMediaType } from '../http/read-body.ts'
import { sessionOf } from './session.ts'

/** Every field of a form can be there many times, as chips are. */
export type Form = {
  /** The last value of a field, trimmed; undefined when it is absent or empty. */
  readonly one: (name: string) => string | undefined
  readonly all: (name: string) => readonly string[]
  /** It was sent, however empty. */
  readonly has: (name: string) => boolean
}

/**
 * The fields of a form that one of our own pages sent in this session.
 * @throws TriageError `forbidden` for another origin or a wrong token, `unsupported_media_type`, `too_large`, `malformed`
 */
export async function readForm(c: Context, limits: { readonly maxBytes: number }): Promise<Form> {
  requireOwnOrigin(c)
  const form = await readFields(c, limits)
  if (!isSame(form.one('csrf') ?? '', sessionOf(c).csrf))
    throw new TriageError(
      'forbidden',
      'Cannot accept this form: it is from another session. Load the page again',
    )
  return form
}

/** The fields of a form that needs no session, the sign-in. */
export async function readOpenForm(
  c: Context,
  limits: { readonly maxBytes: number },
): Promise<Form> {
  requireOwnOrigin(c)
  return readFields(c, limits)
}

async function readFields(c: Context, limits: { readonly maxBytes: number }): Promise<Form> {
  requireMediaType(c, 'application/x-www-form-urlencoded')
  const fields = new URLSearchParams(await readText(c.req.raw, limits.maxBytes))
  return {
    one: (name) => fields.getAll(name).at(-1)?.trim() || undefined,
    all: (name) => fields.getAll(name).filter((value) => value !== ''),
    has: (name) => fields.has(name),
  }
}

/** Browsers name the origin of every form they send; older ones at least say that it was ours. */
function requireOwnOrigin(c: Context): void {
  const origin = c.req.header('origin')
  const own =
    origin === undefined
      ? c.req.header('sec-fetch-site') === 'same-origin'
      : URL.canParse(origin) && new URL(origin).host === hostOf(c)
  if (!own) throw new TriageError('forbidden', 'Cannot accept this form: it is from another site')
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

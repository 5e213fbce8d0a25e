import { TriageError } from '../domain/errors.ts'

/*
 * PostgreSQL's `text` holds no NUL, and UTF-8 has no lone surrogates. Documents are safe, because JSON escapes both;
 * but `->`, `->>`, `#>>` and all that looks into a document fail when any string of it has such an escape. So what
 * holds a customer's or a reviewer's words (tickets, receipts, answers, outcomes) is read whole and parsed here.
 */

/**
 * A text that names something: another text in its place would name another thing, so it is refused.
 * @throws TriageError `invalid_request`
 */
export function requireStorable(field: string, text: string): string {
  if (isStorable(text)) return text
  throw new TriageError(
    'invalid_request',
    `Cannot store ${field}: it has a NUL character or half of a surrogate pair`,
    { detail: { field } },
  )
}

/** A text that only counts or explains: what cannot be stored becomes U+FFFD. */
export function toStorable(text: string): string {
  return isStorable(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD')
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

import { parseJson } from './db.ts'

/** The beginning of what a ticket says, for lists; empty when the ticket was erased. */
export type Excerpt = { readonly subject: string; readonly body: string }

/*
 * A ticket is stored as sent and may hold escapes of NUL or lone surrogates, on which `->>` fails. So the beginnings are
 * cut out of its JSON text, still escaped. In the value of another member the quotes would be escaped as well.
 */
const startOf = (member: string) =>
  `substring(t.original::text from '"${member}":"((?:[^"\\\\]|\\\\u[0-9a-fA-F]{4}|\\\\[^u]){0,200})')`

/** Columns for a query over `tickets t`. */
export const EXCERPT_COLUMNS = `${startOf('subject')} as subject_start, ${startOf('body')} as body_start`

export type ExcerptRow = {
  readonly subject_start: string | null
  readonly body_start: string | null
}

export function excerptOf(row: ExcerptRow): Excerpt {
  return { subject: unescape(row.subject_start), body: unescape(row.body_start) }
}

/** A cut between the two escapes of one character leaves half of it. */
const unescape = (start: string | null) =>
  start === null ? '' : (parseJson(`"${start}"`) as string).replace(/[\ud800-\udbff]$/, '')

import { parseJson } from './db.ts'

/** The beginning of what a ticket says, for lists; empty when the ticket was erased. */
export type Excerpt = { readonly subject: string; readonly body: string }

/*
 * A ticket is stored as sent and may hold escapes of NUL or lone surrogates, on which `->>` fails. So the beginning of
 * its JSON text is read, and the beginnings of its members are cut out of that, still escaped. Inside the value of
 * another member the quotes would be escaped as well.
 */
export const EXCERPT_COLUMN = 'left(t.original::text, 4500) as start'

export type ExcerptRow = { readonly start: string | null }

const SUBJECT = startOf('subject')
const BODY = startOf('body')

export function excerptOf({ start }: ExcerptRow): Excerpt {
  return { subject: member(start, SUBJECT), body: member(start, BODY) }
}

function startOf(name: string): RegExp {
  return new RegExp(String.raw`"${name}":"((?:[^"\\]|\\u[0-9a-f]{4}|\\[^u]){0,200})`, 'i')
}

/** A cut between the two escapes of one character leaves half of it. */
function member(start: string | null, pattern: RegExp): string {
  const escaped = start === null ? undefined : pattern.exec(start)?.[1]
  if (escaped === undefined) return ''
  return (parseJson(`"${escaped}"`) as string).replace(/[\ud800-\udbff]$/, '')
}

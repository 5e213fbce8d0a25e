import type { RedactedSpan } from './redact.ts'

const LOCAL = /[\p{L}\p{N}._%+'&-]/u
const DOMAIN = /[\p{L}\p{N}.-]/u
const MAX_LOCAL = 64
const MAX_DOMAIN = 253

/** Addresses around every `@`; each looks at a bounded number of characters to both sides. */
export function findEmails(text: string): readonly RedactedSpan[] {
  const spans: RedactedSpan[] = []
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at)
    const end = domainEnd(text, at + 1)
    if (start < at && end > at + 1) spans.push({ start, end, kind: 'email' })
  }
  return spans
}

function localStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < MAX_LOCAL && LOCAL.test(text.charAt(start - 1))) start--
  while (start < at && /[.'&-]/.test(text.charAt(start))) start++
  return start
}

/** End of a host name with a dot and a top level of letters; `from` when there is none. */
function domainEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && end - from < MAX_DOMAIN && DOMAIN.test(text.charAt(end))) end++
  while (end > from && /[.-]/.test(text.charAt(end - 1))) end--
  const labels = text.slice(from, end).split('.')
  const top = labels.at(-1) ?? ''
  const isHost = labels.length > 1 && labels.every((label) => label !== '')
  return isHost && /^(?:\p{L}{2,}|xn--[a-z0-9-]+)$/iu.test(top) ? end : from
}

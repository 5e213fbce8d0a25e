import { findAddresses } from './redact-addresses.ts'
import { findNumbers } from './redact-numbers.ts'
import { findSecrets } from './redact-secrets.ts'
import { findEmails } from './redact-emails.ts'

export type RedactedKind =
  | 'email'
  | 'phone'
  | 'card'
  | 'iban'
  | 'secret'
  | 'national_id'
  | 'address'
  | 'name'

/** UTF-16 units, the same in the original and in the redacted text. */
export type RedactedSpan = {
  readonly start: number
  readonly end: number
  readonly kind: RedactedKind
}

export type Redacted = {
  readonly text: string
  /** The same with secrets left in: what only looks like one may be what the customer says. */
  readonly said: string
  readonly spans: readonly RedactedSpan[]
}

/**
 * Covers what identifies or gives access: `a@b.io` becomes `[ema]`. The text keeps its length, so every offset
 * found in the redacted text is one of the original. What a support lead needs stays: order numbers, dates, amounts, versions.
 */
export function redact(text: string): Redacted {
  // Where findings overlap, the earlier list names the kind and the span covers both.
  const spans = joinOverlaps([
    ...findSecrets(text),
    ...findEmails(text),
    ...findNumbers(text),
    ...findAddresses(text),
  ])
  const said = coverSpans(
    text,
    spans.filter(({ kind }) => kind !== 'secret'),
  )
  return { text: coverSpans(text, spans), said, spans }
}

/** Covers the names of people as well, where somebody found them. */
export function coverNames(
  text: string,
  names: readonly { readonly start: number; readonly end: number }[],
): string {
  return coverSpans(text, joinOverlaps(names.map((range) => ({ ...range, kind: 'name' }))))
}

function coverSpans(text: string, spans: readonly RedactedSpan[]): string {
  let covered = ''
  let at = 0
  for (const span of spans) {
    covered += text.slice(at, span.start) + cover(span)
    at = span.end
  }
  return covered + text.slice(at)
}

function joinOverlaps(found: readonly RedactedSpan[]): readonly RedactedSpan[] {
  const joined: RedactedSpan[] = []
  for (const span of found.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last === undefined || last.end <= span.start) joined.push(span)
    else if (span.end > last.end) joined[joined.length - 1] = { ...last, end: span.end }
  }
  return joined
}

function cover({ start, end, kind }: RedactedSpan): string {
  const inside = Math.max(0, end - start - 2)
  return `[${kind.slice(0, inside).padEnd(inside, '·')}]`
}

import { foldCodePoint, isWordForm } from '../../domain/plain-text.ts'
import type { TextRange } from './excerpt.ts'

/** Looks a model's quotes up in the text; a passage is given out once, so that a repeated quote gets its next occurrence. */
export type QuoteFinder = { readonly find: (quote: string) => TextRange | undefined }

/** Longer than this is no quote but the ticket again. */
const MAX_QUOTE = 300

/**
 * Quotes are compared in the folded form of both texts: case, kinds of white space, apostrophes, dashes, accents written
 * either way and invisible characters do not matter; every word does. What is reported is always the original's slice. Only the given parts are searched: the model saw no more.
 */
export function createQuoteFinder(
  text: string,
  parts: readonly TextRange[] = [{ start: 0, end: text.length }],
): QuoteFinder {
  const folded = fold(text, parts)
  const used: TextRange[] = []

  function find(quote: string): TextRange | undefined {
    if (quote.length > MAX_QUOTE) return undefined
    const wanted = fold(quote, [{ start: 0, end: quote.length }]).folded.trim()
    if (wanted === '') return undefined
    for (
      let at = folded.folded.indexOf(wanted);
      at !== -1;
      at = folded.folded.indexOf(wanted, at + 1)
    ) {
      if (!standsAlone(folded.folded, at, at + wanted.length)) continue
      const span = { start: folded.starts[at]!, end: folded.ends[at + wanted.length - 1]! }
      if (used.some((other) => other.start < span.end && span.start < other.end)) continue
      used.push(span)
      return span
    }
    return undefined
  }

  return { find }
}

type Folded = {
  readonly folded: string
  /** For each unit of `folded`, where its source character starts and ends. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Between two parts; no quote folds to it. */
const CUT = '\0'

function fold(text: string, parts: readonly TextRange[]): Folded {
  let folded = ''
  let last = ''
  const starts: number[] = []
  const ends: number[] = []
  const put = (form: string, start: number, end: number) => {
    for (const unit of form.split('')) {
      folded += unit
      last = unit
      starts.push(start)
      ends.push(end)
    }
  }
  for (const part of parts) {
    if (part.start > 0) put(CUT, part.start, part.start)
    for (let at = part.start; at < part.end;) {
      const codePoint = text.codePointAt(at)!
      const next = at + (codePoint > 0xffff ? 2 : 1)
      const plain = SAME.get(codePoint) ?? foldCodePoint(codePoint)
      const form = plain !== '' && plain.trim() === '' ? ' ' : plain
      const repeatsBlank = form === ' ' && last === ' '
      // An accent of its own and a run of blanks belong to the character before them.
      const belongsBefore = repeatsBlank || (form === '' && isCombining(codePoint))
      if (belongsBefore && ends.length > 0) ends[ends.length - 1] = next
      else if (!repeatsBlank) put(form, at, next)
      at = next
    }
  }
  return { folded, starts, ends }
}

/** Double quotation marks and dashes that models like to straighten. */
const SAME: ReadonlyMap<number, string> = new Map(
  Object.entries({ '"': '“”„‟«»″', '-': '‐‑‒–—―−' }).flatMap(([plain, marks]) =>
    marks.split('').map((mark) => [mark.charCodeAt(0), plain] as const),
  ),
)

const COMBINING = /^\p{M}$/u

function isCombining(codePoint: number): boolean {
  return codePoint >= 0x300 && COMBINING.test(String.fromCodePoint(codePoint))
}

/** False inside a longer word: "our bank" is not in "your bank". Scripts without spaces have no such border. */
function standsAlone(folded: string, start: number, end: number): boolean {
  return !joins(folded[start - 1], folded[start]) && !joins(folded[end - 1], folded[end])
}

const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

function joins(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return false
  return isWordForm(left) && isWordForm(right) && !(SPACELESS.test(left) || SPACELESS.test(right))
}

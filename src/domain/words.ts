import { foldCodePoint, isMark, isWordForm } from './plain-text.ts'
import { findQuotedRanges } from './quoted-lines.ts'

/** What stands between a word and the one before it: nothing special, a clause end, or a sentence end. */
export const SAME_CLAUSE = 0
export const NEW_CLAUSE = 1
export const NEW_SENTENCE = 2
export type Break = typeof SAME_CLAUSE | typeof NEW_CLAUSE | typeof NEW_SENTENCE

/** One word as it is compared, with its place in the text as sent (UTF-16 units). */
export type Word = {
  /** Folded: lower case, no accents, one kind of apostrophe. Cut after 64 characters. */
  readonly form: string
  readonly start: number
  readonly end: number
  /** A letter stands three or more times in a row ("sooo"): compare by `squeeze`. */
  readonly elongated: boolean
  readonly breakBefore: Break
  /** Inside an earlier message that this one answers. */
  readonly quoted: boolean
}

const MAX_FORM = 64
const NEWLINE = 0x0a
const APOSTROPHE = "'"
/** Ends of sentences, then ends of clauses, after folding. */
const SENTENCE_ENDS = new Set('.!?;。؟…｡')
const CLAUSE_ENDS = new Set(',:()[]{}"“”„«»–—―|•·*、،~')

/**
 * Splits a text into comparable words in one pass. Letters and digits make words, an apostrophe inside a word
 * belongs to it, characters that show nothing are skipped wherever they stand.
 */
export function readWords(text: string): readonly Word[] {
  const quoted = findQuotedRanges(text)
  const words: Word[] = []
  let quote = 0
  let at = 0
  let gap = startGap()
  while (at < text.length) {
    const codePoint = text.codePointAt(at) as number
    const folded = foldCodePoint(codePoint)
    if (!isWordForm(folded)) {
      noteSeparator(gap, text, at, codePoint, folded)
      at += codePoint > 0xffff ? 2 : 1
      continue
    }
    while ((quoted[quote]?.end ?? Infinity) <= at) quote++
    const word = readWord(text, at)
    words.push({
      form: word.form,
      start: at,
      end: word.end,
      elongated: word.elongated,
      breakBefore: breakOf(gap, text, at),
      quoted: (quoted[quote]?.start ?? Infinity) <= at,
    })
    at = word.end
    gap = startGap()
  }
  return words
}

/** A form with every repeated letter written once: "reeeally" and "really" are equal then. */
export function squeeze(form: string): string {
  let squeezed = ''
  for (const letter of form) if (!squeezed.endsWith(letter)) squeezed += letter
  return squeezed
}

type Gap = { level: Break; newlines: number; dash: boolean }
const startGap = (): Gap => ({ level: SAME_CLAUSE, newlines: 0, dash: false })

function readWord(text: string, start: number): { form: string; end: number; elongated: boolean } {
  let form = ''
  let end = start
  let at = start
  let last = ''
  let run = 0
  let elongated = false
  let apostrophe = false
  const unspaced = isUnspaced(text.codePointAt(start) as number)
  while (at < text.length) {
    const codePoint = text.codePointAt(at) as number
    const folded = foldCodePoint(codePoint)
    const next = at + (codePoint > 0xffff ? 2 : 1)
    if (folded === APOSTROPHE && !apostrophe) apostrophe = true
    else if (folded === '') {
      if (isMark(codePoint) && end === at) end = next
    } else if (isWordForm(folded) && isUnspaced(codePoint) === unspaced) {
      if (apostrophe && form.length < MAX_FORM) form += APOSTROPHE
      apostrophe = false
      run = folded === last ? run + 1 : 1
      last = folded
      if (run >= 3 && !isDigit(folded)) elongated = true
      if (form.length < MAX_FORM) form += folded
      end = next
    } else break
    at = next
  }
  return { form, end, elongated }
}

/** Scripts that put no blanks around a foreign word: "中了ransomware" holds the word. */
function isUnspaced(codePoint: number): boolean {
  return (
    (codePoint >= 0x0e00 && codePoint <= 0x0eff) ||
    (codePoint >= 0x1000 && codePoint <= 0x109f) ||
    (codePoint >= 0x1780 && codePoint <= 0x17ff) ||
    (codePoint >= 0x3040 && codePoint <= 0x30ff) ||
    (codePoint >= 0x3400 && codePoint <= 0x9fff) ||
    (codePoint >= 0xac00 && codePoint <= 0xd7a3) ||
    (codePoint >= 0x20000 && codePoint <= 0x3ffff)
  )
}

function isDigit(folded: string): boolean {
  return folded >= '0' && folded <= '9'
}

function noteSeparator(
  gap: Gap,
  text: string,
  at: number,
  codePoint: number,
  folded: string,
): void {
  if (codePoint === NEWLINE) gap.newlines++
  else if (folded === '.' && isDigitAt(text, at - 1) && isDigitAt(text, at + 1)) return
  else if (SENTENCE_ENDS.has(folded.charAt(0))) gap.level = NEW_SENTENCE
  else if (CLAUSE_ENDS.has(folded.charAt(0))) raiseToClause(gap)
  // A hyphen ends a clause only with a blank beside it; "follow-up" is one thought.
  else if (folded === '-') {
    if (gap.dash || isBlankAt(text, at - 1) || isBlankAt(text, at + 1)) raiseToClause(gap)
    gap.dash = true
  }
}

function raiseToClause(gap: Gap): void {
  if (gap.level === SAME_CLAUSE) gap.level = NEW_CLAUSE
}

/** A single line end before a small letter is a wrapped line; before anything else it starts a new thought. */
function breakOf(gap: Gap, text: string, at: number): Break {
  if (gap.newlines >= 2) return NEW_SENTENCE
  if (gap.newlines === 1 && gap.level === SAME_CLAUSE) {
    const first = text.charAt(at)
    return first === first.toLowerCase() ? SAME_CLAUSE : NEW_CLAUSE
  }
  return gap.level
}

function isDigitAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0x30 && unit <= 0x39
}

function isBlankAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit === 0x20 || unit === 0x09 || unit === NEWLINE || unit === 0x0d || unit === 0xa0
}

import { contractionForms } from './contractions.ts'
import { inflections } from './inflections.ts'
import { readWords } from './words.ts'

/**
 * The pattern language of a policy's `phrases`. A pattern is words in order; case, accents, look-alike letters,
 * invisible characters, stretched letters ("sooo") and punctuation never matter.
 *
 * | write | matches |
 * |---|---|
 * | `third time` | these two words, one after the other |
 * | `cancel~` | the word and its regular forms: cancels, cancelled, cancelling (irregular ones are written out) |
 * | `i'm`, `don't` | also im, dont, and the long forms "i am", "do not" |
 * | `(leave\|leaving\|go elsewhere)` | one of these; each may be several words |
 * | `[really]`, `[so\|very]` | this, or nothing |
 * | `..3` | 0 to 3 words of any kind, within one sentence |
 * | `#` | a word that begins with a digit: 3, 24.5, 4pm |
 *
 * Groups may be nested. A gap stands between words, never at the edge of a pattern or group. The longest match may be 24 words.
 */
export type Pattern =
  | { readonly kind: 'word'; readonly forms: readonly string[] }
  | { readonly kind: 'number' }
  | { readonly kind: 'gap'; readonly most: number }
  | { readonly kind: 'sequence' | 'either'; readonly of: readonly Pattern[] }
  | { readonly kind: 'optional'; readonly of: Pattern }

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  /** `column` counts from 1. */
  | { readonly ok: false; readonly message: string; readonly column: number }

export const MAX_PATTERN_WORDS = 24
const MAX_PATTERN_LENGTH = 2000
const MAX_GAP = 9

/** Reads one pattern; the first mistake is reported with its column. */
export function parsePattern(text: string): ParsedPattern {
  try {
    return { ok: true, pattern: readPattern(text) }
  } catch (error) {
    if (error instanceof PatternError)
      return { ok: false, message: error.message, column: error.at + 1 }
    throw error
  }
}

/** What is wrong with a pattern, for the policy parser; null when nothing is. */
export function checkPhrase(pattern: string): string | null {
  const parsed = parsePattern(pattern)
  return parsed.ok ? null : `${parsed.message} (column ${parsed.column})`
}

class PatternError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

type Reader = { readonly text: string; at: number }

function readPattern(text: string): Pattern {
  if (text.length > MAX_PATTERN_LENGTH)
    throw new PatternError(`Pattern is longer than ${MAX_PATTERN_LENGTH} characters`, 0)
  const reader: Reader = { text, at: 0 }
  const pattern = readEither(reader, '')
  if (reader.at < text.length)
    throw new PatternError(`Unexpected "${text.charAt(reader.at)}"`, reader.at)
  if (isNullable(pattern)) throw new PatternError('Pattern could match nothing', 0)
  const words = longestMatch(pattern)
  if (words > MAX_PATTERN_WORDS)
    throw new PatternError(`Pattern may match ${words} words; at most ${MAX_PATTERN_WORDS}`, 0)
  return pattern
}

/** Alternatives up to `close`, or to the end of the pattern, where `|` is not allowed. */
function readEither(reader: Reader, close: '' | ')' | ']'): Pattern {
  const alternatives = [readSequence(reader)]
  if (close !== '')
    while (reader.text.charAt(reader.at) === '|') {
      reader.at++
      alternatives.push(readSequence(reader))
    }
  const [only] = alternatives
  return only && alternatives.length === 1 ? only : { kind: 'either', of: alternatives }
}

function readSequence(reader: Reader): Pattern {
  const start = reader.at
  const items: Pattern[] = []
  const places: number[] = []
  for (;;) {
    while (isBlank(reader.text.charAt(reader.at))) reader.at++
    const character = reader.text.charAt(reader.at)
    if (character === '' || character === '|' || character === ')' || character === ']') break
    places.push(reader.at)
    items.push(readItem(reader, character))
  }
  if (items.length === 0) throw new PatternError('Expected a word', reader.at)
  checkEdges(items, places, start)
  return items.length === 1 ? (items[0] as Pattern) : { kind: 'sequence', of: items }
}

function readItem(reader: Reader, character: string): Pattern {
  if (character === '(' || character === '[') return readGroup(reader, character)
  if (character === '#') {
    reader.at++
    return { kind: 'number' }
  }
  return character === '.' ? readGap(reader) : readWordItem(reader)
}

function readGroup(reader: Reader, open: '(' | '['): Pattern {
  const start = reader.at++
  const close = open === '(' ? ')' : ']'
  const inside = readEither(reader, close)
  if (reader.text.charAt(reader.at) !== close)
    throw new PatternError(`"${open}" is not closed by "${close}"`, start)
  reader.at++
  return open === '(' ? inside : { kind: 'optional', of: inside }
}

function readGap(reader: Reader): Pattern {
  const most = reader.text.charAt(reader.at + 2)
  const isGap = reader.text.startsWith('..', reader.at) && most >= '1' && most <= `${MAX_GAP}`
  if (!isGap) throw new PatternError('A gap is written ..1 to ..9', reader.at)
  reader.at += 3
  return { kind: 'gap', most: Number(most) }
}

const RESERVED = new Set(' \t()[]|#~.')

function readWordItem(reader: Reader): Pattern {
  const start = reader.at
  while (reader.at < reader.text.length && !RESERVED.has(reader.text.charAt(reader.at))) reader.at++
  const words = readWords(reader.text.slice(start, reader.at)).map((word) => word.form)
  const last = words.pop()
  if (last === undefined)
    throw new PatternError(`"${reader.text.slice(start, reader.at + 1)}" is not a word`, start)
  const inflected = reader.text.charAt(reader.at) === '~'
  if (inflected) reader.at++
  const tail: Pattern = inflected ? { kind: 'word', forms: inflections(last) } : wordPattern(last)
  return words.length === 0 ? tail : { kind: 'sequence', of: [...words.map(wordPattern), tail] }
}

/** A contraction also matches without its apostrophe and written out. */
function wordPattern(form: string): Pattern {
  const { single, double } = contractionForms(form)
  const word: Pattern = { kind: 'word', forms: single }
  if (double.length === 0) return word
  const long = double.map((pair): Pattern => ({
    kind: 'sequence',
    of: pair.map((part): Pattern => ({ kind: 'word', forms: [part] })),
  }))
  return { kind: 'either', of: [word, ...long] }
}

/** A gap that can end up at the edge of a match would only stretch the quote. */
function checkEdges(items: readonly Pattern[], places: readonly number[], start: number): void {
  for (const order of [items.keys().toArray(), items.keys().toArray().toReversed()])
    for (const index of order) {
      const item = items[index] as Pattern
      if (item.kind === 'gap')
        throw new PatternError('A gap needs a word on both sides', places[index] ?? start)
      if (!isNullable(item)) break
    }
}

function isNullable(pattern: Pattern): boolean {
  if (pattern.kind === 'word' || pattern.kind === 'number') return false
  if (pattern.kind === 'gap' || pattern.kind === 'optional') return true
  return pattern.kind === 'sequence' ? pattern.of.every(isNullable) : pattern.of.some(isNullable)
}

function longestMatch(pattern: Pattern): number {
  if (pattern.kind === 'word' || pattern.kind === 'number') return 1
  if (pattern.kind === 'gap') return pattern.most
  if (pattern.kind === 'optional') return longestMatch(pattern.of)
  const parts = pattern.of.map(longestMatch)
  return pattern.kind === 'either' ? Math.max(...parts) : parts.reduce((sum, part) => sum + part, 0)
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n'
}

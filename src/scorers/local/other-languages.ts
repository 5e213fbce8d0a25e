import { eld } from 'eld/small'
import type { Range } from '../../domain/quoted-lines.ts'
import { beginnings } from './beginnings.ts'
import { blank } from './blank.ts'
import { sentenceRanges } from '../../domain/sentence-ranges.ts'

/** Below this n-grams guess; they are sure of themselves or have more words to go by. */
const FEWEST_WORDS = 4
const ENOUGH_WORDS = 8
const MORE_THAN_A_NAME = 6
/** A name or a quoted word of another script is no foreign text. */
const FEWEST_SCRIPT_LETTERS = 6
/** How much likelier than English another language must be. */
const CLEARLY = 1.15
const LONGEST = 600
/** Where a foreign sentence may begin inside another is looked for this far. */
const LONGEST_SENTENCE = 1_000
const MOST_CAPITALS = 24

const OTHER_LETTER = String.raw`(?!\p{Script=Latin})\p{L}\p{M}*`
const OTHER_SCRIPT = new RegExp(
  String.raw`${OTHER_LETTER}(?:[\p{M}\p{N}\s,;:!?.。、，！？।؟"'()-]{0,12}${OTHER_LETTER})*[.!?。！？।؟]?`,
  'gu',
)

/** Text that was written not to be read: letters one by one, escapes, character references, reversed. */
const ENCODED = [
  /(?<!\S)(?:\S[ \u00a0]{1,3}){8,}\S?(?!\S)/gu,
  /(?<!\S)(?:[^\s%]{0,40}%[0-9a-f]{2}){4,}\S{0,40}/giu,
  /(?:\S{0,2}&#x?[0-9a-f]{1,6};\s*){4,}\S?/giu,
  /(?:(?<!\S)[.,!?]\p{Ll}{2}[^\n.]{10,400}?\p{Ll}\p{Lu}(?!\S)\s*)+/gu,
  /\u202e[^\u202c\n]*\u202c?/gu,
]

/**
 * The parts of a text that are clearly not English: runs of another script, sentences of another language, encoded
 * text. A text of one language is one part.
 */
export function findOtherLanguages(text: string): readonly Range[] {
  const unreadable = [
    ...matches(text, OTHER_SCRIPT).filter(
      ({ start, end }) => lettersIn(text.slice(start, end)) >= FEWEST_SCRIPT_LETTERS,
    ),
    ...ENCODED.flatMap((pattern) => matches(text, pattern)),
    ...findLeet(text),
  ]
  const rest = blank(text, unreadable)
  return [...unreadable, ...sentenceRanges(rest).flatMap((range) => foreignPart(rest, range))]
}

/** Put in the middle of an English sentence, a foreign one begins with a capital letter. */
function foreignPart(text: string, { start, end }: Range): readonly Range[] {
  const sentence = text.slice(start, end)
  const whole = languageOf(sentence)
  const begins = beginnings(sentence.slice(0, LONGEST_SENTENCE)).slice(0, MOST_CAPITALS)
  if (whole === 'english' && begins.length === 0) return []
  // A name of several words is foreign too; and a sentence full of them is no clear English.
  const fewest = whole === 'unclear' ? ENOUGH_WORDS : MORE_THAN_A_NAME
  for (const at of begins) {
    if (languageOf(sentence.slice(0, at)) === 'other') continue
    const after = sentence.slice(at)
    if (languageOf(after, fewest) === 'other' || isRot13(after)) return [{ start: start + at, end }]
  }
  return whole === 'other' || isRot13(sentence) ? [{ start, end }] : []
}

/** The one cipher that everybody knows: each letter stands for the one thirteen places on. */
function isRot13(text: string): boolean {
  const read = text.slice(0, LONGEST).replaceAll(/[a-z]/gi, (letter) => {
    const first = letter <= 'Z' ? 65 : 97
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first)
  })
  return languageOf(text) !== 'english' && languageOf(read) === 'english'
}

/** Digits that stand for letters, in nearly every word. */
const LEET_WORD = String.raw`(?<!\S)(?=\S*\d)[\p{L}\d]{1,24}[,.!?]?(?!\S)`
const LEET = new RegExp(String.raw`${LEET_WORD}(?:\s+(?:\p{L}{1,3}\s+)?${LEET_WORD}){3,}`, 'gu')

function findLeet(text: string): readonly Range[] {
  return matches(text, LEET).filter(({ start, end }) => {
    const read = text.slice(start, end).replaceAll(/\d/g, (digit) => 'oi.eas.t..'[Number(digit)]!)
    return languageOf(read) === 'english'
  })
}

function languageOf(part: string, fewest = FEWEST_WORDS): 'english' | 'other' | 'unclear' {
  const plain = part.slice(0, LONGEST).replaceAll(NOISE, ' ')
  const words = plain.match(WORD) ?? []
  if (words.length < fewest) return 'unclear'
  const found = eld.detect(words.join(' ').normalize('NFKC'))
  if (found.language === 'en') return 'english'
  if (found.language === '') return 'unclear'
  if (words.length < ENOUGH_WORDS && !found.isReliable()) return 'unclear'
  const scores = found.getScores()
  return (scores[found.language] ?? 0) >= CLEARLY * (scores['en'] ?? 0) ? 'other' : 'unclear'
}

const NOISE = /https?:\/\/\S+|[@#]\w+|\[[^\]\s]*·*\]/g
const WORD = /\p{L}[\p{L}\p{M}\p{N}'’-]*/gu

function matches(text: string, pattern: RegExp): Range[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
}

const lettersIn = (text: string) => text.match(/\p{L}/gu)?.length ?? 0

import type { Range } from '../../domain/quoted-lines.ts'
import { sentenceRanges } from '../../domain/sentence-ranges.ts'
import { findPromptMarks } from '../../domain/prompt-marks.ts'
import { findInstructions, joinRanges } from '../../domain/untrusted-text.ts'
import { beginnings } from './beginnings.ts'
import { blank } from './blank.ts'
import { findOtherLanguages } from './other-languages.ts'

/** A text as the model reads it; blanks stand for what was left out, so that every offset stays. */
export type Readings = {
  /** The customer's own words in a language that the model may know. */
  readonly own: string
  /** The own words and whatever stands beside an instruction in its sentence; undefined: the same as `own`. */
  readonly wider: string | undefined
  /** Other languages or no language take more of the text than `own` does. */
  readonly mostlyForeign: boolean
}

/** Fewer words say nothing; among more foreign ones they are a greeting or a name. */
const FEWEST_WORDS = 2
const FEWEST_AMONG_FOREIGN = 3
const FEWEST_BESIDE = 9
const FEWEST_BEFORE = 5

/**
 * The model knows how customers write, and anything else moves its scores at random: words addressed to a machine,
 * other languages, encoded text. What is left without them is what the customer says.
 */
export function readingsOf(text: string): Readings {
  const instructions = findInstructions(text)
  const marks = findPromptMarks(text)
  const others = findOtherLanguages(text)
  if (instructions.length + marks.length + others.length === 0)
    return { own: text, wider: undefined, mostlyForeign: false }
  const apart = [...marks, ...others]
  const sentences = sentencesWith(text, apartFrom(instructions, joinRanges(marks)))
  const own = blank(text, [...sentences, ...apart])
  const beside = blank(text, [...instructions, ...apart])
  const besideOf = wordCounter(beside)
  const isTalkative = (sentence: Range) => besideOf(sentence) >= FEWEST_BESIDE
  const talkative = sentences.filter(isTalkative)
  const wider = blank(text, [
    ...sentences.filter((sentence) => !isTalkative(sentence)),
    ...instructions,
    ...apart,
  ])
  const foreign = lettersIn(text) - lettersIn(blank(text, others))
  const mostlyForeign = foreign > lettersIn(wider)
  const fewest = mostlyForeign ? FEWEST_AMONG_FOREIGN : FEWEST_WORDS
  if (wordsIn(own) >= fewest)
    return { own, wider: talkative.length > 0 ? wider : undefined, mostlyForeign }
  if (wordsIn(wider) >= fewest) return { own: wider, wider: undefined, mostlyForeign }
  // Nothing but instructions or foreign words: then they are the message.
  return { own: text, wider: undefined, mostlyForeign: false }
}

/** Those that lie in no mark, in order; a mark says itself where it ends. Both lists are in order. */
function apartFrom(instructions: readonly Range[], marks: readonly Range[]): readonly Range[] {
  let at = 0
  return instructions
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .filter(({ start, end }) => {
      while ((marks[at]?.end ?? Infinity) <= start) at++
      return (marks[at]?.start ?? Infinity) >= end
    })
}

/** The sentences that hold an instruction, from where it was put in. One pass, however many there are. */
function sentencesWith(text: string, instructions: readonly Range[]): readonly Range[] {
  const sentences = sentenceRanges(text)
  const wordsIn = wordCounter(text)
  let at = 0
  return instructions.map((instruction) => {
    const { start, end } = instruction
    while ((sentences[at]?.end ?? Infinity) <= start) at++
    const first = sentences[at]?.start ?? start
    let last = at
    while ((sentences[last]?.end ?? Infinity) < end) last++
    const wordsBefore = wordsIn({ start: first, end: start })
    return {
      start: beginsAt(text, { sentence: first, instruction: start, wordsBefore }),
      end: sentences[last]?.end ?? end,
    }
  })
}

/**
 * From the capital that is nearest before the instruction: the words before it were there already, and stay. So do many
 * words without one.
 */
function beginsAt(
  text: string,
  at: { readonly sentence: number; readonly instruction: number; readonly wordsBefore: number },
): number {
  const { sentence, instruction, wordsBefore } = at
  const from = Math.max(sentence, instruction - LONGEST_BEGINNING)
  const near = text.slice(from, instruction + LONGEST_BEGINNING)
  const begins = beginnings(near).map((place) => from + place)
  const nearest = begins.findLast((place) => place <= instruction)
  if (nearest !== undefined) return nearest
  return wordsBefore >= FEWEST_BEFORE ? instruction : sentence
}

const LONGEST_BEGINNING = 400

const WORD = /\p{L}{2,}/gu

const lettersIn = (text: string) => text.match(/\p{L}/gu)?.length ?? 0
const wordsIn = (text: string) => text.match(WORD)?.length ?? 0

/** Counts the words of any part of a text without reading the part again. */
function wordCounter(text: string): (range: Range) => number {
  const starts = Array.from(text.matchAll(WORD), ({ index }) => index)
  const before = (place: number) => {
    let low = 0
    let high = starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (starts[middle]! < place) low = middle + 1
      else high = middle
    }
    return low
  }
  return ({ start, end }) => before(end) - before(start)
}

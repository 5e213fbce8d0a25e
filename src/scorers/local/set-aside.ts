import type { Range } from '../../domain/quoted-lines.ts'
import { sentenceRanges } from '../../domain/sentence-ranges.ts'
import { findPromptMarks } from '../../domain/prompt-marks.ts'
import { findInstructions } from '../../domain/untrusted-text.ts'
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
  const sentences = sentencesWith(text, instructions, marks)
  const own = blank(text, [...sentences, ...apart])
  const beside = blank(text, [...instructions, ...apart])
  const talkative = sentences.filter(
    ({ start, end }) => wordsIn(beside.slice(start, end)) >= FEWEST_BESIDE,
  )
  const wider = blank(text, [
    ...sentences.filter((sentence) => !talkative.includes(sentence)),
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

/** The sentences that hold an instruction, from where it was put in. Inside a mark the mark says where it ends. */
function sentencesWith(
  text: string,
  instructions: readonly Range[],
  marks: readonly Range[],
): readonly Range[] {
  const sentences = sentenceRanges(text)
  return instructions
    .filter((range) => !marks.some((mark) => overlap(mark, range)))
    .map(({ start, end }) => {
      const first = sentences.find((sentence) => sentence.end > start)?.start ?? start
      const last = sentences.find((sentence) => sentence.end >= end)
      return { start: beginsAt(text, first, start), end: last?.end ?? end }
    })
}

/**
 * From the capital that is nearest before the instruction: the words before it were there already, and stay. So do many
 * words without one.
 */
function beginsAt(text: string, sentence: number, instruction: number): number {
  const from = Math.max(sentence, instruction - LONGEST_BEGINNING)
  const near = text.slice(from, instruction + LONGEST_BEGINNING)
  const begins = beginnings(near).map((at) => from + at)
  const nearest = begins.findLast((at) => at <= instruction)
  if (nearest !== undefined) return nearest
  return wordsIn(text.slice(sentence, instruction)) >= FEWEST_BEFORE ? instruction : sentence
}

const LONGEST_BEGINNING = 400

const overlap = (a: Range, b: Range) => a.start < b.end && b.start < a.end

const lettersIn = (text: string) => text.match(/\p{L}/gu)?.length ?? 0
const wordsIn = (text: string) => text.match(/\p{L}{2,}/gu)?.length ?? 0

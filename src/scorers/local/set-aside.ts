import type { Range } from '../../domain/quoted-lines.ts'
import { sentenceRanges } from '../../domain/sentence-ranges.ts'
import { findPromptMarks } from '../../domain/prompt-marks.ts'
import { findInstructions } from '../../domain/untrusted-text.ts'
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

/**
 * The sentences that hold an instruction. One that begins with a capital in the middle of a sentence was put there: the
 * words before it stay. Inside a mark the mark says where it ends.
 */
function sentencesWith(
  text: string,
  instructions: readonly Range[],
  marks: readonly Range[],
): readonly Range[] {
  const sentences = sentenceRanges(text)
  return instructions
    .filter((range) => !marks.some((mark) => overlap(mark, range)))
    .map(({ start, end }) => {
      const first = sentences.find((sentence) => sentence.end > start)
      const last = sentences.find((sentence) => sentence.end >= end)
      const isPutIn =
        /^\p{Lu}/u.test(text.slice(start, start + 2)) &&
        /[\p{Ll}\d,]\s+$/u.test(text.slice(Math.max(0, start - 10), start))
      return { start: isPutIn ? start : (first?.start ?? start), end: last?.end ?? end }
    })
}

const overlap = (a: Range, b: Range) => a.start < b.end && b.start < a.end

const lettersIn = (text: string) => text.match(/\p{L}/gu)?.length ?? 0
const wordsIn = (text: string) => text.match(/\p{L}{2,}/gu)?.length ?? 0

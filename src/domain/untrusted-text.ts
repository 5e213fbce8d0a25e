import type { Evidence } from './facts.ts'
import { findHiddenCharacters } from './hidden-characters.ts'
import { INSTRUCTION_PATTERNS } from './instruction-patterns.ts'
import { createPhraseMatcher } from './phrase-matcher.ts'
import { parsePattern } from './phrase-pattern.ts'
import { findPromptMarks } from './prompt-marks.ts'
import type { Range } from './quoted-lines.ts'
import { readWords } from './words.ts'

const MAX_EVIDENCE = 20

/**
 * Places where a text speaks to the machine instead of the team, or hides something from a reader. It is a flag that
 * asks for a person: it never removes anything and never lowers a severity.
 */
export function findInstructionShaped(text: string): readonly Evidence[] {
  return joinRanges([
    ...findInstructions(text),
    ...findPromptMarks(text),
    ...findHiddenCharacters(text),
  ])
    .slice(0, MAX_EVIDENCE)
    .map(({ start, end }) => ({ start, end, quote: text.slice(start, end), source: 'phrase' }))
}

const matcher = createPhraseMatcher([
  INSTRUCTION_PATTERNS.map((text) => {
    const parsed = parsePattern(text)
    if (!parsed.ok) throw new Error(`Cannot compile "${text}": ${parsed.message}`)
    return parsed.pattern
  }),
])

/** What people write to the machine that reads a ticket, in the phrase language. */
export function findInstructions(text: string): readonly Range[] {
  const words = readWords(text)
  return matcher
    .find(words)
    .map(({ first, last }) => ({ start: words[first]?.start ?? 0, end: words[last]?.end ?? 0 }))
}

/** In order, those that overlap or touch as one. */
export function joinRanges(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = []
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1)
    if (last === undefined || last.end <= range.start) joined.push(range)
    else if (range.end > last.end) joined[joined.length - 1] = { start: last.start, end: range.end }
  }
  return joined
}

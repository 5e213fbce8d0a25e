import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPhraseMatcher } from '../../../src/domain/phrase-matcher.ts'
import { parsePattern, type Pattern } from '../../../src/domain/phrase-pattern.ts'
import { NEW_SENTENCE, readWords, type Word } from '../../../src/domain/words.ts'

/** Every end (exclusive) that a pattern can reach from a word, tried one by one. */
function endsOf(pattern: Pattern, words: readonly Word[], at: number): ReadonlySet<number> {
  if (pattern.kind === 'either') return union(pattern.of.map((part) => endsOf(part, words, at)))
  if (pattern.kind === 'optional') return union([new Set([at]), endsOf(pattern.of, words, at)])
  if (pattern.kind === 'sequence') return endsOfSequence(pattern.of, words, at)
  const word = words[at]
  const fits =
    word !== undefined &&
    (pattern.kind === 'number'
      ? /^\d/.test(word.form)
      : pattern.kind === 'word' && pattern.forms.includes(word.form))
  return new Set(fits ? [at + 1] : [])
}

function endsOfSequence(
  parts: readonly Pattern[],
  words: readonly Word[],
  at: number,
): ReadonlySet<number> {
  const [part, ...rest] = parts
  if (part === undefined) return new Set([at])
  if (part.kind !== 'gap')
    return union([...endsOf(part, words, at)].map((end) => endsOfSequence(rest, words, end)))
  const ends: ReadonlySet<number>[] = []
  for (let next = at; next <= at + part.most && next < words.length; next++) {
    if (words[next]?.breakBefore === NEW_SENTENCE) break
    // Nothing optional is skipped into a sentence end: the word after the gap belongs to the sentence.
    ends.push(endsOfSequence(rest, words, next))
  }
  return union(ends)
}

function union(sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  return new Set(sets.flatMap((set) => [...set]))
}

function naiveHits(
  phrases: readonly (readonly Pattern[])[],
  words: readonly Word[],
): readonly string[] {
  return phrases.flatMap((patterns, phrase) =>
    words.flatMap((_, first) => {
      const end = Math.max(
        ...union(patterns.map((pattern) => endsOf(pattern, words, first))),
        first,
      )
      return end > first ? [`${phrase}:${first}-${end - 1}`] : []
    }),
  )
}

const word = fc.constantFrom('a', 'b', 'c', 'd')
const item: fc.Arbitrary<string> = fc.letrec<{ item: string; sequence: string }>((tie) => ({
  sequence: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => items.join(' ')),
  item: fc.oneof(
    { maxDepth: 2 },
    word,
    fc.constant('#'),
    fc
      .array(tie('sequence'), { minLength: 1, maxLength: 3 })
      .map((options) => `(${options.join('|')})`),
    tie('sequence').map((inside) => `[${inside}]`),
  ),
})).item
const pattern = fc
  .array(fc.tuple(item, fc.constantFrom('', '', '..1', '..2')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([text, gap]) => `${text} ${gap}`).join(' '))
  .map((text) => parsePattern(text.replace(/(?: ?\.\.\d)? *$/, '')))
  .filter((parsed) => parsed.ok)
  .map((parsed) => (parsed as { pattern: Pattern }).pattern)
const text = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', '7', 'zz'),
      fc.constantFrom(' ', ' ', ' ', ', ', '. '),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.flat().join(''))

describe('createPhraseMatcher()', () => {
  test('finds what a naive matcher finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(pattern, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        text,
        (phrases, text) => {
          const words = readWords(text)
          const found = createPhraseMatcher(phrases)
            .find(words)
            .map(({ phrase, first, last }) => `${phrase}:${first}-${last}`)
          expect([...found].sort()).toEqual([...naiveHits(phrases, words)].sort())
        },
      ),
      { numRuns: 3000 },
    )
  })
})

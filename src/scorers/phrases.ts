import type { Phrase } from '../domain/policy.ts'
import { createPhraseMatcher } from '../domain/phrase-matcher.ts'
import { type Pattern, parsePattern } from '../domain/phrase-pattern.ts'
import type { Scorer, TriggerSignal } from '../domain/signal.ts'
import { readWords, type Word } from '../domain/words.ts'
import { TriageError } from '../domain/errors.ts'
import { readingsOf } from './local/set-aside.ts'
import { isNegated } from './phrases/negation.ts'

/**
 * The policy's trigger phrases as a scorer. It cannot fail on any text, so it is the last step of the ladder;
 * what it finds are facts that no model can undo.
 */
export function createPhraseScorer(phrases: readonly Phrase[], version: string): Scorer {
  const matcher = createPhraseMatcher(phrases.map(compilePhrase))
  return {
    name: 'phrases',
    version,
    score: async ({ text, said }) => ({ triggers: findTriggers(said ?? text) }),
  }

  function findTriggers(text: string): readonly TriggerSignal[] {
    const own = text.length > LONGEST_READ_TWICE ? text : readingsOf(text).own
    // What somebody put into the middle of a phrase does not hide it.
    const spans =
      own === text
        ? findSpans(text)
        : [...findSpans(text), ...findSpans(own)].sort((a, b) => a.start - b.start || a.end - b.end)
    return mergeOverlaps(spans).map(({ phrase, start, end }) => {
      const { kind, id } = phrases[phrase] as Phrase
      return { kind, quote: text.slice(start, end), start, end, source: 'phrase', phrase: id }
    })
  }

  function findSpans(text: string): readonly Span[] {
    const words = readWords(text)
    const spans: Span[] = []
    for (const { phrase, first, last } of matcher.find(words)) {
      if (isQuoted(words, first, last)) continue
      if (phrases[phrase]?.negatable !== false && isNegated(words, first)) continue
      spans.push({ phrase, start: words[first]?.start ?? 0, end: words[last]?.end ?? 0 })
    }
    return spans
  }
}

/** Longer texts are read once: the last step of the ladder must stay fast on any text. */
const LONGEST_READ_TWICE = 10_000

type Span = { readonly phrase: number; readonly start: number; readonly end: number }

function compilePhrase(phrase: Phrase): readonly Pattern[] {
  return phrase.patterns.map((text) => {
    const parsed = parsePattern(text)
    if (parsed.ok) return parsed.pattern
    throw new TriageError(
      'invalid_policy',
      `Cannot compile pattern of phrase ${phrase.id}: ${parsed.message} (column ${parsed.column})`,
    )
  })
}

/** Somebody's earlier words are no facts about this message; a hit that reaches out of the quote counts. */
function isQuoted(words: readonly Word[], first: number, last: number): boolean {
  return words[first]?.quoted === true && words[last]?.quoted === true
}

/** More evidence than this tells a reader nothing, and a text of one word repeated would fill the receipt. */
const MAX_HITS_PER_PHRASE = 16

/** One hit per stretch of text and phrase. Different phrases stay apart: rules read each one's id. */
function mergeOverlaps(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = []
  const places = new Map<number, number[]>()
  for (const span of spans) {
    const own = places.get(span.phrase) ?? []
    places.set(span.phrase, own)
    const last = own.at(-1)
    const previous = last === undefined ? undefined : merged[last]
    if (last !== undefined && previous !== undefined && span.start < previous.end) {
      if (span.end > previous.end) merged[last] = { ...previous, end: span.end }
    } else if (own.length < MAX_HITS_PER_PHRASE) own.push(merged.push(span) - 1)
  }
  return merged
}

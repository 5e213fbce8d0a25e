import type { TriggerKind } from '../../domain/labels.ts'
import type { TriggerSignal } from '../../domain/signal.ts'
import type { TagHead } from './model-config.ts'
import type { Probabilities } from './pool-windows.ts'
import type { Token } from './tokenize.ts'

/** How far a token's first label, "outside", is from certain. */
const alarm = (tags: Probabilities) => 1 - tags[0]!

/**
 * Words whose P(not outside) reaches the threshold, joined over gaps of `gap_words`; the kind is the one with the most
 * probability over the run. A word counts as its most alarmed piece. The same rule as `model/training/inference.py`.
 */
export function readTriggers(
  text: string,
  tokens: readonly Token[],
  tags: readonly Probabilities[],
  head: TagHead,
): readonly TriggerSignal[] {
  const words = taggedWords(tokens, tags)
  return runsOf(words, head)
    .filter(({ first, last }) => last - first + 1 >= head.min_words)
    .map(({ first, last }) => {
      const start = words[first]!.start
      const end = words[last]!.end
      const kind = likeliestKind(words.slice(first, last + 1), head)
      return { kind, quote: text.slice(start, end), start, end, source: 'model' as const }
    })
}

type TaggedWord = { readonly start: number; readonly end: number; tags: Probabilities }

function taggedWords(
  tokens: readonly Token[],
  tags: readonly Probabilities[],
): readonly TaggedWord[] {
  const words: TaggedWord[] = []
  tokens.forEach(({ word }, at) => {
    const last = words.at(-1)
    const here = tags[at]!
    if (last === undefined || last.start !== word.start)
      words.push({ start: word.start, end: word.end, tags: here })
    else if (alarm(here) > alarm(last.tags)) last.tags = here
  })
  return words
}

type Run = { readonly first: number; last: number }

function runsOf(words: readonly TaggedWord[], head: TagHead): readonly Run[] {
  const runs: Run[] = []
  words.forEach(({ tags }, at) => {
    if (alarm(tags) < head.threshold) return
    const last = runs.at(-1)
    if (last !== undefined && at - last.last <= head.gap_words + 1) last.last = at
    else runs.push({ first: at, last: at })
  })
  return runs
}

function likeliestKind(words: readonly TaggedWord[], head: TagHead): TriggerKind {
  const kinds = head.labels.slice(1)
  const mass = kinds.map((_, kind) => words.reduce((sum, { tags }) => sum + tags[kind + 1]!, 0))
  return kinds[mass.indexOf(Math.max(...mass))] as TriggerKind
}

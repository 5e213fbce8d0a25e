import type { TriggerKind } from '../../domain/labels.ts'
import { TRIGGER_KINDS } from '../../domain/labels.ts'
import type { TriggerSignal } from '../../domain/signal.ts'
import type { HeadConfig } from './model-config.ts'
import type { Token } from './tokenize.ts'

/** Kind probabilities of one token, in the order of the trigger head's labels (first is "outside"). */
export type TokenTags = readonly number[]

/**
 * Neighbouring words tagged with the same kind become one quote. A word carries the strongest tag of its pieces;
 * one untagged word between two tagged ones is bridged, because tags flicker on function words.
 */
export function readTriggers(
  text: string,
  tokens: readonly Token[],
  tags: readonly TokenTags[],
  head: HeadConfig,
): readonly TriggerSignal[] {
  const words = wordTags(tokens, tags, head)
  const found: TriggerSignal[] = []
  let open: { kind: TriggerKind; start: number; end: number; gap: number } | undefined
  const close = () => {
    if (open === undefined) return
    const { kind, start, end } = open
    found.push({ kind, quote: text.slice(start, end), start, end, source: 'model' })
    open = undefined
  }
  for (const word of words) {
    if (open !== undefined && word.kind === open.kind) {
      open.end = word.end
      open.gap = 0
    } else if (open !== undefined && word.kind === undefined && open.gap === 0) open.gap = 1
    else {
      close()
      if (word.kind !== undefined)
        open = { kind: word.kind, start: word.start, end: word.end, gap: 0 }
    }
  }
  close()
  return found.filter((hit) => hit.quote.includes(' '))
}

type TaggedWord = { start: number; end: number; kind: TriggerKind | undefined }

function wordTags(
  tokens: readonly Token[],
  tags: readonly TokenTags[],
  head: HeadConfig,
): readonly TaggedWord[] {
  const words: (TaggedWord & { best: number })[] = []
  tokens.forEach((token, at) => {
    const { kind, probability } = strongest(tags[at]!, head)
    const last = words.at(-1)
    if (last !== undefined && last.start === token.word.start) {
      if (kind !== undefined && probability > last.best) {
        last.kind = kind
        last.best = probability
      }
    } else words.push({ start: token.word.start, end: token.word.end, kind, best: probability })
  })
  return words
}

function strongest(tag: TokenTags, head: HeadConfig) {
  let kind: TriggerKind | undefined
  let probability = 0
  for (const candidate of TRIGGER_KINDS) {
    const value = tag[head.labels.indexOf(candidate)] ?? 0
    if (value >= (head.thresholds?.[candidate] ?? 0.5) && value > probability) {
      kind = candidate
      probability = value
    }
  }
  return { kind, probability }
}

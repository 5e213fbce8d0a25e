import { Tokenizer } from '@huggingface/tokenizers'
import type { Word } from './words.ts'
import { splitWords } from './words.ts'

/** One token of the model's vocabulary and the word it is a piece of. */
export type Token = { readonly id: number; readonly word: Word }

export type TokenizerFiles = { readonly tokenizer: object; readonly config: object }

/** Text → tokens with offsets, without the special tokens. */
export type Tokenize = (text: string) => readonly Token[]

/** Support tickets repeat their words; a cached word costs a map look-up instead of a WordPiece search. */
const CACHED_WORDS = 50_000
const LONGEST_CACHED = 40

export function createTokenize(files: TokenizerFiles): Tokenize {
  const tokenizer = new Tokenizer(files.tokenizer, files.config)
  const cache = new Map<string, readonly number[]>()

  function pieces(word: string): readonly number[] {
    const known = cache.get(word)
    if (known !== undefined) return known
    const ids = tokenizer.encode(word, { add_special_tokens: false }).ids
    if (word.length <= LONGEST_CACHED) {
      if (cache.size === CACHED_WORDS) cache.clear()
      cache.set(word, ids)
    }
    return ids
  }

  return (text) => splitWords(text).flatMap((word) => pieces(word.text).map((id) => ({ id, word })))
}

/** The ids that open and close every window, read from the tokenizer itself. */
export function specialTokens(files: TokenizerFiles): { first: number; last: number } {
  const { ids } = new Tokenizer(files.tokenizer, files.config).encode('')
  return { first: ids[0]!, last: ids.at(-1)! }
}

import { readWords } from './words.ts'

/** Shorter words say little about what a text is about. */
const LEAST_LETTERS = 4

/** The words that a text can be recognised by, each once; what it quotes of earlier messages is left out. */
export function tellingWords(text: string): ReadonlySet<string> {
  const words = readWords(text).filter(
    ({ form, quoted }) => !quoted && form.length >= LEAST_LETTERS,
  )
  return new Set(words.map(({ form }) => form))
}

/** Share of the words of both texts that are in both (Jaccard index), 0 to 1; 0 when one has none. */
export function sharedWords(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length
  return both === 0 ? 0 : both / (a.size + b.size - both)
}

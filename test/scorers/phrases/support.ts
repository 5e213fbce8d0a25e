import type { Phrase } from '../../../src/domain/policy.ts'
import { createPhraseScorer } from '../../../src/scorers/phrases.ts'

/** The quotes that these patterns find in a text. */
export async function quotesOf(patterns: readonly string[], text: string, negatable = true) {
  return (await triggersOf(patterns, text, negatable)).map((hit) => hit.quote)
}

export async function triggersOf(patterns: readonly string[], text: string, negatable = true) {
  const phrase: Phrase = { id: 'one', kind: 'churn', patterns, negatable }
  return (await createPhraseScorer([phrase], '1').score({ text })).triggers ?? []
}

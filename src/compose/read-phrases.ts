import type { Policy } from '../domain/policy.ts'
import { createPhraseScorer } from '../scorers/phrases.ts'

/** The facts that a policy's phrases give for a text. */
export function phraseReader(
  policy: Pick<Policy, 'phrases' | 'version'>,
): (text: string) => Promise<Readonly<Record<'phrases' | 'phrases.ids', readonly string[]>>> {
  const scorer = createPhraseScorer(policy.phrases, policy.version)
  return async (text) => {
    const { triggers = [] } = await scorer.score({ text })
    return {
      phrases: distinct(triggers.map(({ kind }) => kind)),
      'phrases.ids': distinct(triggers.flatMap(({ phrase }) => phrase ?? [])),
    }
  }
}

const distinct = (items: readonly string[]) => [...new Set(items)].sort()

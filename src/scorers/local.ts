import type { Scorer } from '../domain/signal.ts'
import type { ScorerInput } from '../domain/signal.ts'
import { meaningGroups } from '../domain/spike-meaning.ts'
import type { LocalScores } from './local/score-text.ts'

/** The trained model as a scorer, whatever runs it (scoring threads on Node, the same isolate on Workers). */
export function createLocalScorer(model: {
  readonly version: string
  readonly score: (input: ScorerInput) => Promise<LocalScores>
}): Scorer {
  return {
    name: 'local',
    version: model.version,
    score: async (input) => {
      const { scores, embedding } = await model.score(input)
      return embedding === null ? scores : { ...scores, meaning: meaningGroups(embedding) }
    },
  }
}

import { TriageError } from '../../src/domain/errors.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import type { Scorer } from '../../src/domain/signal.ts'

/** The scorers of a stored outcome, saying again what they said then, failures included. */
export function recordedScorers({ scorers }: Receipt): readonly Scorer[] {
  return scorers.map(({ name, version, scores, failure }) => ({
    name,
    version,
    score: async () => {
      if (failure !== undefined) throw new TriageError('overloaded', failure)
      return scores
    },
  }))
}

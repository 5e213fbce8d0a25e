import { TriageError } from '../../src/domain/errors.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import type { Scorer, ScorerRun } from '../../src/domain/signal.ts'

/** The scorers of a stored outcome, saying again what they said then, failures and costs included. */
export function recordedScorers({ scorers, secondOpinion }: Receipt): {
  readonly scorers: readonly Scorer[]
  readonly secondOpinion?: Scorer
} {
  const last = scorers.at(-1)
  if (secondOpinion === undefined || last === undefined) return { scorers: scorers.map(repeating) }
  return { scorers: scorers.slice(0, -1).map(repeating), secondOpinion: repeating(last) }
}

function repeating({ name, version, scores, failure, call }: ScorerRun): Scorer {
  return {
    name,
    version,
    score: async (_input, _abort, onCall) => {
      if (call !== undefined) onCall?.(call)
      if (failure !== undefined) throw new TriageError('overloaded', failure)
      return scores
    },
  }
}

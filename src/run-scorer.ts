import { TriageError } from './domain/errors.ts'
import type { Scorer, ScorerCall, ScorerInput, ScorerRun } from './domain/signal.ts'

/** Runs one scorer and never rejects: a scorer that fails is a step down the ladder, not a failed ticket. */
export async function runScorer(
  { name, version, score }: Scorer,
  input: ScorerInput,
  elapsedMs: () => number,
): Promise<ScorerRun> {
  const start = elapsedMs()
  const ms = () => Math.round((elapsedMs() - start) * 1000) / 1000
  const told: { call?: ScorerCall } = {}
  try {
    const scores = await score(input, undefined, (call) => (told.call = call))
    return { name, version, ms: ms(), scores, ...told }
  } catch (error) {
    return { name, version, ms: ms(), scores: {}, failure: failureOf(error), ...told }
  }
}

/** Only our own messages are shown: a foreign error may quote the ticket. */
function failureOf(error: unknown): string {
  return error instanceof TriageError ? error.message : 'failed'
}

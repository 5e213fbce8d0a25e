import { TriageError } from '../domain/errors.ts'
import type { Scorer } from '../domain/signal.ts'

/** The same scorer, given up after `timeoutMs`: the ticket is answered with what the others said. */
export function withTimeout(scorer: Scorer, timeoutMs: number): Scorer {
  return {
    ...scorer,
    score: (input) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new TriageError('overloaded', `no answer within ${timeoutMs} ms`)),
          timeoutMs,
        )
        scorer
          .score(input)
          .then(resolve, reject)
          .finally(() => clearTimeout(timer))
      }),
  }
}

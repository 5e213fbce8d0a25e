import { TriageError } from '../domain/errors.ts'
import type { Scorer } from '../domain/signal.ts'

/** The same scorer, given up after `timeoutMs` or the caller's longer wait: the others answer without it. */
export function withTimeout(scorer: Scorer, timeoutMs: number): Scorer {
  return {
    ...scorer,
    score: (input, abort, onCall) =>
      new Promise((resolve, reject) => {
        const givenUpMs = Math.max(timeoutMs, input.waitMs ?? 0)
        const timer = setTimeout(
          () => reject(new TriageError('overloaded', `no answer within ${givenUpMs} ms`)),
          givenUpMs,
        )
        scorer
          .score(input, abort, onCall)
          .then(resolve, reject)
          .finally(() => clearTimeout(timer))
      }),
  }
}

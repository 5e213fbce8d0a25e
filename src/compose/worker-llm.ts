import type { Scorer } from '../domain/signal.ts'

/**
 * The isolate's LLM for one request. The call is given to `waitUntil`: a request that is cut off would else take its place
 * among the running calls with it.
 */
export function llmOfRequest(llm: Scorer, waitUntil: (work: Promise<unknown>) => void): Scorer {
  return {
    ...llm,
    score: (input, abort, onCall) => {
      const scores = llm.score(input, abort, onCall)
      waitUntil(scores.catch(() => {}))
      return scores
    },
  }
}

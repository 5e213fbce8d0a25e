import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { Scorer } from '../domain/signal.ts'
import { createLocalScorer } from '../scorers/local.ts'
import type { ModelPool } from '../scorers/local/pool.ts'
import { openModelPool } from '../scorers/local/pool.ts'
import { createPhraseScorer } from '../scorers/phrases.ts'
import { withTimeout } from '../scorers/with-timeout.ts'

export type NodeScorers = {
  readonly scorers: readonly Scorer[]
  readonly pool: ModelPool
  readonly close: () => Promise<void>
}

/** Waiting tickets a scoring thread can clear within the answer budget, at about a millisecond each. */
const WAITING_PER_THREAD = 128

/** The ladder on Node: the local model in threads, and under it the policy's phrases, which cannot fail. */
export async function openScorers(
  compiled: CompiledPolicy,
  options: { modelFolder: string; inferenceThreads: number; answerBudgetMs: number },
): Promise<NodeScorers> {
  const pool = await openModelPool({
    folder: options.modelFolder,
    threads: options.inferenceThreads,
    maxWaiting: WAITING_PER_THREAD * options.inferenceThreads,
  })
  const { phrases, version } = compiled.policy
  return {
    scorers: [
      createPhraseScorer(phrases, version),
      withTimeout(createLocalScorer(pool), options.answerBudgetMs),
    ],
    pool,
    close: () => pool.close(),
  }
}

import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { planScoring } from '../domain/cascade.ts'
import type { Scorer } from '../domain/signal.ts'
import { createLocalScorer } from '../scorers/local.ts'
import type { ModelPool } from '../scorers/local/pool.ts'
import { openModelPool } from '../scorers/local/pool.ts'
import { createPhraseScorer } from '../scorers/phrases.ts'
import { withTimeout } from '../scorers/with-timeout.ts'
import { scoringTime } from '../second-opinion.ts'

export type NodeScorers = {
  readonly scorers: readonly Scorer[]
  /** The LLM, where it is asked after the others. */
  readonly secondOpinion: Scorer | undefined
  readonly pool: ModelPool
  readonly close: () => Promise<void>
}

/** Waiting tickets a scoring thread can clear within the answer budget, at about a millisecond each. */
const WAITING_PER_THREAD = 128

/**
 * The ladder on Node: the LLM where one is given and the policy uses it, the local model in threads, and under them the
 * policy's phrases, which cannot fail.
 */
export async function openScorers(
  compiled: CompiledPolicy,
  options: { modelFolder: string; inferenceThreads: number; answerBudgetMs: number },
  llm?: Scorer,
): Promise<NodeScorers> {
  const pool = await openModelPool({
    folder: options.modelFolder,
    threads: options.inferenceThreads,
    maxWaiting: WAITING_PER_THREAD * options.inferenceThreads,
  })
  const { phrases, version } = compiled.policy
  const plan = planScoring(compiled.scoring.use, { local: true, llm: llm !== undefined })
  const ladder = {
    phrases: () => createPhraseScorer(phrases, version),
    local: () => withTimeout(createLocalScorer(pool), options.answerBudgetMs),
    // The plan names it only where it is given.
    llm: () => withTimeout(llm!, scoringTime(options.answerBudgetMs)),
  }
  return {
    scorers: plan.base.map((name) => ladder[name]()),
    secondOpinion: plan.secondOpinion === null ? undefined : llm,
    pool,
    close: () => pool.close(),
  }
}

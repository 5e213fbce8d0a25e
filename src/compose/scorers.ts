import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { Scorer } from '../domain/signal.ts'
import { createLocalScorer } from '../scorers/local.ts'
import type { ModelPool } from '../scorers/local/pool.ts'
import { openModelPool } from '../scorers/local/pool.ts'
import { withTimeout } from '../scorers/with-timeout.ts'
import { scoringTime } from '../second-opinion.ts'
import type { Ladder } from './ladder.ts'
import { buildLadder } from './ladder.ts'

export type NodeScorers = Ladder & {
  readonly pool: ModelPool
  /** The scorers that another policy wants; the model stays. */
  readonly ladderFor: (compiled: CompiledPolicy) => Ladder
  readonly close: () => Promise<void>
}

/** Waiting tickets a scoring thread can clear within the answer budget, at about a millisecond each. */
const WAITING_PER_THREAD = 128

/** The ladder on Node, with the local model in threads of its own. */
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
  const { answerBudgetMs } = options
  const local = withTimeout(createLocalScorer(pool), scoringTime(answerBudgetMs))
  const ladderFor = (wanted: CompiledPolicy) => buildLadder(wanted, { local, llm, answerBudgetMs })
  return {
    ...ladderFor(compiled),
    ladderFor,
    pool,
    close: () => pool.close(),
  }
}

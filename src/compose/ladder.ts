import { planScoring } from '../domain/cascade.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { Scorer } from '../domain/signal.ts'
import { createPhraseScorer } from '../scorers/phrases.ts'
import { withTimeout } from '../scorers/with-timeout.ts'
import { scoringTime } from '../second-opinion.ts'

export type Ladder = {
  /** Who makes the first decision, in order of who is heard first. */
  readonly scorers: readonly Scorer[]
  /** The LLM, where it is asked after the others. */
  readonly secondOpinion: Scorer | undefined
}

/**
 * The scorers that the policy wants of those that are there: the LLM where one is configured, the local model, and under
 * them the policy's phrases, which cannot fail.
 */
export function buildLadder(
  compiled: CompiledPolicy,
  parts: { readonly local: Scorer; readonly llm: Scorer | undefined; answerBudgetMs: number },
): Ladder {
  const { local, llm, answerBudgetMs } = parts
  const { phrases, version } = compiled.policy
  const plan = planScoring(compiled.scoring.use, { local: true, llm: llm !== undefined })
  const steps = {
    phrases: () => createPhraseScorer(phrases, version),
    local: () => local,
    // The plan names it only where it is given.
    llm: () => withTimeout(llm!, scoringTime(answerBudgetMs)),
  }
  return {
    scorers: plan.base.map((name) => steps[name]()),
    secondOpinion: plan.secondOpinion === null ? undefined : llm,
  }
}

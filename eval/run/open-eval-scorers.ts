import { openScorers } from '../../src/compose/scorers.ts'
import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { TriageError } from '../../src/domain/errors.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'

export const SCORER_NAMES = ['phrases', 'local'] as const

export type OpenedScorers = {
  readonly scorers: readonly Scorer[]
  readonly close: () => Promise<void>
}

export type ScorerOptions = {
  readonly names: readonly string[]
  readonly modelFolder: string
  readonly threads: number
  /** Longer than in production by default, so that a busy machine does not change the figures. */
  readonly answerBudgetMs: number
}

/** The production scorers by name, composed by the same code as the service. */
export async function openEvalScorers(
  policy: CompiledPolicy,
  { names, modelFolder, threads, answerBudgetMs }: ScorerOptions,
): Promise<OpenedScorers> {
  const unknown = names.find((name) => !(SCORER_NAMES as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw new TriageError(
      'configuration',
      `Cannot use scorer "${unknown}": one of ${SCORER_NAMES.join(', ')} is required`,
    )
  if (!names.includes('local')) {
    const phrases = createPhraseScorer(policy.policy.phrases, policy.policy.version)
    return { scorers: names.includes('phrases') ? [phrases] : [], close: async () => {} }
  }
  const opened = await openScorers(policy, {
    modelFolder,
    inferenceThreads: threads,
    answerBudgetMs,
  })
  return {
    scorers: opened.scorers.filter(({ name }) => names.includes(name)),
    close: opened.close,
  }
}

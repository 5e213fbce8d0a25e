import { openScorers } from '../../src/compose/scorers.ts'
import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { TriageError } from '../../src/domain/errors.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import { createLabelScorer } from './label-scorer.ts'

export const SCORER_NAMES = ['phrases', 'local', 'labels'] as const

export type OpenedScorers = {
  readonly scorers: readonly Scorer[]
  readonly close: () => Promise<void>
}

export type ScorerOptions = {
  /** For `labels`, which repeats what they expect. */
  readonly cases: readonly EvalCase[]
  readonly names: readonly string[]
  readonly modelFolder: string
  readonly threads: number
  /** Longer than in production by default, so that a busy machine does not change the figures. */
  readonly answerBudgetMs: number
}

/** The production scorers by name, composed by the same code as the service. */
export async function openEvalScorers(
  policy: CompiledPolicy,
  { names, cases, modelFolder, threads, answerBudgetMs }: ScorerOptions,
): Promise<OpenedScorers> {
  const unknown = names.find((name) => !(SCORER_NAMES as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw new TriageError(
      'configuration',
      `Cannot use scorer "${unknown}": one of ${SCORER_NAMES.join(', ')} is required`,
    )
  const extra = names.includes('labels') ? [createLabelScorer(cases)] : []
  if (!names.includes('local')) {
    const phrases = createPhraseScorer(policy.policy.phrases, policy.policy.version)
    const scorers = names.includes('phrases') ? [phrases, ...extra] : extra
    return { scorers, close: async () => {} }
  }
  const opened = await openScorers(policy, {
    modelFolder,
    inferenceThreads: threads,
    answerBudgetMs,
  })
  return {
    scorers: [...opened.scorers.filter(({ name }) => names.includes(name)), ...extra],
    close: opened.close,
  }
}

import { readFile } from 'node:fs/promises'
import type { LlmConfig } from '../../src/config.ts'
import { createConfiguredLlm } from '../../src/compose/llm.ts'
import { openScorers } from '../../src/compose/scorers.ts'
import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { TriageError } from '../../src/domain/errors.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import { modelVersion } from './code-version.ts'
import { createLabelScorer } from './label-scorer.ts'

export const SCORER_NAMES = ['phrases', 'local', 'llm', 'labels'] as const

export type OpenedScorers = {
  readonly scorers: readonly Scorer[]
  /** The LLM, where the policy asks it after the others. */
  readonly secondOpinion?: Scorer
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
  /** The server that `llm` asks; undefined: none is configured. */
  readonly llm: LlmConfig | undefined
  /** Another prompt file than the configured one. */
  readonly prompt?: string
}

/**
 * The production scorers by name, composed by the same code as the service. `llm` beside `local` is used as the policy's
 * `scoring:` says; without `local` it reads every ticket.
 */
export async function openEvalScorers(
  policy: CompiledPolicy,
  options: ScorerOptions,
): Promise<OpenedScorers> {
  const { names, cases, modelFolder, threads, answerBudgetMs } = options
  const unknown = names.find((name) => !(SCORER_NAMES as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw new TriageError(
      'configuration',
      `Cannot use scorer "${unknown}": one of ${SCORER_NAMES.join(', ')} is required`,
    )
  const extra = names.includes('labels') ? [createLabelScorer(cases)] : []
  const llm = names.includes('llm') ? await openConfiguredLlm(options) : undefined
  if (!names.includes('local')) {
    const phrases = createPhraseScorer(policy.policy.phrases, policy.policy.version)
    const first = names.includes('phrases') ? [phrases] : []
    const scorers = [...first, ...(llm === undefined ? [] : [llm]), ...extra]
    return { scorers, close: async () => {} }
  }
  const opened = await openScorers(
    policy,
    { modelFolder, inferenceThreads: threads, answerBudgetMs },
    llm,
  )
  const { secondOpinion } = opened
  const hash = await modelVersion(modelFolder)
  const scorers = opened.scorers
    .filter(({ name }) => names.includes(name))
    .map((scorer) =>
      scorer.name === 'local' ? { ...scorer, version: `${scorer.version} ${hash}` } : scorer,
    )
  return {
    scorers: [...scorers, ...extra],
    ...(secondOpinion !== undefined && { secondOpinion }),
    close: opened.close,
  }
}

async function openConfiguredLlm({ llm, prompt }: ScorerOptions): Promise<Scorer> {
  if (llm === undefined)
    throw new TriageError(
      'configuration',
      'Cannot use scorer "llm": OPENAI_MODEL and OPENAI_BASE_URL or OPENAI_API_KEY are required',
    )
  const file = prompt ?? llm.prompt
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return createConfiguredLlm({ ...llm, prompt: file }, text, () => {})
}

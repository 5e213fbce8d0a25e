import type { CompiledCondition } from './condition.ts'
import { contradictions } from './contradictions.ts'
import type { Facts } from './facts.ts'
import type { Condition } from './policy.ts'
import type { Band, Signals } from './signal.ts'
import { isUnscored } from './signal.ts'

/** Who scores. Phrases always do; they are the last step of the ladder. */
export const SCORING_MODES = ['local', 'llm', 'local_then_llm'] as const
export type ScoringMode = (typeof SCORING_MODES)[number]

export const DOUBTED_SIGNALS = ['intent', 'sentiment', 'urgency', 'priority'] as const
export type DoubtedSignal = (typeof DOUBTED_SIGNALS)[number]

/** The policy's `scoring:`; how the LLM is used is the customer's choice and cost. */
export type ScoringRules = {
  readonly use: ScoringMode
  /** For `local_then_llm`: when the local scores are worth a second opinion. Any of these is enough. */
  readonly ask: {
    /** A listed signal lies in one of these bands. */
    readonly bands: readonly Band[]
    readonly signals: readonly DoubtedSignal[]
    /** A signal could not be scored: unsupported language, model failed, too little confidence. */
    readonly unscored: boolean
    /** Signals contradict each other. */
    readonly disagreement: boolean
    /** Value at stake and whatever else the policy can name (`customer.annualValue: { gte: 100000 }`). */
    readonly when?: Condition
  }
}

/** Without `scoring:` in the policy and with an LLM configured. */
export const DEFAULT_SCORING: ScoringRules = {
  use: 'local_then_llm',
  ask: { bands: ['low'], signals: ['intent', 'priority'], unscored: true, disagreement: true },
}

/** Which scorers make the first decision, in order of who is heard first, and which one may raise it. */
export type ScoringPlan = {
  readonly base: readonly ('phrases' | 'local' | 'llm')[]
  readonly secondOpinion: 'llm' | null
}

/**
 * The plan for what is configured. `llm` alone still has the local model behind it, so that a failing LLM is one step
 * down and not two; a scorer that is not there is left out, and the plan never lacks the phrases.
 */
export function planScoring(
  mode: ScoringMode,
  available: { readonly local: boolean; readonly llm: boolean },
): ScoringPlan {
  const local = available.local ? (['local'] as const) : []
  if (mode === 'local' || !available.llm)
    return { base: ['phrases', ...local], secondOpinion: null }
  if (mode === 'llm' || !available.local)
    return { base: ['phrases', 'llm', ...local], secondOpinion: null }
  return { base: ['phrases', 'local'], secondOpinion: 'llm' }
}

/**
 * Why the LLM should be asked about this ticket, as short sentences for receipts and metrics; empty: the local scores
 * are good enough. `when` is the compiled `ask.when`.
 */
export function reasonsToAsk(
  ask: ScoringRules['ask'],
  { signals, facts }: { readonly signals: Signals; readonly facts: Facts },
  when?: CompiledCondition,
): readonly string[] {
  return [
    ...(ask.unscored ? unscored(signals) : []),
    ...ask.signals.flatMap((name) => {
      const signal = signals[name]
      return !isUnscored(signal) && ask.bands.includes(signal.band)
        ? [`${name} is in band ${signal.band}`]
        : []
    }),
    ...(ask.disagreement ? contradictions(signals) : []),
    ...(when?.holds(facts.values) ? ['the policy asks for tickets like this'] : []),
  ]
}

function unscored(signals: Signals): readonly string[] {
  return (['language', ...DOUBTED_SIGNALS] as const)
    .filter((name) => isUnscored(signals[name]))
    .map((name) => `${name} could not be scored`)
}

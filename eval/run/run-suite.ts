import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import type { Suite } from '../suite/suite-definition.ts'
import { caseKey } from './case-key.ts'
import type { ScoreCache } from './cached-scorers.ts'
import type { OutcomeFile } from './outcome-file.ts'
import type { Outcome } from './outcome.ts'
import { runCase } from './run-case.ts'
import { createSaidScorer } from './said-scorer.ts'

export type RunParts = {
  readonly policy: CompiledPolicy
  /** Version of the code that decides, part of every key. */
  readonly code: string
  readonly scorers: readonly Scorer[]
  /** Asked where the policy asks it, as in production. */
  readonly secondOpinion?: Scorer
  readonly concurrency: number
  readonly file: OutcomeFile
  readonly cache: ScoreCache | null
  /** Called after every case, also for those that were there already. */
  readonly onCase?: (outcome: Outcome, isNew: boolean) => void
  /** Stops before the next case; what was finished is kept. */
  readonly abort?: AbortSignal
}

/** Runs the cases that have no outcome yet; the result is in the order of the cases, whatever order they ended in. */
export async function runSuite(
  { definition, cases }: Suite,
  parts: RunParts,
): Promise<readonly Outcome[]> {
  const outcomes = Array.from<Outcome | undefined>({ length: cases.length })
  let next = 0
  async function work(): Promise<void> {
    while (next < cases.length && parts.abort?.aborted !== true) {
      const at = next
      next += 1
      const evalCase = cases[at]!
      const scorers = scorersFor(evalCase, parts.scorers)
      const second = parts.secondOpinion === undefined ? [] : [parts.secondOpinion]
      const key = caseKey(evalCase, definition, { ...parts, scorers: [...scorers, ...second] })
      const known = parts.file.find(key)
      const isNew = known === undefined || !isWhole(known)
      const outcome = isNew
        ? await run(evalCase, key, scorers)
        : { ...known, suite: definition.id, caseId: evalCase.id }
      outcomes[at] = outcome
      parts.onCase?.(outcome, isNew)
    }
  }
  async function run(
    evalCase: EvalCase,
    key: string,
    scorers: readonly Scorer[],
  ): Promise<Outcome> {
    const cached = parts.cache?.wrap() ?? UNCACHED
    const { secondOpinion } = parts
    const ran = await runCase(evalCase, {
      policy: parts.policy,
      scorers: scorers.map(cached.of),
      ...(secondOpinion !== undefined &&
        evalCase.says === undefined && { secondOpinion: cached.of(secondOpinion) }),
      now: new Date(evalCase.now ?? definition.now),
    })
    const ms = cached.wasUsed() ? null : ran.ms
    const outcome: Outcome = { ...ran, suite: definition.id, caseId: evalCase.id, key, ms }
    await parts.file.append(outcome)
    return outcome
  }

  try {
    await Promise.all(Array.from({ length: parts.concurrency }, work))
  } finally {
    await parts.file.close()
    await parts.cache?.close()
  }
  return outcomes.filter((outcome) => outcome !== undefined)
}

const UNCACHED = { of: (scorer: Scorer) => scorer, wasUsed: () => false }

/** A case that gives its scores needs no scorer. */
function scorersFor({ says }: EvalCase, scorers: readonly Scorer[]): readonly Scorer[] {
  return says === undefined ? scorers : [createSaidScorer(says)]
}

/** A run that failed or lacked a scorer says nothing lasting: it is tried again. */
function isWhole({ receipt }: Outcome): boolean {
  return receipt !== null && receipt.degraded.length === 0
}

import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import type { Suite } from '../suite/suite-definition.ts'
import { caseKey } from './case-key.ts'
import type { ScoreCache } from './cached-scorers.ts'
import type { OutcomeFile } from './outcome-file.ts'
import type { Outcome } from './outcome.ts'
import { recordedScorers } from './recorded-scorers.ts'
import { runCase } from './run-case.ts'
import { createSaidScorer } from './said-scorer.ts'

export type RunParts = {
  readonly policy: CompiledPolicy
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
      const key = caseKey(evalCase, definition, parts.policy, [
        ...scorers,
        ...(parts.secondOpinion === undefined ? [] : [parts.secondOpinion]),
      ])
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
      now: new Date(definition.now),
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

/**
 * Decides stored outcomes again, under another policy if you like, without running a scorer: the production path is
 * taken with scorers that repeat what they said. `phrases` is run anew when given, because phrases belong to the policy.
 */
export async function rescoreOutcomes(
  { definition, cases }: Suite,
  stored: readonly Outcome[],
  { policy, phrases }: { readonly policy: CompiledPolicy; readonly phrases: Scorer | null },
): Promise<readonly Outcome[]> {
  const byId = new Map(
    stored.flatMap((outcome) =>
      outcome.suite === definition.id ? [[outcome.caseId, outcome] as const] : [],
    ),
  )
  const rescored: Outcome[] = []
  for (const evalCase of cases) {
    const before = byId.get(evalCase.id)
    if (before?.receipt === undefined || before.receipt === null) continue
    const recorded = recordedScorers(before.receipt)
    const scorers = recorded.scorers.map((scorer) =>
      scorer.name === 'phrases' && phrases !== null ? phrases : scorer,
    )
    const now = new Date(definition.now)
    const run = await runCase(evalCase, { ...recorded, policy, scorers, now })
    const key = caseKey(evalCase, definition, policy, scorers)
    rescored.push({ ...run, suite: definition.id, caseId: evalCase.id, key, ms: null })
  }
  return rescored
}

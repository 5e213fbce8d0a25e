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

export type RunParts = {
  readonly policy: CompiledPolicy
  readonly scorers: readonly Scorer[]
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
      const key = caseKey(evalCase, definition, parts.policy, parts.scorers)
      const known = parts.file.find(key)
      const isNew = known === undefined || !isWhole(known)
      const outcome = isNew
        ? await run(evalCase, key)
        : { ...known, suite: definition.id, caseId: evalCase.id }
      outcomes[at] = outcome
      parts.onCase?.(outcome, isNew)
    }
  }
  async function run(evalCase: EvalCase, key: string): Promise<Outcome> {
    const wrapped = parts.cache?.wrap(parts.scorers)
    const ran = await runCase(evalCase, {
      policy: parts.policy,
      scorers: wrapped?.scorers ?? parts.scorers,
      now: new Date(definition.now),
    })
    const ms = wrapped?.wasUsed() === true ? null : ran.ms
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
    const scorers = recordedScorers(before.receipt).map((scorer) =>
      scorer.name === 'phrases' && phrases !== null ? phrases : scorer,
    )
    const run = await runCase(evalCase, { policy, scorers, now: new Date(definition.now) })
    const key = caseKey(evalCase, definition, policy, scorers)
    rescored.push({ ...run, suite: definition.id, caseId: evalCase.id, key, ms: null })
  }
  return rescored
}

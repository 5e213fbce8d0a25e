import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { fingerprint } from '../../src/fingerprint.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import type { Suite } from '../suite/suite-definition.ts'
import type { Outcome } from './outcome.ts'
import { recordedScorers } from './recorded-scorers.ts'
import { runCase } from './run-case.ts'

/** A case as it ran and what came of it. */
export type StoredCase = { readonly evalCase: EvalCase; readonly outcome: Outcome }

/**
 * Decides stored outcomes again, under another policy if you like, without running a scorer: the production path is
 * taken with scorers that repeat what they said. `phrases` is run anew when given, because phrases belong to the policy.
 * A case that the run did not decide, or whose ticket is another one by now, has no decision here either and says why.
 */
export async function rescoreOutcomes(
  { definition, cases }: Suite,
  stored: readonly StoredCase[],
  { policy, phrases }: { readonly policy: CompiledPolicy; readonly phrases: Scorer | null },
): Promise<readonly Outcome[]> {
  const byId = new Map(stored.map((each) => [each.evalCase.id, each]))
  const rescored: Outcome[] = []
  for (const evalCase of cases) {
    const before = byId.get(evalCase.id)
    const receipt = before?.outcome.receipt ?? null
    // Nobody goes on from a rescored run, so its outcomes need no key.
    const named = { suite: definition.id, caseId: evalCase.id, key: '', ms: null }
    if (
      before === undefined ||
      receipt === null ||
      askedOf(before.evalCase) !== askedOf(evalCase)
    ) {
      rescored.push({ ...named, receipt: null, violations: whyLost(before) })
      continue
    }
    const recorded = recordedScorers(receipt)
    const scorers = recorded.scorers.map((scorer) =>
      scorer.name === 'phrases' && phrases !== null ? phrases : scorer,
    )
    const now = new Date(evalCase.now ?? definition.now)
    const run = await runCase(evalCase, { ...recorded, policy, scorers, now })
    rescored.push({ ...run, ...named })
  }
  return rescored
}

/** What the stored scores were said of. */
function askedOf({ ticket, volume, says }: EvalCase): string {
  return fingerprint({ ticket, volume: volume ?? null, says: says ?? null })
}

function whyLost(before: StoredCase | undefined): readonly string[] {
  if (before === undefined) return ['failed: the stored run does not have this case']
  if (before.outcome.receipt === null) return before.outcome.violations
  return ['failed: the case says something else than in the stored run']
}

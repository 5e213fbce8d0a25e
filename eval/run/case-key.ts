import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { fingerprint } from '../../src/fingerprint.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import type { SuiteDefinition } from '../suite/suite-definition.ts'

/** Same key, same outcome: ticket, volume, time, policy, code and the versions of the scorers. Labels are no part of it. */
export function caseKey(
  { ticket, volume, now }: EvalCase,
  definition: SuiteDefinition,
  parts: {
    readonly policy: CompiledPolicy
    readonly code: string
    readonly scorers: readonly Pick<Scorer, 'name' | 'version'>[]
  },
): string {
  return fingerprint({
    ticket,
    volume: volume ?? null,
    now: now ?? definition.now,
    policy: parts.policy.policy.hash,
    code: parts.code,
    scorers: parts.scorers.map(({ name, version }) => `${name}@${version}`),
  })
}

import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { fingerprint } from '../../src/fingerprint.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import type { SuiteDefinition } from '../suite/suite-definition.ts'

/** Same key, same outcome: ticket, volume, time, policy and the versions of the scorers. Labels are no part of it. */
export function caseKey(
  evalCase: EvalCase,
  { now }: SuiteDefinition,
  { policy }: CompiledPolicy,
  scorers: readonly Pick<Scorer, 'name' | 'version'>[],
): string {
  return fingerprint({
    ticket: evalCase.ticket,
    volume: evalCase.volume ?? null,
    now,
    policy: policy.hash,
    scorers: scorers.map(({ name, version }) => `${name}@${version}`),
  })
}

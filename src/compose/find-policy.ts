import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { Db } from '../store/db.ts'
import { findPolicy } from '../store/policies.ts'
import { compileSource } from './compile-source.ts'
import { rememberEachBriefly } from './remember-briefly.ts'

const CACHED_POLICIES = 50
const POLICY_MS = 3_600_000

/** Finds every policy that ever decided here, by the hash that receipts name; the running one without asking. */
export function createPolicyFinder(
  db: Db,
  running: CompiledPolicy,
  elapsedMs: () => number,
): (hash: string) => Promise<CompiledPolicy | undefined> {
  const stored = rememberEachBriefly((hash) => compiledPolicy(db, hash), {
    forMs: POLICY_MS,
    most: CACHED_POLICIES,
    elapsedMs,
  })
  return async (hash) => (hash === running.policy.hash ? running : stored(hash))
}

async function compiledPolicy(db: Db, hash: string): Promise<CompiledPolicy | undefined> {
  const stored = await findPolicy(db, hash)
  return stored === undefined ? undefined : compileSource(stored.source, `policy ${hash}`)
}

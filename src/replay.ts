import { canonicalJson } from './domain/canonical-json.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { decide } from './domain/decide.ts'
import type { Decision } from './domain/decision.ts'
import type { Receipt } from './domain/receipt.ts'

/** One member that differs, as a JSON Pointer into the decision. */
export type Difference = { readonly pointer: string; readonly was: unknown; readonly is: unknown }

export type Replay = {
  readonly identical: boolean
  readonly policy: { readonly id: string; readonly version: string; readonly hash: string }
  readonly decision: Decision
  /** Empty exactly when the decisions have the same bytes. */
  readonly differences: readonly Difference[]
}

/** Runs `decide` again on the stored facts, roster and instants; the scorers are never run again. */
export function replay(receipt: Receipt, compiled: CompiledPolicy): Replay {
  const { id, version, hash } = compiled.policy
  const decision = decide(receipt.facts, compiled, receipt.roster, receipt)
  const differences = differencesOf(receipt.decision, decision)
  return {
    identical: differences.length === 0,
    policy: { id, version, hash },
    decision,
    differences,
  }
}

function differencesOf(was: unknown, is: unknown, pointer = ''): Difference[] {
  if (canonicalJson(was) === canonicalJson(is)) return []
  if (!isRecord(was) || !isRecord(is)) return [{ pointer, was: was ?? null, is: is ?? null }]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort()
  return names.flatMap((name) => differencesOf(was[name], is[name], `${pointer}/${name}`))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

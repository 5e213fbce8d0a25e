import type { CompiledPolicy } from './domain/compile-policy.ts'
import { nearMisses, type NearMiss } from './domain/near-misses.ts'
import type { Receipt } from './domain/receipt.ts'
import { whatIf, type WhatIf } from './domain/what-if.ts'

/** Why not otherwise: the rules that nearly decided, and the smallest changes that would decide otherwise. */
export type Explanation = {
  readonly nearMisses: readonly NearMiss[]
  readonly whatIf: readonly WhatIf[]
}

/** Worked out on reading, by replay of the receipt under its own policy; nothing of it is stored. */
export function explain(
  receipt: Pick<Receipt, 'facts' | 'decision' | 'roster' | 'now' | 'clockStart'>,
  policy: CompiledPolicy,
): Explanation {
  const { facts, decision, roster } = receipt
  return {
    nearMisses: nearMisses(facts, decision, policy),
    whatIf: whatIf(facts, decision, policy, roster, receipt),
  }
}

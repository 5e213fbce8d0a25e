import type { Receipt } from '../../src/domain/receipt.ts'

/** What production did with one case; grades are computed from it, never stored. */
export type Outcome = {
  readonly suite: string
  readonly caseId: string
  /** Fingerprint of everything that the decision depends on; the same key need not run again. */
  readonly key: string
  /** Null when the run failed. */
  readonly receipt: Receipt | null
  /** What is wrong with the answer: schema, invariants, or why there is none. */
  readonly violations: readonly string[]
  /** Milliseconds of the whole path; null when a score came from the cache or a stored run. */
  readonly ms: number | null
}

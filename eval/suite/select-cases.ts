import { createRandom, shuffled } from '../metrics/random.ts'
import type { Half } from './eval-case.ts'
import { perturbSuite, type Perturbation } from './perturb-suite.ts'
import type { Suite } from './suite-definition.ts'

/** Which cases of its suites a run is about; null: all of them. */
export type Selection = {
  readonly half: Half | null
  readonly sample: number | null
  readonly perturb: readonly Perturbation[]
}

const SAMPLE_SEED = 7

/** One half, or a sample that is the same on every run, with the variants that were asked for. */
export function selectCases(suite: Suite, { half, sample, perturb }: Selection): Suite {
  const ofHalf = suite.cases.filter((each) => half === null || each.half === half)
  const kept = new Set(
    sample === null ? ofHalf : shuffled(ofHalf, createRandom(SAMPLE_SEED)).slice(0, sample),
  )
  return perturbSuite({ ...suite, cases: ofHalf.filter((each) => kept.has(each)) }, perturb)
}

/** What a run left out, in words; null when it was about whole suites. */
export function describePart({ half, sample }: Pick<Selection, 'half' | 'sample'>): string | null {
  const parts = [
    ...(half === null ? [] : [`the ${half} half`]),
    ...(sample === null ? [] : [`a sample of ${sample} a suite`]),
  ]
  return parts.length === 0 ? null : `only ${parts.join(', ')}`
}

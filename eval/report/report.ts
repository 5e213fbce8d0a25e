import type { Costs } from '../../src/domain/costs.ts'
import type { Graded } from '../grade/graded.ts'
import type { Summary } from '../summary/summarise.ts'

/** What was run: enough to run it again. */
export type RunDescription = {
  readonly policy: { readonly id: string; readonly version: string; readonly hash: string }
  /** Of the policy: both runs of a comparison are weighed with those of the second. */
  readonly costs: Costs
  readonly scorers: readonly { readonly name: string; readonly version: string }[]
  readonly concurrency: number
  readonly sample: number | null
  /** Cases that really ran (not those already stored) and how long that took; null when nothing ran. */
  readonly ran: { readonly cases: number; readonly seconds: number } | null
}

/** All figures of a run. The single cases are in `graded.jsonl` beside it. */
export type Report = {
  readonly schema: 1
  readonly run: RunDescription
  readonly passed: boolean
  readonly suites: readonly Summary[]
}

/** A report as it is shown: with the cases. */
export type FullReport = {
  readonly report: Report
  readonly graded: readonly SuiteGraded[]
  /** Sealed cases are counted; who saw their texts could tune on them, so only an explicit wish lists them. */
  readonly showSealed: boolean
}
export type SuiteGraded = { readonly suite: string; readonly cases: readonly Graded[] }

export function buildReport(run: RunDescription, suites: readonly Summary[]): Report {
  const passed = suites.every(({ gates }) => gates.every((gate) => gate.passed))
  return { schema: 1, run, passed, suites }
}

/** The cases of a suite that may be listed. */
export function shownCases({ graded, showSealed }: FullReport, suite: string): readonly Graded[] {
  const cases = graded.find((each) => each.suite === suite)?.cases ?? []
  return showSealed ? cases : cases.filter(({ evalCase }) => evalCase.half === 'open')
}

/** A case that hurts: under- or over-escalated, or with a broken answer. The worst come first. */
export function failedCases(cases: readonly Graded[]): readonly Graded[] {
  return cases
    .filter(
      ({ grades, outcome }) => grades.severity?.correct === false || outcome.violations.length > 0,
    )
    .toSorted((a, b) => badness(b) - badness(a))
}

function badness({ judged, outcome }: Graded): number {
  if (outcome.violations.length > 0) return 10
  if (judged === null) return 0
  const isMissed = judged.expected.least === 'P1' && judged.decided !== 'P1'
  return isMissed ? (judged.held ? 5 : 8) : judged.decided === 'P1' ? 3 : 1
}

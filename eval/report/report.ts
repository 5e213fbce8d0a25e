import type { Costs } from '../../src/domain/costs.ts'
import type { StoredCase } from '../run/rescore-outcomes.ts'
import { describePart, type Selection } from '../suite/select-cases.ts'
import type { Graded } from '../grade/graded.ts'
import type { Summary } from '../summary/summarise.ts'

/** What was run: enough to run it again. */
export type RunDescription = Selection & {
  /** Id of each suite, and the name or folder that it was read from. */
  readonly suites: readonly { readonly id: string; readonly from: string }[]
  readonly policy: { readonly id: string; readonly version: string; readonly hash: string }
  /** Of the policy: both runs of a comparison are weighed with those of the second. */
  readonly costs: Costs
  readonly scorers: readonly { readonly name: string; readonly version: string }[]
  readonly concurrency: number
  /** Cases that really ran (not those already stored) and how long that took; null when nothing ran. */
  readonly ran: { readonly cases: number; readonly seconds: number } | null
}

/** All figures of a run. The single cases are in `graded.jsonl` beside it. */
export type Report = {
  readonly schema: 2
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
export type SuiteGraded = {
  readonly suite: string
  readonly cases: readonly Graded[]
  /** Cases without a decision, each with the reason in its outcome. */
  readonly lost: readonly StoredCase[]
}

export function buildReport(run: RunDescription, suites: readonly Summary[]): Report {
  return { schema: 2, run, passed: suites.every(hasPassed), suites }
}

/** Every gate holds and every case was decided: figures over the cases that are left show nothing about the others. */
export function hasPassed(summary: Summary): boolean {
  return holdsGates(summary) && isDecided(summary)
}

/** A suite of no cases shows nothing either. */
export function isDecided({ counts }: Summary): boolean {
  return counts.cases > 0 && counts.decided === counts.cases
}

function holdsGates({ gates }: Summary): boolean {
  return gates.every(({ passed }) => passed)
}

/** The run in a few words, with the part of the suites that it was about. */
export function verdictOf({ passed, run, suites }: Report): string {
  const part = describePart(run)
  const verdict = passed
    ? 'every gate holds'
    : suites.every(holdsGates)
      ? 'not every case was decided'
      : 'gates fail'
  return part === null ? verdict : `${verdict} (${part})`
}

/** How many cases have no decision; null when all have one. */
export function undecidedLine(summary: Summary): string | null {
  if (isDecided(summary)) return null
  const { cases, run, decided } = summary.counts
  if (cases === 0) return 'there is no case to run'
  const parts = [
    ...(run < cases ? [`${cases - run} of ${cases} cases did not run`] : []),
    ...(decided < run ? [`${run - decided} of ${cases} cases gave no decision`] : []),
  ]
  return parts.join(', ')
}

/** A case without a decision on one line. */
export function lostLine({ evalCase, outcome }: StoredCase): string {
  return `${evalCase.id}: ${outcome.violations.join('; ')}`
}

/** The cases of a suite that may be listed, decided and lost. */
export function shownOf(
  { graded, showSealed }: FullReport,
  suite: string,
): Pick<SuiteGraded, 'cases' | 'lost'> {
  const { cases, lost } = graded.find((each) => each.suite === suite) ?? { cases: [], lost: [] }
  const isShown = ({ evalCase }: Pick<StoredCase, 'evalCase'>) =>
    showSealed || evalCase.half === 'open'
  return { cases: cases.filter(isShown), lost: lost.filter(isShown) }
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

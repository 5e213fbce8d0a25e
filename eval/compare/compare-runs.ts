import type { GateResult } from '../gate/evaluate-gates.ts'
import type { Graded } from '../grade/graded.ts'
import { mcnemar, type McNemar } from '../metrics/mcnemar.ts'
import { meanOf } from '../metrics/pair.ts'
import { pairedBootstrap, type PairedDifference } from '../metrics/paired-bootstrap.ts'
import type { Costs } from '../../src/domain/costs.ts'
import { isDecided, type RunDescription } from '../report/report.ts'
import type { MetricName } from '../summary/metric-names.ts'
import { METRICS, type GroupFigure } from '../summary/metrics.ts'
import { isPerturbed } from '../suite/perturb-suite.ts'
import { describeSlice, type SliceFilter } from '../summary/slices.ts'
import type { Summary } from '../summary/summarise.ts'
import { byKind, isRight, moveOf, type Move, type Pair } from './move-of.ts'
import type { StoredRun } from './read-run.ts'

/** A gate that B fails. `decided`: cases have no decision in B. New when A held it, or did not have the suite. */
export type Gated = {
  readonly metric: MetricName | 'decided'
  readonly slice?: SliceFilter
  readonly isNew: boolean
}

export type MetricDifference = {
  readonly metric: MetricName
  readonly a: number | null
  readonly b: number | null
  readonly paired: PairedDifference | null
}

export type SuiteComparison = {
  readonly suite: string
  readonly cases: number
  /** Is the severity acceptable: who is right where the other is wrong? */
  readonly severity: McNemar
  readonly metrics: readonly MetricDifference[]
  readonly moves: readonly Move[]
  readonly gated: readonly Gated[]
}

export type Comparison = {
  /** What each of the two ran with. */
  readonly runs: { readonly a: RunDescription; readonly b: RunDescription }
  readonly suites: readonly SuiteComparison[]
  /** Cases that only one of the runs has. */
  readonly unpaired: number
}

const COMPARED: readonly MetricName[] = [
  'critical_recall',
  'under_escalation',
  'over_escalation',
  'review_load',
  'unseen_criticals',
  'downgrades',
  'severity_accuracy',
  'type_accuracy',
  'team_accuracy',
  'intent_accuracy',
  'sentiment_accuracy',
  'urgency_accuracy',
  'emotions_micro_f1',
  'trigger_kinds_micro_f1',
  'cost_loss',
  'parity',
  'flip_rate',
  'language_accuracy',
  'llm_asked_share',
  'llm_tokens',
  'llm_money',
]

/** A against B on the same cases, by case id. A suite that only one of them has is compared too: with nothing. */
export function compareRuns(a: StoredRun, b: StoredRun, resamples = 1000): Comparison {
  const names = new Set([...a.report.suites, ...b.report.suites].map(({ suite }) => suite))
  const suites = [...names].map((suite) => compareSuite(suite, { a, b, resamples }))
  const keys = new Set([...a.graded.keys(), ...b.graded.keys()])
  return {
    runs: { a: a.report.run, b: b.report.run },
    suites,
    unpaired: [...keys].filter((key) => !a.graded.has(key) || !b.graded.has(key)).length,
  }
}

function compareSuite(
  suite: string,
  { a, b, resamples }: { readonly a: StoredRun; readonly b: StoredRun; readonly resamples: number },
): SuiteComparison {
  const pairs = pairsOf(suite, a, b)
  const written = pairs.filter((pair) => !isPerturbed(pair.b.evalCase))
  return {
    suite,
    cases: written.length,
    severity: mcnemar(written.map((pair) => ({ a: isRight(pair.a), b: isRight(pair.b) }))),
    metrics: COMPARED.map((metric) =>
      difference(metric, METRICS[metric].readsVariants ? pairs : written, {
        costs: b.report.run.costs,
        resamples,
      }),
    ),
    moves: written.flatMap((pair) => moveOf(suite, pair) ?? []).toSorted(byKind),
    gated: gatedOf(suite, a, b),
  }
}

/** What A held and B does not, and what neither holds. */
function gatedOf(suite: string, a: StoredRun, b: StoredRun): readonly Gated[] {
  const [before, after] = [summaryOf(suite, a), summaryOf(suite, b)]
  const nameOf = ({ metric, slice = {} }: GateResult) => `${metric} ${describeSlice(slice)}`
  const failedBefore = new Set(before?.gates.filter(({ passed }) => !passed).map(nameOf))
  const gates = (after?.gates ?? [])
    .filter(({ passed }) => !passed)
    .map((gate): Gated => {
      const { metric, slice } = gate
      const isNew = !failedBefore.has(nameOf(gate))
      return { metric, ...(slice !== undefined && { slice }), isNew }
    })
  const isGone = [...a.graded].some(
    ([key, { evalCase }]) =>
      key.startsWith(`${suite}/`) && !b.graded.has(key) && !isPerturbed(evalCase),
  )
  if (!isGone && after !== undefined && isDecided(after)) return gates
  const wasDecided = before === undefined || isDecided(before)
  return [{ metric: 'decided', isNew: isGone || wasDecided }, ...gates]
}

function summaryOf(suite: string, { report }: StoredRun): Summary | undefined {
  return report.suites.find((each) => each.suite === suite)
}

function pairsOf(suite: string, a: StoredRun, b: StoredRun): readonly Pair[] {
  return [...b.graded].flatMap(([key, graded]) => {
    const before = key.startsWith(`${suite}/`) ? a.graded.get(key) : undefined
    return before === undefined ? [] : [{ a: before, b: graded }]
  })
}

function difference(
  metric: MetricName,
  pairs: readonly Pair[],
  { costs, resamples }: { readonly costs: Costs; readonly resamples: number },
): MetricDifference {
  const { groups } = METRICS[metric]
  const value = (cases: readonly Graded[]) => METRICS[metric].value(cases, costs)
  const [a, b] = [pairs.map((pair) => pair.a), pairs.map((pair) => pair.b)]
  const options = {
    clusterOf: (pair: { readonly b: { readonly cluster: string } }) => pair.b.cluster,
    resamples,
  }
  const paired =
    groups === undefined
      ? pairedBootstrap(pairs, value, options)
      : pairedBootstrap(pairGroups(groups(a), groups(b)), meanValue, options)
  return { metric, a: value(a), b: value(b), paired }
}

function pairGroups(a: readonly GroupFigure[], b: readonly GroupFigure[]) {
  const before = new Map(a.map((each) => [each.group, each]))
  return b.flatMap((each) => {
    const same = before.get(each.group)
    return same === undefined ? [] : [{ a: same, b: each }]
  })
}

function meanValue(groups: readonly GroupFigure[]): number | null {
  return meanOf(groups.map(({ value }) => value))
}

/** The moves that may be listed. */
export function listedMoves({ moves }: SuiteComparison, showSealed: boolean): readonly Move[] {
  return moves.filter(({ a }) => showSealed || a.evalCase.half === 'open')
}

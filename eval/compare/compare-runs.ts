import type { Graded, GradeName } from '../grade/graded.ts'
import { mcnemar, type McNemar } from '../metrics/mcnemar.ts'
import { meanOf } from '../metrics/pair.ts'
import { pairedBootstrap, type PairedDifference } from '../metrics/paired-bootstrap.ts'
import type { Costs } from '../../src/domain/costs.ts'
import { isDecided, type RunDescription } from '../report/report.ts'
import type { MetricName } from '../summary/metric-names.ts'
import { METRICS, type GroupFigure } from '../summary/metrics.ts'
import { stepsOver, stepsUnder } from '../metrics/severity-range.ts'
import { isPerturbed } from '../suite/perturb-suite.ts'
import type { Summary } from '../summary/summarise.ts'
import type { StoredRun } from './read-run.ts'

export type Pair = { readonly a: Graded; readonly b: Graded }

/** In the order of the list. */
export const MOVE_KINDS = ['regression', 'improvement', 'moved'] as const

export type Move = Pair & {
  readonly suite: string
  readonly kind: (typeof MOVE_KINDS)[number]
  /** Grades that are right in one run only, and what else was decided differently. */
  readonly differs: readonly string[]
}

/** A gate that B fails. `decided`: cases have no decision in B. New when A held it, or did not have the suite. */
export type Gated = { readonly metric: MetricName | 'decided'; readonly isNew: boolean }

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

/** What a case may not lose, whatever else it gains. */
const GUARDED: readonly GradeName[] = [
  'severity',
  'type',
  'team',
  'owner',
  'disposition',
  'clocks',
  'language',
  'unscored',
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
  const failedBefore = new Set(
    before?.gates.flatMap(({ passed, metric }) => (passed ? [] : metric)),
  )
  const gates = (after?.gates ?? []).flatMap(({ passed, metric }): readonly Gated[] =>
    passed ? [] : [{ metric, isNew: !failedBefore.has(metric) }],
  )
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

/** Whatever went from right to wrong is a regression, also where something else went the other way. */
function moveOf(suite: string, { a, b }: Pair): Move | null {
  const lost = GUARDED.filter((name) => isLost(name, a, b))
  const won = GUARDED.filter((name) => isLost(name, b, a))
  const differs = [...new Set([...lost, ...won, ...decidedOtherwise(a, b)])]
  if (differs.length === 0) return null
  const steps = stepsFurther(a, b)
  const kind =
    lost.length > 0 || steps > 0
      ? 'regression'
      : won.length > 0 || steps < 0
        ? 'improvement'
        : 'moved'
  return { suite, a, b, kind, differs }
}

function isLost(name: GradeName, before: Graded, after: Graded): boolean {
  return before.grades[name]?.correct === true && after.grades[name]?.correct === false
}

/** How much further B is from what is acceptable; too low weighs more than too high. Negative: nearer. */
function stepsFurther(a: Graded, b: Graded): number {
  if (a.judged === null || b.judged === null) return 0
  const under = stepsUnder(b.judged) - stepsUnder(a.judged)
  return under === 0 ? stepsOver(b.judged) - stepsOver(a.judged) : under
}

function isRight({ grades }: Graded): boolean {
  return grades.severity?.correct !== false
}

function decidedOtherwise(a: Graded, b: Graded): readonly GradeName[] {
  const [before, after] = [decidedParts(a), decidedParts(b)]
  return Object.entries(after).flatMap(([name, value]) =>
    before[name as keyof typeof before] === value ? [] : (name as GradeName),
  )
}

function decidedParts({ receipt: { decision } }: Graded) {
  const { severity, type, disposition, route, clocks } = decision
  const due = clocks.map(({ kind, dueAt }) => `${kind} ${dueAt}`).join(' ')
  const owner = `${route.owner.id} ${route.backup.id}`
  return { severity, type, team: route.team, owner, disposition, clocks: due }
}

/** The moves that may be listed. */
export function listedMoves({ moves }: SuiteComparison, showSealed: boolean): readonly Move[] {
  return moves.filter(({ a }) => showSealed || a.evalCase.half === 'open')
}

function byKind(a: Move, b: Move): number {
  return MOVE_KINDS.indexOf(a.kind) - MOVE_KINDS.indexOf(b.kind)
}

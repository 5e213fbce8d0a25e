import { isMoreSevere } from '../../src/domain/labels.ts'
import type { Graded } from '../grade/graded.ts'
import { mcnemar, type McNemar } from '../metrics/mcnemar.ts'
import { pairedBootstrap, type PairedDifference } from '../metrics/paired-bootstrap.ts'
import type { Costs } from '../../src/domain/costs.ts'
import type { RunDescription } from '../report/report.ts'
import type { MetricName } from '../summary/metric-names.ts'
import { METRICS } from '../summary/metrics.ts'
import type { StoredRun } from './read-run.ts'

export type Pair = { readonly a: Graded; readonly b: Graded }

export type Move = Pair & {
  readonly suite: string
  readonly kind: 'regression' | 'improvement' | 'moved'
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
  /** Gates that B fails, and whether A failed them too. */
  readonly gated: readonly { readonly metric: MetricName; readonly isNew: boolean }[]
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
  'language_accuracy',
  'llm_asked_share',
  'llm_tokens',
  'llm_money',
]

/** A against B on the same cases, by case id. */
export function compareRuns(a: StoredRun, b: StoredRun, resamples = 1000): Comparison {
  const suites = b.report.suites.flatMap(({ suite, gates }) => {
    const before = a.report.suites.find((each) => each.suite === suite)
    if (before === undefined) return []
    const pairs = pairsOf(suite, a, b)
    const failedBefore = new Set(before.gates.flatMap((gate) => (gate.passed ? [] : [gate.metric])))
    return [
      {
        suite,
        cases: pairs.length,
        severity: mcnemar(pairs.map((pair) => ({ a: isRight(pair.a), b: isRight(pair.b) }))),
        metrics: COMPARED.map((metric) =>
          difference(metric, pairs, { costs: b.report.run.costs, resamples }),
        ),
        moves: pairs.flatMap((pair) => moveOf(suite, pair) ?? []).toSorted(byKind),
        gated: gates.flatMap(({ passed, metric }) =>
          passed ? [] : [{ metric, isNew: !failedBefore.has(metric) }],
        ),
      },
    ]
  })
  const paired = suites.reduce((sum, { cases }) => sum + cases, 0)
  return {
    runs: { a: a.report.run, b: b.report.run },
    suites,
    unpaired: a.graded.size + b.graded.size - 2 * paired,
  }
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
  const value = (cases: readonly Graded[]) => METRICS[metric].value(cases, costs)
  return {
    metric,
    a: value(pairs.map((pair) => pair.a)),
    b: value(pairs.map((pair) => pair.b)),
    paired: pairedBootstrap(pairs, value, { clusterOf: (pair) => pair.b.cluster, resamples }),
  }
}

function moveOf(suite: string, { a, b }: Pair): Move | null {
  const wasRight = isRight(a)
  const nowRight = isRight(b)
  if (wasRight && !nowRight) return { suite, a, b, kind: 'regression' }
  if (!wasRight && nowRight) return { suite, a, b, kind: 'improvement' }
  if (!isSameDecision(a, b)) return { suite, a, b, kind: wasRight ? 'moved' : worse(a, b) }
  return null
}

/** Both wrong: further from what is acceptable is a regression. */
function worse(a: Graded, b: Graded): Move['kind'] {
  const [before, after] = [a.receipt.decision.severity, b.receipt.decision.severity]
  if (before === after || a.judged === null) return 'moved'
  const wasTooLow = isMoreSevere(a.judged.expected.least, before)
  return isMoreSevere(after, before) === wasTooLow ? 'improvement' : 'regression'
}

function isRight({ grades }: Graded): boolean {
  return grades.severity?.correct !== false
}

function isSameDecision(a: Graded, b: Graded): boolean {
  const [x, y] = [a.receipt.decision, b.receipt.decision]
  return (
    x.severity === y.severity &&
    x.type === y.type &&
    x.disposition === y.disposition &&
    x.route.team === y.route.team
  )
}

const ORDER: readonly Move['kind'][] = ['regression', 'improvement', 'moved']
function byKind(a: Move, b: Move): number {
  return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)
}

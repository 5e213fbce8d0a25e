import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { type Costs, DEFAULT_COSTS } from '../../src/domain/costs.ts'
import { INTENTS, PRIORITIES, SENTIMENTS, SEVERITIES } from '../../src/domain/labels.ts'
import { evaluateGates, type GateResult, type GateValues } from '../gate/evaluate-gates.ts'
import { gradeOutcome } from '../grade/grade-outcome.ts'
import type { Graded } from '../grade/graded.ts'
import { reliabilityBins, type ReliabilityBin } from '../metrics/calibration.ts'
import { classReport, type ClassScores } from '../metrics/class-report.ts'
import { confusionOf, type Confusion } from '../metrics/confusion.ts'
import { riskCoverage, type CoveragePoint } from '../metrics/risk-coverage.ts'
import { nearestAcceptable } from '../metrics/severity-range.ts'
import type { Outcome } from '../run/outcome.ts'
import type { StoredCase } from '../run/rescore-outcomes.ts'
import { HALVES, type Half } from '../suite/eval-case.ts'
import { isPerturbed } from '../suite/perturb-suite.ts'
import type { Suite } from '../suite/suite-definition.ts'
import { figureOf, type Figure } from './figure-of.ts'
import { METRIC_NAMES, type MetricName } from './metric-names.ts'
import { claimsOf, judgedOf, METRICS, pairsOf } from './metrics.ts'
import { isInSlice, SLICE_NAMES, sliceBy, type SliceFilter, type SliceName } from './slices.ts'

export type Figures = Readonly<Record<MetricName, Figure>>
/** Figures without intervals. */
export type Values = Readonly<Record<MetricName, number | null>>
export type Slice = { readonly value: string; readonly count: number; readonly values: Values }

export type Summary = {
  readonly suite: string
  readonly purpose: string
  /** Cases of the suite, cases that ran, cases that gave a decision. */
  readonly counts: { readonly cases: number; readonly run: number; readonly decided: number }
  readonly figures: Figures
  readonly halves: Readonly<Record<Half, Values>>
  readonly gates: readonly GateResult[]
  readonly slices: Readonly<Partial<Record<SliceName, readonly Slice[]>>>
  readonly confusions: Readonly<Record<string, Confusion<string>>>
  readonly intents: readonly (ClassScores & { readonly label: string })[]
  readonly reliability: readonly ReliabilityBin[]
  readonly riskCoverage: readonly CoveragePoint[]
  readonly latencies: readonly number[]
}

const FEWER_RESAMPLES_FROM = 2000
const CURVE_POINTS = 200

/** All figures of one suite, with what was graded so that reports can list the cases. */
export function summarise(
  { definition, cases }: Suite,
  outcomes: readonly Outcome[],
  policy: CompiledPolicy,
  resamples = outcomes.length >= FEWER_RESAMPLES_FROM ? 200 : 1000,
): {
  readonly summary: Summary
  readonly graded: readonly Graded[]
  /** Cases that ran and gave no decision. */
  readonly lost: readonly StoredCase[]
} {
  const byId = new Map(outcomes.map((outcome) => [outcome.caseId, outcome]))
  const graded = cases.flatMap((evalCase) => {
    const outcome = byId.get(evalCase.id)
    return outcome === undefined ? [] : (gradeOutcome(evalCase, outcome, policy) ?? [])
  })
  const costs = policy.policy.costs ?? DEFAULT_COSTS
  const lost = cases.flatMap((evalCase) => {
    const outcome = byId.get(evalCase.id)
    return outcome?.receipt === null ? [{ evalCase, outcome }] : []
  })
  const figures = figuresOf(graded, costs, { lost: lost.length, resamples })
  const halves = Object.fromEntries(
    HALVES.map((half) => [
      half,
      valuesOf(
        graded.filter((each) => each.evalCase.half === half),
        costs,
      ),
    ]),
  ) as Record<Half, Values>
  const written = graded.filter(isWritten)
  const curve = riskCoverage(claimsOf(written))
  const summary: Summary = {
    suite: definition.id,
    purpose: definition.purpose,
    counts: { cases: cases.length, run: outcomes.length, decided: graded.length },
    figures,
    halves,
    gates: evaluateGates(definition.gates, (metric, slice) =>
      gateValues(metric, slice, { graded, lost, costs }),
    ),
    slices: Object.fromEntries(SLICE_NAMES.map((name) => [name, slicesOf(written, name, costs)])),
    confusions: {
      severity: confusionOf(
        judgedOf(written).map((each) => ({
          expected: nearestAcceptable(each),
          actual: each.decided,
        })),
        SEVERITIES as readonly string[],
      ),
      intent: confusionOf(pairsOf(written, 'intent'), INTENTS as readonly string[]),
      sentiment: confusionOf(pairsOf(written, 'sentiment'), SENTIMENTS.map(String)),
      priority: confusionOf(pairsOf(written, 'priority'), PRIORITIES as readonly string[]),
    },
    intents: [
      ...classReport(pairsOf(written, 'intent'), INTENTS as readonly string[]).perClass,
    ].map(([label, scores]) => ({ label, ...scores })),
    reliability: reliabilityBins(claimsOf(written)),
    riskCoverage: thinned(curve, CURVE_POINTS),
    latencies: thinned(
      written.flatMap(({ outcome }) => outcome.ms ?? []).toSorted((a, b) => a - b),
      CURVE_POINTS,
    ),
  }
  return { summary, graded, lost }
}

/** A ticket that got no decision at all is a violation too. */
function figuresOf(
  graded: readonly Graded[],
  costs: Costs,
  { lost, resamples }: { readonly lost: number; readonly resamples: number },
): Figures {
  const entries = METRIC_NAMES.map((name): [MetricName, Figure] => {
    const figure = figureOf(name, readBy(name, graded), { costs, resamples })
    const isCount = METRICS[name].unit === 'count'
    return [name, isCount ? { ...figure, value: (figure.value ?? 0) + lost } : figure]
  })
  return Object.fromEntries(entries) as Figures
}

/** The figure that a gate holds to its bound, over the whole suite or a slice of it. */
function gateValues(
  metric: MetricName,
  slice: SliceFilter | undefined,
  {
    graded,
    lost,
    costs,
  }: {
    readonly graded: readonly Graded[]
    readonly lost: readonly StoredCase[]
    readonly costs: Costs
  },
): GateValues {
  const { unit, value } = METRICS[metric]
  const isIn =
    (half?: Half) =>
    ({ evalCase }: StoredCase) =>
      isInSlice(evalCase, slice ?? {}) && (half === undefined || evalCase.half === half)
  const of = (half?: Half) => {
    const figure = value(readBy(metric, graded.filter(isIn(half))), costs)
    return unit === 'count' ? (figure ?? 0) + lost.filter(isIn(half)).length : figure
  }
  return {
    cases: graded.filter(isIn()).length,
    value: of(),
    open: of('open'),
    sealed: of('sealed'),
  }
}

function valuesOf(graded: readonly Graded[], costs: Costs): Values {
  return Object.fromEntries(
    METRIC_NAMES.map((name) => [name, METRICS[name].value(readBy(name, graded), costs)]),
  ) as Values
}

/** Variants of `--perturb` are compared with their bases and counted nowhere else. */
function readBy(name: MetricName, graded: readonly Graded[]): readonly Graded[] {
  return METRICS[name].readsVariants ? graded : graded.filter(isWritten)
}

function isWritten({ evalCase }: Graded): boolean {
  return !isPerturbed(evalCase)
}

function slicesOf(graded: readonly Graded[], name: SliceName, costs: Costs): readonly Slice[] {
  return [...sliceBy(graded, name)].map(([value, group]) => ({
    value,
    count: group.length,
    values: valuesOf(group, costs),
  }))
}

/** At most this many evenly spread items, the first and the last among them. */
function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items
  return Array.from({ length: most }, (_, at) => {
    const place = Math.round((at * (items.length - 1)) / (most - 1))
    return items[place]!
  })
}

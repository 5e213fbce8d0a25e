import type { Costs } from '../../src/domain/costs.ts'
import {
  EMOTIONS,
  isMoreSevere,
  type Severity,
  INTENTS,
  PRIORITIES,
  SENTIMENTS,
  SEVERITIES,
  TRIGGER_KINDS,
  URGENCIES,
} from '../../src/domain/labels.ts'
import type { ScorerCall } from '../../src/domain/signal.ts'
import type { Graded, GradeName } from '../grade/graded.ts'
import { calibrationError, type Claim } from '../metrics/calibration.ts'
import { classReport, scoresOf } from '../metrics/class-report.ts'
import { cohenKappa } from '../metrics/cohen-kappa.ts'
import { costLoss } from '../metrics/cost-loss.ts'
import {
  criticalRecall,
  overEscalation,
  underEscalation,
  unseenCriticals,
} from '../metrics/escalation-rates.ts'
import { ordinalError } from '../metrics/ordinal-error.ts'
import { meanOf, shareOf, type Pair } from '../metrics/pair.ts'
import {
  groupValues,
  isCalmLowered,
  isSameForAll,
  shareOfGroups,
  type Voice,
} from '../metrics/parity.ts'
import { percentile } from '../metrics/percentile.ts'
import { reviewLoad } from '../metrics/review-load.ts'
import { areaUnderRiskCoverage } from '../metrics/risk-coverage.ts'
import { setReport } from '../metrics/set-report.ts'
import {
  nearestAcceptable,
  rankOf,
  stepsOver,
  stepsUnder,
  type Judged,
} from '../metrics/severity-range.ts'
import { POLARITIES } from '../suite/eval-case.ts'
import { variantTag, type Perturbation } from '../suite/perturb-suite.ts'
import type { MetricName } from './metric-names.ts'

export type GroupFigure = {
  readonly group: string
  readonly value: number
  readonly cluster: string
}

export type Metric = {
  readonly title: string
  /** `share` is shown in per cent and has exact bounds at 0 and 1. */
  readonly unit: 'share' | 'number' | 'ms' | 'minutes' | 'count'
  readonly better: 'high' | 'low'
  /** The figure is the mean of what it gives for each case alone, so that its interval is quick to compute. */
  readonly isMean: boolean
  /**
   * The figure is the mean of one value per group of cases. Resamples draw these values: a group that is drawn twice is
   * two groups, which the cases themselves no longer tell.
   */
  readonly groups?: (cases: readonly Graded[]) => readonly GroupFigure[]
  /** Compares variants with their bases; every other figure leaves the variants of `--perturb` out. */
  readonly readsVariants?: true
  readonly value: (cases: readonly Graded[], costs: Costs) => number | null
}

/** What every figure of a report means and how it is computed from graded cases. */
export const METRICS: Readonly<Record<MetricName, Metric>> = {
  critical_recall: share('Critical recall', 'high', (cases) => criticalRecall(judgedOf(cases))),
  under_escalation: share('Under-escalation', 'low', (cases) => underEscalation(judgedOf(cases))),
  over_escalation: share('Over-escalation', 'low', (cases) => overEscalation(judgedOf(cases))),
  review_load: share('Review load', 'low', (cases) =>
    reviewLoad(cases.map(({ receipt }) => ({ held: receipt.decision.disposition === 'review' }))),
  ),
  unseen_criticals: share('Criticals nobody is asked about', 'low', (cases) =>
    unseenCriticals(judgedOf(cases)),
  ),
  downgrades: {
    title: 'Downgraded by added text',
    unit: 'share',
    better: 'low',
    isMean: false,
    value: (cases) => shareOfVariants(cases, isMoreSevere),
  },
  flip_rate: {
    title: 'Flips of variants that mean the same',
    unit: 'share',
    better: 'low',
    isMean: false,
    readsVariants: true,
    value: (cases) => shareOfVariants(cases, (base, variant) => base !== variant),
  },
  flip_rate_repeat: flipsOf('repeat'),
  flip_rate_typo: flipsOf('typo'),
  flip_rate_capitals: flipsOf('capitals'),
  flip_rate_order: flipsOf('order'),
  flip_rate_paraphrase: flipsOf('paraphrase'),
  parity: groupShare('Groups with one severity for every voice', 'high', isSameForAll),
  calm_lowered: groupShare('Groups in which a voice was lowered', 'low', isCalmLowered),
  schema_violations: {
    title: 'Schema violations',
    unit: 'count',
    better: 'low',
    isMean: false,
    value: (cases) => cases.filter(({ outcome }) => outcome.violations.length > 0).length,
  },
  cost_loss: {
    title: 'Cost per ticket',
    unit: 'minutes',
    better: 'low',
    isMean: true,
    value: (cases, costs) => costLoss(judgedOf(cases), costs),
  },
  severity_accuracy: accuracy('Severity acceptable', 'severity'),
  severity_error: mean('Severity steps off', (cases) =>
    meanOf(judgedOf(cases).map((each) => stepsUnder(each) + stepsOver(each))),
  ),
  severity_kappa: number('Severity quadratic κ', 'high', (cases) =>
    cohenKappa(
      judgedOf(cases).map((each) => ({
        expected: rankOf(nearestAcceptable(each)),
        actual: rankOf(each.decided),
      })),
      SEVERITIES.map(rankOf),
      'quadratic',
    ),
  ),
  type_accuracy: accuracy('Type', 'type'),
  team_accuracy: accuracy('Team', 'team'),
  owner_accuracy: accuracy('Owner eligible', 'owner'),
  disposition_accuracy: accuracy('Disposition', 'disposition'),
  clocks_accuracy: accuracy('Due times', 'clocks'),
  critical_recall_before_floor: share('Critical recall, models alone', 'high', (cases) =>
    criticalRecall(judgedOf(cases, 'judgedBeforeFloor')),
  ),
  under_escalation_before_floor: share('Under-escalation, models alone', 'low', (cases) =>
    underEscalation(judgedOf(cases, 'judgedBeforeFloor')),
  ),
  over_escalation_before_floor: share('Over-escalation, models alone', 'low', (cases) =>
    overEscalation(judgedOf(cases, 'judgedBeforeFloor')),
  ),
  intent_accuracy: accuracy('Intent', 'intent'),
  intent_macro_f1: number(
    'Intent macro F1',
    'high',
    (cases) => classReport(pairsOf(cases, 'intent'), INTENTS as readonly string[]).macro.f1,
  ),
  sentiment_accuracy: accuracy('Sentiment', 'sentiment'),
  sentiment_error: mean('Sentiment error', (cases) => ordinalError(numbersOf(cases, 'sentiment'))),
  sentiment_kappa: number('Sentiment quadratic κ', 'high', (cases) =>
    cohenKappa(numbersOf(cases, 'sentiment'), SENTIMENTS as readonly number[], 'quadratic'),
  ),
  polarity_accuracy: accuracy('Sentiment in three levels', 'polarity'),
  polarity_macro_f1: number(
    'Sentiment in three levels macro F1',
    'high',
    (cases) => classReport(pairsOf(cases, 'polarity'), POLARITIES as readonly string[]).macro.f1,
  ),
  polarity_kappa: number('Sentiment in three levels κ', 'high', (cases) =>
    cohenKappa(pairsOf(cases, 'polarity'), POLARITIES as readonly string[]),
  ),
  emotions_micro_f1: number(
    'Emotions micro F1',
    'high',
    (cases) => setReport(definedOf(cases, 'emotions'), EMOTIONS).micro.f1,
  ),
  urgency_accuracy: accuracy('Urgency', 'urgency'),
  urgency_error: mean('Urgency error', (cases) => ordinalError(numbersOf(cases, 'urgency'))),
  urgency_kappa: number('Urgency quadratic κ', 'high', (cases) =>
    cohenKappa(numbersOf(cases, 'urgency'), URGENCIES as readonly number[], 'quadratic'),
  ),
  priority_accuracy: accuracy('Model’s priority', 'priority'),
  priority_kappa: number('Model’s priority κ', 'high', (cases) =>
    cohenKappa(pairsOf(cases, 'priority'), PRIORITIES as readonly string[]),
  ),
  trigger_kinds_micro_f1: number(
    'Trigger kinds micro F1',
    'high',
    (cases) => setReport(definedOf(cases, 'kinds'), TRIGGER_KINDS).micro.f1,
  ),
  trigger_exact_f1: number('Trigger quotes exact F1', 'high', (cases) => spanF1(cases, 'exact')),
  trigger_overlap_f1: number('Trigger quotes overlap F1', 'high', (cases) =>
    spanF1(cases, 'overlap'),
  ),
  language_accuracy: accuracy('Language', 'language'),
  unscored_accuracy: accuracy('Unscored where nobody can read', 'unscored'),
  unscored_share: share('Intent unscored', 'low', (cases) =>
    shareOf(
      cases.filter(({ receipt }) => receipt.facts.values['intent'] === undefined).length,
      cases.length,
    ),
  ),
  intent_calibration_error: number('Intent calibration error (ECE)', 'low', (cases) =>
    calibrationError(claimsOf(cases)),
  ),
  intent_risk_coverage_area: number('Intent risk–coverage area', 'low', (cases) =>
    areaUnderRiskCoverage(claimsOf(cases)),
  ),
  llm_asked_share: {
    title: 'LLM asked',
    unit: 'share',
    better: 'low',
    // Null where nobody was asked, so it is no mean of single cases.
    isMean: false,
    value: (cases) => {
      const asked = cases.filter((each) => llmCalls([each]).length > 0)
      return asked.length === 0 ? null : shareOf(asked.length, cases.length)
    },
  },
  llm_tokens: number('LLM tokens per call', 'low', (cases) =>
    meanOf(llmCalls(cases).map(({ tokens }) => tokens.prompt + tokens.completion)),
  ),
  llm_money: number('LLM money per call', 'low', (cases) =>
    meanOf(llmCalls(cases).map(({ money }) => money)),
  ),
  latency_p50_ms: latency('Latency p50', 0.5),
  latency_p95_ms: latency('Latency p95', 0.95),
  latency_p99_ms: latency('Latency p99', 0.99),
}

function flipsOf(kind: Perturbation): Metric {
  return {
    title: `Flips under ${kind}`,
    unit: 'share',
    better: 'low',
    isMean: false,
    readsVariants: true,
    value: (cases) => shareOfVariants(cases, (base, variant) => base !== variant, kind),
  }
}

function groupShare(
  title: string,
  better: Metric['better'],
  holds: (voices: readonly Voice[]) => boolean,
): Metric {
  const groups = (cases: readonly Graded[]) =>
    groupValues(voicesOf(cases), holds).map(({ voices: [first], value }) => ({
      group: first!.group,
      cluster: first!.cluster,
      value,
    }))
  const value = (cases: readonly Graded[]) => shareOfGroups(voicesOf(cases), holds)
  return { title, unit: 'share', better, isMean: false, groups, value }
}

function voicesOf(cases: readonly Graded[]): readonly (Voice & { readonly cluster: string })[] {
  return cases.flatMap(({ evalCase: { group, expected }, receipt, cluster }) => {
    const decided = receipt.decision.severity
    return group === undefined
      ? []
      : [{ group, decided, expected: expected.severity ?? null, cluster }]
  })
}

/** What the LLM was asked for these cases, failed calls included. */
function llmCalls(cases: readonly Graded[]): readonly ScorerCall[] {
  return cases.flatMap(({ receipt }) => receipt.scorers.flatMap(({ call }) => call ?? []))
}

/** Variants whose severity has this relation to that of their base ÷ variants whose base was decided too. */
function shareOfVariants(
  cases: readonly Graded[],
  holds: (base: Severity, variant: Severity) => boolean,
  kind?: Perturbation,
): number | null {
  const severities = new Map(
    cases.map(({ evalCase, receipt }) => [evalCase.id, receipt.decision.severity]),
  )
  const found = cases.flatMap(({ evalCase, receipt }) => {
    const base = severities.get(evalCase.base ?? '')
    const isOther = kind !== undefined && !evalCase.tags.includes(variantTag(kind))
    return base === undefined || isOther ? [] : holds(base, receipt.decision.severity)
  })
  return shareOf(found.filter(Boolean).length, found.length)
}

export function judgedOf(
  cases: readonly Graded[],
  which: 'judged' | 'judgedBeforeFloor' = 'judged',
): readonly Judged[] {
  return cases.flatMap((graded) => graded[which] ?? [])
}

/** Expected and actual label of every case that asked for it and was scored. */
export function pairsOf(cases: readonly Graded[], name: GradeName): readonly Pair<string>[] {
  return cases.flatMap(({ grades }) => {
    const grade = grades[name]
    if (grade === undefined || grade.actual === null) return []
    return [{ expected: grade.expected, actual: grade.actual }]
  })
}

/** How sure the intent was and whether it was right. */
export function claimsOf(cases: readonly Graded[]): readonly Claim[] {
  return cases.flatMap(({ grades: { intent } }) =>
    intent?.confidence === undefined || intent.correct === null
      ? []
      : [{ confidence: intent.confidence, correct: intent.correct }],
  )
}

function numbersOf(cases: readonly Graded[], name: GradeName): readonly Pair<number>[] {
  return pairsOf(cases, name).map(({ expected, actual }) => ({
    expected: Number(expected),
    actual: Number(actual),
  }))
}

function definedOf<K extends 'emotions' | 'kinds'>(
  cases: readonly Graded[],
  name: K,
): readonly NonNullable<Graded[K]>[] {
  return cases.flatMap((graded) => (graded[name] ?? []) as NonNullable<Graded[K]>)
}

function spanF1(cases: readonly Graded[], how: 'exact' | 'overlap'): number | null {
  const spans = cases.flatMap(({ spans }) => spans ?? [])
  const sum = (of: 'exact' | 'overlap' | 'wanted' | 'claimed') =>
    spans.reduce((total, span) => total + span[of], 0)
  return scoresOf(sum(how), sum('claimed'), sum('wanted')).f1
}

function share(title: string, better: Metric['better'], value: Metric['value']): Metric {
  return { title, unit: 'share', better, isMean: true, value }
}

function number(title: string, better: Metric['better'], value: Metric['value']): Metric {
  return { title, unit: 'number', better, isMean: false, value }
}

function mean(title: string, value: Metric['value']): Metric {
  return { title, unit: 'number', better: 'low', isMean: true, value }
}

function accuracy(title: string, name: GradeName): Metric {
  return share(title, 'high', (cases) => {
    const scored = cases.flatMap(({ grades }) => grades[name]?.correct ?? [])
    return shareOf(scored.filter(Boolean).length, scored.length)
  })
}

function latency(title: string, at: number): Metric {
  return {
    title,
    unit: 'ms',
    better: 'low',
    isMean: false,
    value: (cases) =>
      percentile(
        cases.flatMap(({ outcome }) => outcome.ms ?? []),
        at,
      ),
  }
}

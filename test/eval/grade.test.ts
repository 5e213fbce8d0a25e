import { describe, expect, test, vi } from 'vitest'
import { gradeOutcome } from '../../eval/grade/grade-outcome.ts'
import type { Graded } from '../../eval/grade/graded.ts'
import { gradeSpans } from '../../eval/grade/grade-spans.ts'
import { DEFAULT_COSTS } from '../../src/domain/costs.ts'
import type { Scorer, ScorerCall, TriggerSignal } from '../../src/domain/signal.ts'
import { meanOf } from '../../eval/metrics/pair.ts'
import { METRIC_NAMES } from '../../eval/summary/metric-names.ts'
import { METRICS } from '../../eval/summary/metrics.ts'
import { runLabelled, alwaysRaise, followLabels, policyWith } from './support/run-labelled.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const expected = (start: number, end: number) => ({ kind: 'churn' as const, quote: '', start, end })
const found = (
  start: number,
  end: number,
  kind: TriggerSignal['kind'] = 'churn',
): TriggerSignal => ({
  kind,
  quote: '',
  start,
  end,
  source: 'phrase',
})

describe('gradeSpans()', () => {
  test.each([
    ['exact', [expected(0, 5)], [found(0, 5)], { exact: 1, overlap: 1, wanted: 1, claimed: 1 }],
    [
      'overlap only',
      [expected(0, 5)],
      [found(3, 9)],
      { exact: 0, overlap: 1, wanted: 1, claimed: 1 },
    ],
    [
      'touching is no overlap',
      [expected(0, 5)],
      [found(5, 9)],
      { exact: 0, overlap: 0, wanted: 1, claimed: 1 },
    ],
    [
      'another kind',
      [expected(0, 5)],
      [found(0, 5, 'outrage')],
      { exact: 0, overlap: 0, wanted: 1, claimed: 1 },
    ],
    [
      'a phrase and a model on the same words claim once',
      [expected(0, 5)],
      [found(0, 5), found(1, 6)],
      { exact: 1, overlap: 1, wanted: 1, claimed: 1 },
    ],
    [
      'one found quote answers one expected quote',
      [expected(0, 5), expected(2, 8)],
      [found(0, 8)],
      { exact: 0, overlap: 1, wanted: 2, claimed: 1 },
    ],
  ])('%s', (_, wanted, claimed, tally) => {
    expect(gradeSpans(wanted, claimed)).toEqual(tally)
  })
})

describe('gradeOutcome()', () => {
  test('grades the decision after the floor and before it', async () => {
    const policy = await policyWith(() => ({ triggers: [alwaysRaise('P1')] }))
    const { report } = (await runLabelled(['must-catch'], policy)).full
    expect(report.suites[0]?.figures.critical_recall.value).toBe(1)
    expect(report.suites[0]?.figures.critical_recall_before_floor.value).toBe(0)
  })

  test('true labels get every label right and no violation', async () => {
    const { report } = (await runLabelled(['core'], await followLabels())).full
    const { figures } = report.suites[0]!
    for (const name of [
      'intent_accuracy',
      'sentiment_accuracy',
      'urgency_accuracy',
      'language_accuracy',
      'type_accuracy',
      'owner_accuracy',
      'emotions_micro_f1',
    ] as const)
      expect([name, figures[name].value]).toEqual([name, 1])
    expect(figures.schema_violations.value).toBe(0)
    expect(figures.team_accuracy.value).toBeNull()
  })
})

test('a language that nobody named is wrong, unless the case says that nobody can', async () => {
  const silent = (): readonly Scorer[] => [
    { name: 'silent', version: '1', score: async () => ({ language: { unscored: 'too short' } }) },
  ]
  const { graded } = (await runLabelled(['multilingual'], await followLabels(), silent)).full
  const [{ evalCase, outcome }] = graded[0]!.cases as [Graded]
  const policy = await followLabels()
  expect(gradeOutcome(evalCase, outcome, policy)?.grades.language?.correct).toBe(false)
  const expected = { ...evalCase.expected, unscored: ['language'] as const }
  const excused = gradeOutcome({ ...evalCase, expected }, outcome, policy)
  expect(excused?.grades.language?.correct).toBeNull()
})

test('figures marked as means are the mean of what they give for each case alone', async () => {
  const { graded } = (await runLabelled(['core'], await followLabels())).full
  const { cases: plain } = graded[0]!
  // The LLM is asked about some: what is null for the others is no mean.
  const call = { tokens: { prompt: 100, cached: 0, completion: 10 }, money: 0.01 }
  const cases = plain.map((each, at) => {
    const [first, ...rest] = each.receipt.scorers
    const scorers =
      at % 5 === 0
        ? [{ ...first!, call: call as unknown as ScorerCall }, ...rest]
        : [first!, ...rest]
    return { ...each, receipt: { ...each.receipt, scorers } }
  })
  const differing = METRIC_NAMES.filter((name) => {
    const { isMean, value } = METRICS[name]
    const alone = meanOf(cases.flatMap((each) => value([each], DEFAULT_COSTS) ?? []))
    return isMean && Math.abs((alone ?? 0) - (value(cases, DEFAULT_COSTS) ?? 0)) > 1e-12
  })
  expect(differing).toEqual([])
})

import { describe, expect, test, vi } from 'vitest'
import { compareRuns } from '../../eval/compare/compare-runs.ts'
import { evaluateGates } from '../../eval/gate/evaluate-gates.ts'
import { readSuite } from '../../eval/suite/read-suite.ts'
import { summarise } from '../../eval/summary/summarise.ts'
import { suiteSchema } from '../../eval/suite/suite-definition.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { isUnscored, type Scorer } from '../../src/domain/signal.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import {
  alwaysRaise,
  followLabels,
  HOLD_ALL,
  policyWith,
  runLabelled,
} from './support/run-labelled.ts'

/** Three suites are decided in some tests, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 })
const FEW_RESAMPLES = 50
const SUITES = ['must-catch', 'must-not', 'core']

async function failedGates(policy: CompiledPolicy): Promise<readonly string[]> {
  const { report } = (await runLabelled(SUITES, policy)).full
  return report.suites.flatMap(({ suite, gates }) =>
    gates.flatMap(({ passed, metric }) => (passed ? [] : [`${suite} ${metric}`])),
  )
}

describe('gates', () => {
  test('hold for a policy that decides what the labels say', async () => {
    expect(await failedGates(await followLabels())).toEqual([])
  })

  test('fail for "everything critical"', async () => {
    const policy = await policyWith(() => ({ triggers: [alwaysRaise('P1')] }))
    expect(await failedGates(policy)).toEqual([
      'must-not over_escalation',
      'must-not review_load',
      'core over_escalation',
      'core review_load',
    ])
  })

  test('fail for "everything P3"', async () => {
    const policy = await policyWith(({ review }) => ({
      triggers: [alwaysRaise('P3')],
      review: { ...review, rules: [] },
    }))
    expect(await failedGates(policy)).toEqual([
      'must-catch critical_recall',
      'must-catch under_escalation',
      'must-catch unseen_criticals',
      'core unseen_criticals',
    ])
  })

  test('fail for "hold everything", however right its severities are', async () => {
    const { policy } = await followLabels()
    const held = await policyWith(() => ({
      phrases: [],
      triggers: policy.triggers,
      review: { ...policy.review, rules: [HOLD_ALL] },
    }))
    expect(await failedGates(held)).toEqual(['must-not review_load', 'core review_load'])
  })

  test('fail where the figure is not defined, because nothing was shown', () => {
    const [result] = evaluateGates([{ metric: 'critical_recall', at_least: 1 }], () => ({
      cases: 5,
      value: null,
      open: null,
      sealed: null,
    }))
    expect(result).toMatchObject({ passed: false, value: null, limit: '≥ 1' })
  })
})

test('a gate may be about a slice; a slice without cases fails, whatever the figure', async () => {
  const { stored } = await runLabelled(['must-not'], await followLabels())
  const { definition, cases } = await readSuite('must-not')
  const graded = [...stored.graded.values()]
  const tag = graded[0]!.evalCase.tags[0]!
  const gates = suiteSchema.parse({
    ...definition,
    gates: [
      { metric: 'schema_violations', at_most: 0, slice: { tag } },
      { metric: 'schema_violations', at_most: 0, slice: { tag: 'nobody has it' } },
    ],
  }).gates
  const broken = graded.find(({ evalCase }) => !evalCase.tags.includes(tag))!.outcome
  const outcomes = graded.map(({ outcome }) =>
    outcome === broken ? { ...outcome, violations: ['broken'] } : outcome,
  )
  const suite = { definition: { ...definition, gates }, cases }
  const { summary } = summarise(suite, outcomes, await followLabels(), 10)
  expect(summary.figures.schema_violations.value).toBe(1)
  expect(summary.gates).toMatchObject([
    { passed: true, value: 0, limit: `≤ 0 where tag is ${tag}` },
    { passed: false, limit: '≤ 0 where tag is nobody has it' },
  ])
})

test('a gate without a bound is refused: it would always hold', () => {
  const gates = [{ metric: 'critical_recall' }]
  expect(() => suiteSchema.parse({ id: 'x', purpose: 'test', gates })).toThrow(
    'at_least or at_most is required',
  )
})

describe('a seeded regression is caught by the gates and named by compare', () => {
  test('one threshold moved: critical messages are only P2', async () => {
    const { policy } = await followLabels()
    const worse = await policyWith(() => ({
      phrases: [],
      triggers: policy.triggers.map((trigger) => ({ ...trigger, raise: 'P2' as const })),
      review: { ...policy.review, rules: [] },
    }))
    const comparison = compareRuns(
      (await runLabelled(['must-catch'], await followLabels())).stored,
      (await runLabelled(['must-catch'], worse)).stored,
      FEW_RESAMPLES,
    )
    const [suite] = comparison.suites
    expect(suite?.gated).toContainEqual({ metric: 'critical_recall', isNew: true })
    expect(suite?.moves.filter(({ kind }) => kind === 'regression')).toHaveLength(156)
    expect(suite?.severity.pValue).toBeLessThan(1e-9)
    expect(suite?.metrics.find(({ metric }) => metric === 'critical_recall')?.paired).toMatchObject(
      {
        difference: -1,
        isDifferent: true,
      },
    )
  })

  test('one head permuted: low is said for critical and critical for low', async () => {
    const policy = await followLabels()
    const permuted = (labels: Scorer): readonly Scorer[] => [
      {
        ...labels,
        score: async (input) => {
          const scores = await labels.score(input)
          const { priority } = scores
          if (priority === undefined || isUnscored(priority)) return scores
          const label = ({ critical: 'low', high: 'high', low: 'critical' } as const)[
            priority.label
          ]
          return { ...scores, priority: { ...priority, label } }
        },
      },
    ]
    const { suites } = compareRuns(
      (await runLabelled(SUITES, policy)).stored,
      (await runLabelled(SUITES, policy, permuted)).stored,
      FEW_RESAMPLES,
    )
    const gated = suites.flatMap(({ suite, gated }) =>
      gated.map(({ metric }) => `${suite} ${metric}`),
    )
    expect(gated).toEqual(
      expect.arrayContaining(['must-catch critical_recall', 'must-not over_escalation']),
    )
  })

  test('the phrases emptied: with nothing else to go by, fewer criticals reach P1', async () => {
    const full = (await loadPolicy('policies/saas.yaml')).compiled
    const empty = await policyWith(() => ({ phrases: [] }))
    const onlyPhrases = (policy: CompiledPolicy) => () => [
      createPhraseScorer(policy.policy.phrases, policy.policy.version),
    ]
    const [suite] = compareRuns(
      (await runLabelled(['must-catch'], full, onlyPhrases(full))).stored,
      (await runLabelled(['must-catch'], empty, onlyPhrases(empty))).stored,
      FEW_RESAMPLES,
    ).suites
    const recall = suite?.metrics.find(({ metric }) => metric === 'critical_recall')
    expect(recall?.paired?.isDifferent).toBe(true)
    expect(suite?.gated).toContainEqual({ metric: 'critical_recall', isNew: false })
    expect(
      suite?.moves.some(
        ({ kind, b }) => kind === 'regression' && b.receipt.signals.triggers.length === 0,
      ),
    ).toBe(true)
  })
})

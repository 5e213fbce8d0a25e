import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_SCORING,
  SCORING_MODES,
  type ScoringRules,
  planScoring,
  reasonsToAsk,
} from '../../src/domain/cascade.ts'
import { compileCondition } from '../../src/domain/condition.ts'
import { contradictions } from '../../src/domain/contradictions.ts'
import type { Facts } from '../../src/domain/facts.ts'
import type { Signals, TriggerSignal } from '../../src/domain/signal.ts'
import { gte } from '../support/a-policy.ts'
import { anySignals } from '../support/any-signals.ts'

const sure = { confidence: 0.9, band: 'high' } as const
const CLEAR: Signals = {
  sentiment: { value: 0, label: 'neutral', ...sure },
  emotions: [],
  intent: { label: 'bug', ...sure, alternatives: [] },
  urgency: { value: 1, ...sure },
  priority: { label: 'high', ...sure },
  language: { code: 'en', confidence: 0.9 },
  triggers: [],
  spikes: [],
}
const NO_FACTS: Facts = { values: {}, evidence: {} }
const phrase = (kind: TriggerSignal['kind'], source: TriggerSignal['source'] = 'phrase') =>
  ({ kind, source, quote: 'so it says', start: 0, end: 10 }) as const

describe('planScoring()', () => {
  test.each([
    ['local', true, true, 'phrases local', null],
    ['llm', true, true, 'phrases llm local', null],
    ['local_then_llm', true, true, 'phrases local', 'llm'],
    ['local_then_llm', false, true, 'phrases llm', null],
    ['local_then_llm', true, false, 'phrases local', null],
    ['llm', true, false, 'phrases local', null],
    ['llm', false, false, 'phrases', null],
  ] as const)('%s with local %s and llm %s', (mode, local, llm, base, secondOpinion) => {
    const plan = planScoring(mode, { local, llm })
    expect({ ...plan, base: plan.base.join(' ') }).toEqual({ base, secondOpinion })
  })

  test('never lacks the phrases and never asks the LLM twice', () => {
    for (const mode of SCORING_MODES)
      for (const local of [true, false])
        for (const llm of [true, false]) {
          const { base, secondOpinion } = planScoring(mode, { local, llm })
          expect(base[0]).toBe('phrases')
          expect(base.includes('llm') && secondOpinion === 'llm').toBe(false)
        }
  })
})

describe('reasonsToAsk()', () => {
  const ask = (signals: Partial<Signals>, part: Partial<ScoringRules['ask']> = {}) =>
    reasonsToAsk(
      { ...DEFAULT_SCORING.ask, ...part },
      { signals: { ...CLEAR, ...signals }, facts: NO_FACTS },
    )
  const doubtful = { label: 'bug', confidence: 0.4, band: 'low', alternatives: [] } as const

  test('nothing is asked about clear scores', () => {
    expect(ask({})).toEqual([])
  })
  test('a signal in the doubtful band', () => {
    expect(ask({ intent: doubtful })).toEqual(['intent is in band low'])
    expect(ask({ intent: doubtful }, { bands: [] })).toEqual([])
    expect(ask({ intent: doubtful }, { signals: ['urgency'] })).toEqual([])
  })
  test('a language that is not supported', () => {
    expect(ask({ intent: { unscored: 'language de is not supported' } })).toEqual([
      'intent could not be scored',
    ])
    expect(ask({ intent: { unscored: 'no' } }, { unscored: false })).toEqual([])
  })
  test('scores that contradict each other', () => {
    const calm = {
      priority: { label: 'low', ...sure },
      triggers: [phrase('legal_threat')],
    } as const
    expect(ask(calm)).toEqual(['priority low, but a phrase says legal_threat'])
    expect(ask(calm, { disagreement: false })).toEqual([])
  })
  test('value at stake, as the policy words it', () => {
    const when = compileCondition(gte('customer.annualValue', 100_000))
    const worth = (value: number) =>
      reasonsToAsk(
        DEFAULT_SCORING.ask,
        {
          signals: CLEAR,
          facts: { values: { 'customer.annualValue': value }, evidence: {} },
        },
        when,
      )
    expect(worth(99_999)).toEqual([])
    expect(worth(100_000)).toEqual(['the policy asks for tickets like this'])
  })
  test('is a pure function of the local scores', () => {
    fc.assert(
      fc.property(anySignals, (signals) => {
        const asked = reasonsToAsk(DEFAULT_SCORING.ask, { signals, facts: NO_FACTS })
        expect(reasonsToAsk(DEFAULT_SCORING.ask, { signals, facts: NO_FACTS })).toEqual(asked)
        expect(asked.length > 0 || !('unscored' in signals.intent)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('contradictions()', () => {
  test.each<readonly [string, Partial<Signals>, readonly string[]]>([
    ['clear scores', {}, []],
    [
      'low priority beside urgency',
      { priority: { label: 'low', ...sure }, urgency: { value: 3, ...sure } },
      ['priority low, but urgency 3'],
    ],
    [
      'critical beside no urgency',
      { priority: { label: 'critical', ...sure }, urgency: { value: 0, ...sure } },
      ['priority critical, but urgency 0'],
    ],
    [
      'praise from an angry customer',
      {
        intent: { label: 'praise', ...sure, alternatives: [] },
        sentiment: { value: -2, label: 'very negative', ...sure },
      },
      ['intent praise, but sentiment -2', 'intent praise, but priority high'],
    ],
    [
      'what only a model tagged is no second witness',
      { priority: { label: 'low', ...sure }, triggers: [phrase('legal_threat', 'model')] },
      [],
    ],
    [
      'a wish to leave may be a small matter',
      { priority: { label: 'low', ...sure }, triggers: [phrase('churn')] },
      [],
    ],
    ['unscored signals contradict nothing', { priority: { unscored: 'no' } }, []],
  ])('%s', (_, signals, found) => {
    expect(contradictions({ ...CLEAR, ...signals })).toEqual(found)
  })
})

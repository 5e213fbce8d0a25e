import { SENTIMENT_LABELS, type Priority } from '../../src/domain/labels.ts'
import { redact } from '../../src/domain/redact.ts'
import type { Scorer, Scores } from '../../src/domain/signal.ts'
import { ticketText } from '../../src/domain/ticket.ts'
import { fingerprint } from '../../src/fingerprint.ts'
import type { EvalCase, Expected } from '../suite/eval-case.ts'

/**
 * A scorer that says what the labels say, quotes left out. With it every remaining error is the policy's: no model
 * could do better. What a case has no label for is neutral; without an intent it is unscored.
 */
export function createLabelScorer(cases: readonly EvalCase[]): Scorer {
  const known = new Map(
    cases.map(({ ticket, expected }) => [redact(ticketText(ticket)).text, expected]),
  )
  return {
    name: 'labels',
    version: fingerprint([...known]).slice(0, 12),
    score: async ({ text }) => scoresOf(known.get(text)),
  }
}

const SURE = { confidence: 1, band: 'high' } as const

function scoresOf(expected: Expected | undefined): Scores {
  const missing = { unscored: 'the case has no label' }
  if (expected === undefined) return { intent: missing, language: missing }
  const { intent, sentiment = 0, urgency = 0, emotions = [], language = 'en' } = expected
  const priority = expected.priority ?? priorityOf(expected)
  const label = intent?.[0]
  return {
    intent: label === undefined ? missing : { label, alternatives: [], ...SURE },
    sentiment: { value: sentiment, label: SENTIMENT_LABELS[sentiment], ...SURE },
    urgency: { value: urgency, ...SURE },
    emotions: emotions.map((each) => ({ label: each, ...SURE })),
    priority: priority === null ? missing : { label: priority, ...SURE },
    language: { code: language, confidence: 1 },
  }
}

function priorityOf({ severity }: Expected): Priority | null {
  if (severity === undefined) return null
  if (severity.least === 'P1') return 'critical'
  return severity.least === 'P4' ? 'low' : 'high'
}

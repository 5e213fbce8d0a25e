import { SENTIMENT_LABELS } from '../../src/domain/labels.ts'
import type { Scorer, Scores, TriggerSignal, Unscored } from '../../src/domain/signal.ts'
import { fingerprint } from '../../src/fingerprint.ts'
import type { Said } from '../suite/eval-case.ts'

/** A scorer that says what a case gives, so that the decision is the policy's alone: no model, no text. */
export function createSaidScorer(said: Said): Scorer {
  return {
    name: 'given',
    version: fingerprint(said).slice(0, 12),
    score: async () => scoresOf(said),
  }
}

const SURE = { confidence: 1, band: 'high' } as const
const MISSING: Unscored = { unscored: 'the case gives none' }

function scoresOf({
  intent,
  sentiment,
  urgency,
  priority,
  language = 'en',
  ...said
}: Said): Scores {
  return {
    intent: intent === null ? MISSING : { label: intent, alternatives: [], ...SURE },
    sentiment: { value: sentiment, label: SENTIMENT_LABELS[sentiment], ...SURE },
    urgency: { value: urgency, ...SURE },
    priority: { label: priority, ...SURE },
    emotions: (said.emotions ?? []).map((label) => ({ label, ...SURE })),
    language: language === null ? MISSING : { code: language, confidence: 1 },
    triggers: (said.phrases ?? []).map(hitOf),
  }
}

/** A hit without words: the case gives the fact, not the text. */
function hitOf({ kind, phrase }: NonNullable<Said['phrases']>[number]): TriggerSignal {
  return { kind, phrase, quote: '', start: 0, end: 0, source: 'phrase' }
}

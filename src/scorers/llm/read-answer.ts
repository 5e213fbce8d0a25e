import { SENTIMENT_LABELS } from '../../domain/labels.ts'
import type { Scores, TriggerSignal } from '../../domain/signal.ts'
import type { LlmAnswer } from './answer-schema.ts'
import type { Calibration } from '../../domain/calibration.ts'
import { confidenceOf } from './calibration.ts'
import type { TextRange } from './excerpt.ts'
import { createQuoteFinder } from './find-quote.ts'
import type { LabelField } from './label-probability.ts'

export type ReadAnswer = {
  readonly scores: Scores
  /** Quotes that are not in the text: invented, merged or changed words. */
  readonly droppedQuotes: number
}

/** More than this is a list, not what would make a lead look up. */
const MAX_TRIGGERS = 20
const MAX_ALTERNATIVES = 3

export type AnswerContext = {
  /** The text as the service got it; offsets refer to it. */
  readonly text: string
  /** The parts of it that the model saw; absent: all. */
  readonly seen?: readonly TextRange[]
  readonly calibration: Calibration
  readonly probabilities?: Readonly<Partial<Record<LabelField, number>>>
}

/** A checked answer → scores with offsets into the original text. */
export function readAnswer(
  answer: LlmAnswer,
  { text, seen, calibration, probabilities = {} }: AnswerContext,
): ReadAnswer {
  const of = (name: keyof LlmAnswer['confidence'], field?: LabelField) =>
    confidenceOf(answer.confidence[name], calibration, field && probabilities[field])
  const { triggers, dropped } = locateTriggers(answer, text, seen)
  const intent = of('intent', 'intent')
  return {
    scores: {
      language: readLanguage(answer, of('language').confidence),
      intent: { label: answer.intent, ...intent, alternatives: alternatives(answer, intent) },
      sentiment: {
        value: answer.sentiment,
        label: SENTIMENT_LABELS[answer.sentiment],
        ...of('sentiment', 'sentiment'),
      },
      emotions: [...new Set(answer.emotions)].map((label) => ({ label, ...of('emotions') })),
      urgency: { value: answer.urgency, ...of('urgency', 'urgency') },
      priority: { label: answer.priority, ...of('priority', 'priority') },
      triggers,
    },
    droppedQuotes: dropped,
  }
}

function locateTriggers({ triggers }: LlmAnswer, text: string, seen?: readonly TextRange[]) {
  const finder = createQuoteFinder(text, seen)
  const found: TriggerSignal[] = []
  let dropped = 0
  for (const { kind, quote } of triggers.slice(0, MAX_TRIGGERS)) {
    const span = finder.find(quote)
    if (span === undefined) dropped++
    else found.push({ kind, quote: text.slice(span.start, span.end), ...span, source: 'llm' })
  }
  return { triggers: found, dropped: dropped + Math.max(0, triggers.length - MAX_TRIGGERS) }
}

/** The doubt that the first label leaves is shared evenly by the named alternatives and by all that was not named. */
function alternatives(
  { intent, other_intents }: LlmAnswer,
  { confidence }: { confidence: number },
) {
  const others = [...new Set(other_intents)].filter((label) => label !== intent)
  const share = Math.round(((1 - confidence) / (others.length + 1)) * 10_000) / 10_000
  return others.slice(0, MAX_ALTERNATIVES).map((label) => ({ label, confidence: share }))
}

function readLanguage({ language }: LlmAnswer, confidence: number) {
  const code = /^([a-z]{2,3})(?:[-_][a-z0-9]+)*$/i.exec(language.trim())?.[1]?.toLowerCase()
  if (code === undefined || code === 'und')
    return { unscored: 'the language could not be recognised' }
  return { code, confidence }
}

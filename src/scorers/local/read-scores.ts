import type {
  Emotion,
  Intent,
  Priority,
  SentimentValue,
  UrgencyValue,
} from '../../domain/labels.ts'
import { SENTIMENT_LABELS } from '../../domain/labels.ts'
import type { Band, Confident, LanguageSignal, Scores, Unscored } from '../../domain/signal.ts'
import type { ClassHead, ModelConfig } from './model-config.ts'
import type { Probabilities } from './pool-windows.ts'

/** Probabilities of a whole text by head. */
export type PooledHeads = Readonly<Record<string, Probabilities>>

/** The scores of a text in a language that the model knows. */
export function readScores({ heads }: ModelConfig, pooled: PooledHeads): Scores {
  return {
    intent: readIntent(heads.intent, pooled['intent']!),
    sentiment: readSentiment(heads.sentiment, pooled['sentiment']!),
    emotions: readEmotions(heads.emotions, pooled['emotions']!),
    urgency: readUrgency(heads.urgency, pooled['urgency']!),
    priority: readPriority(heads.priority, pooled['priority']!),
  }
}

/**
 * The language of a text. Unless another one is clear, it is English: most messages that are too short to tell are,
 * and a wrong "unscored" costs a person's time. Undefined when the model has no such head.
 */
export function readLanguage(
  { heads }: ModelConfig,
  pooled: PooledHeads,
): LanguageSignal | undefined {
  if (heads.language === undefined) return undefined
  const order = ranked(heads.language, pooled['language']!)
  const [best] = order
  const clear = best!.confidence >= (heads.language.min_confidence ?? 0.5)
  const chosen = clear ? best! : order.find(({ label }) => label === 'en')!
  return { code: chosen.label, confidence: chosen.confidence }
}

/** How likely each label is, most likely first; ties by the head's order, so equal inputs read equally. */
function ranked(head: ClassHead, probabilities: Probabilities) {
  return head.labels
    .map((label, at) => ({ label, confidence: round(probabilities[at]!), at }))
    .sort((a, b) => b.confidence - a.confidence || a.at - b.at)
}

/** Every model signal unscored for one reason; trigger phrases are not touched. */
export function unscoredScores(reason: string): Scores {
  const unscored: Unscored = { unscored: reason }
  return {
    intent: unscored,
    sentiment: unscored,
    emotions: unscored,
    urgency: unscored,
    priority: unscored,
  }
}

const ALTERNATIVES = 3

function readIntent(head: ClassHead, probabilities: Probabilities): NonNullable<Scores['intent']> {
  const order = ranked(head, probabilities)
  return confident(head, order[0]!.confidence, (confidence) => ({
    label: order[0]!.label as Intent,
    ...confidence,
    alternatives: order
      .slice(1, 1 + ALTERNATIVES)
      .map(({ label, confidence }) => ({ label: label as Intent, confidence })),
  }))
}

function readSentiment(
  head: ClassHead,
  probabilities: Probabilities,
): NonNullable<Scores['sentiment']> {
  const best = ranked(head, probabilities)[0]!
  const value = Number(best.label) as SentimentValue
  return confident(head, best.confidence, (confidence) => ({
    value,
    label: SENTIMENT_LABELS[value],
    ...confidence,
  }))
}

/** Multi-label: each emotion over its own threshold counts. */
function readEmotions(
  head: ClassHead,
  probabilities: Probabilities,
): NonNullable<Scores['emotions']> {
  return ranked(head, probabilities)
    .filter(({ label, confidence }) => confidence >= (head.thresholds?.[label] ?? 0.5))
    .map(({ label, confidence }) => ({
      label: label as Emotion,
      confidence,
      band: bandOf(head, confidence),
    }))
}

function readUrgency(
  head: ClassHead,
  probabilities: Probabilities,
): NonNullable<Scores['urgency']> {
  const best = ranked(head, probabilities)[0]!
  return confident(head, best.confidence, (confidence) => ({
    value: Number(best.label) as UrgencyValue,
    ...confidence,
  }))
}

/**
 * Critical as soon as it is over its threshold, even when another label is likelier: missing one costs more than a
 * needless look (label guide: when torn, the more severe).
 */
function readPriority(
  head: ClassHead,
  probabilities: Probabilities,
): NonNullable<Scores['priority']> {
  const order = ranked(head, probabilities)
  const critical = order.find(({ label }) => label === 'critical')!
  const overThreshold = critical.confidence >= (head.critical?.threshold ?? 1)
  const best = overThreshold ? critical : order[0]!
  const label = best.label as Priority
  const alternatives = order
    .filter((other) => other !== best)
    .map((other) => ({ label: other.label as Priority, confidence: other.confidence }))
  if (best !== order[0]) return { label, confidence: best.confidence, band: 'low', alternatives }
  return confident(head, best.confidence, (confidence) => ({ label, ...confidence, alternatives }))
}

function confident<T extends object>(
  head: ClassHead,
  confidence: number,
  build: (confidence: Confident) => T,
): T | Unscored {
  const floor = head.bands?.floor ?? 0
  if (confidence < floor) return { unscored: `confidence ${confidence} is below ${floor}` }
  return build({ confidence, band: bandOf(head, confidence) })
}

function bandOf({ bands }: ClassHead, confidence: number): Band {
  if (confidence >= (bands?.high ?? 1)) return 'high'
  return confidence >= (bands?.medium ?? 1) ? 'medium' : 'low'
}

/** Four places: what calibration can carry, and the same text on every platform that agrees to that. */
const round = (probability: number) => Math.round(probability * 10_000) / 10_000

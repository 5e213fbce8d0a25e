import type {
  Emotion,
  Intent,
  Priority,
  SentimentValue,
  UrgencyValue,
} from '../../domain/labels.ts'
import { SENTIMENT_LABELS } from '../../domain/labels.ts'
import type { Band, Confident, Scores, Unscored } from '../../domain/signal.ts'
import type { HeadConfig, ModelConfig } from './model-config.ts'

/** Class probabilities of one head, in the order of its labels. */
export type Probabilities = readonly number[]

/** Softmax over one row of logits; temperatures are folded into the graph, so the result is calibrated. */
export function softmax(logits: ArrayLike<number>): number[] {
  let max = -Infinity
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i]!)
  const exps = Array.from(logits, (logit) => Math.exp(logit - max))
  const sum = exps.reduce((a, b) => a + b, 0)
  return exps.map((exp) => exp / sum)
}

export const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))

/** How likely each label is, most likely first; ties by the head's order, so equal inputs read equally. */
export function ranked(
  head: HeadConfig,
  probabilities: Probabilities,
): readonly { readonly label: string; readonly confidence: number }[] {
  return head.labels
    .map((label, at) => ({ label, confidence: round(probabilities[at]!), at }))
    .sort((a, b) => b.confidence - a.confidence || a.at - b.at)
    .map(({ label, confidence }) => ({ label, confidence }))
}

/** The scores of a text in a language that the model knows. */
export function readScores(
  config: ModelConfig,
  pooled: Readonly<Record<string, Probabilities>>,
): Scores {
  const { intent, sentiment, emotions, urgency, priority } = config.heads
  const of = (name: string) => pooled[name]!
  return {
    ...(intent && { intent: readIntent(intent, of('intent')) }),
    ...(sentiment && { sentiment: readSentiment(sentiment, of('sentiment')) }),
    ...(emotions && { emotions: readEmotions(emotions, of('emotions')) }),
    ...(urgency && { urgency: readUrgency(urgency, of('urgency')) }),
    ...(priority && { priority: readPriority(priority, of('priority')) }),
  }
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

function readIntent(head: HeadConfig, probabilities: Probabilities): NonNullable<Scores['intent']> {
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
  head: HeadConfig,
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
  head: HeadConfig,
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
  head: HeadConfig,
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
  head: HeadConfig,
  probabilities: Probabilities,
): NonNullable<Scores['priority']> {
  const order = ranked(head, probabilities)
  const threshold = head.thresholds?.['critical']
  const critical = order.find(({ label }) => label === 'critical')!
  const best = threshold !== undefined && critical.confidence >= threshold ? critical : order[0]!
  return confident(head, best.confidence, (confidence) => ({
    label: best.label as Priority,
    ...confidence,
  }))
}

function confident<T extends object>(
  head: HeadConfig,
  confidence: number,
  build: (confidence: Confident) => T,
): T | Unscored {
  if (confidence < (head.bands?.floor ?? 0))
    return { unscored: `confidence ${confidence} is below ${head.bands!.floor}` }
  return build({ confidence, band: bandOf(head, confidence) })
}

function bandOf(head: HeadConfig, confidence: number): Band {
  if (head.bands === undefined || confidence >= head.bands.high) return 'high'
  return confidence >= head.bands.medium ? 'medium' : 'low'
}

/** Four places: what calibration can carry, and the same text on every platform that agrees to that. */
const round = (probability: number) => Math.round(probability * 10_000) / 10_000

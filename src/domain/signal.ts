import type {
  Emotion,
  Intent,
  Priority,
  SentimentValue,
  TriggerKind,
  UrgencyValue,
} from './labels.ts'

/** How far a score may be trusted; the error rate that each band promises is in the model card. */
export type Band = 'high' | 'medium' | 'low'

/** A value, not an exception: the reason is for people ("language de is not supported"). */
export type Unscored = { readonly unscored: string }

/** 0 to 1, calibrated on held-out data. */
export type Confident = { readonly confidence: number; readonly band: Band }

export type SentimentSignal = Confident & {
  readonly value: SentimentValue
  readonly label: string
}
export type EmotionSignal = Confident & { readonly label: Emotion }
export type IntentSignal = Confident & {
  readonly label: Intent
  readonly alternatives: readonly { readonly label: Intent; readonly confidence: number }[]
}
export type UrgencySignal = Confident & { readonly value: UrgencyValue }
export type PrioritySignal = Confident & {
  readonly label: Priority
  /** The other labels with their probabilities, where the scorer knows them. */
  readonly alternatives?: readonly { readonly label: Priority; readonly confidence: number }[]
}
export type LanguageSignal = { readonly code: string; readonly confidence: number }

/** A trigger phrase found in the customer's own words. `start` and `end` are UTF-16 units of the ticket text as sent. */
export type TriggerSignal = {
  readonly kind: TriggerKind
  readonly quote: string
  readonly start: number
  readonly end: number
  readonly source: 'phrase' | 'model' | 'llm'
  /** The policy's phrase that matched; absent for model and llm. */
  readonly phrase?: string
}

/** Many customers say the same thing. `ratio` is customers now over the expected number. */
export type SpikeSignal = {
  readonly key: string
  readonly customers: number
  readonly expected: number
  readonly ratio: number
  readonly windowMinutes: number
  /** Of so many customers or more by chance. */
  readonly probability?: number
  /** Where it is, for a key of one region. */
  readonly region?: string
  /** The open incident that it belongs to. */
  readonly incident?: string
}

/** All that is known about one ticket after scoring; the shape of `signals` in the answer. */
export type Signals = {
  readonly sentiment: SentimentSignal | Unscored
  readonly emotions: readonly EmotionSignal[] | Unscored
  readonly intent: IntentSignal | Unscored
  readonly urgency: UrgencySignal | Unscored
  readonly priority: PrioritySignal | Unscored
  readonly language: LanguageSignal | Unscored
  readonly triggers: readonly TriggerSignal[]
  readonly spikes: readonly SpikeSignal[]
}

/** What one scorer says; it leaves out what it has no opinion on. */
export type Scores = Partial<Omit<Signals, 'spikes'>> & {
  /** Groups of texts that mean much the same, by name; counted, never shown to rules. */
  readonly meaning?: readonly string[]
}

/** What a scorer may see: the redacted text (same length and offsets as the original) and the ticket's declared language. */
export type ScorerInput = {
  readonly text: string
  /** The same with names of people covered: what leaves the house. Absent: as `text`. */
  readonly covered?: string
  /** The same with secrets left in, for the phrases alone, whose quotes are covered afterwards. Absent: as `text`. */
  readonly said?: string
  readonly language?: string
  /** The caller gives its scorers this long, where that is longer than usual. */
  readonly waitMs?: number
}

/** ticket → signals. `score` rejects when it could not run at all; "could not tell" is an unscored value. */
export type Scorer = {
  readonly name: string
  readonly version: string
  readonly score: (
    input: ScorerInput,
    abort?: AbortSignal,
    onCall?: (call: ScorerCall) => void,
  ) => Promise<Scores>
}

/** What a scorer outside this process was asked with and what it cost, also when it failed; never a word of the text. */
export type ScorerCall = {
  readonly servedBy: { readonly model: string; readonly fingerprint: string | null } | null
  /** How the answer was asked for; null when nothing was sent. */
  readonly settings: {
    readonly format: string
    readonly temperature: number | null
    readonly seed: number | null
  } | null
  readonly attempts: number
  readonly tokens: {
    readonly prompt: number
    readonly cached: number
    readonly completion: number
  }
  /** In the currency of the configured prices. */
  readonly money: number
  /** Quotes that are not in the text. */
  readonly droppedQuotes: number
}

/** One scorer's part in a decision, as the receipt keeps it. */
export type ScorerRun = {
  readonly name: string
  readonly version: string
  readonly ms: number
  readonly scores: Scores
  /** Why it did not run to its end; its scores are empty then. */
  readonly failure?: string
  readonly call?: ScorerCall
}

export function isUnscored(signal: object): signal is Unscored {
  return 'unscored' in signal
}

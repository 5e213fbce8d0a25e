import type { Receipt } from '../../src/domain/receipt.ts'
import type { Emotion, Severity, TriggerKind } from '../../src/domain/labels.ts'
import type { Judged } from '../metrics/severity-range.ts'
import type { Outcome } from '../run/outcome.ts'
import type { EvalCase } from '../suite/eval-case.ts'

export const GRADE_NAMES = [
  'severity',
  'type',
  'team',
  'owner',
  'disposition',
  'clocks',
  'intent',
  'sentiment',
  'polarity',
  'urgency',
  'priority',
  'language',
  'unscored',
] as const
export type GradeName = (typeof GRADE_NAMES)[number]

/** One thing that a case asked for. `actual` is null when it could not be scored; then it is neither right nor wrong, but for a language. */
export type Grade = {
  readonly expected: string
  readonly actual: string | null
  readonly correct: boolean | null
  readonly confidence?: number
}

/** Trigger quotes: found exactly, found with an overlap of the same kind, wanted, claimed. */
export type SpanTally = {
  readonly exact: number
  readonly overlap: number
  readonly wanted: number
  readonly claimed: number
}

export type Graded = {
  readonly evalCase: EvalCase
  readonly outcome: Outcome
  readonly receipt: Receipt
  /** Absent when the case expects no severity. */
  readonly judged: Judged | null
  /** The same without the floor triggers: what the models alone would have decided. */
  readonly judgedBeforeFloor: Judged | null
  readonly severityBeforeFloor: Severity
  readonly grades: Readonly<Partial<Record<GradeName, Grade>>>
  readonly emotions: {
    readonly expected: readonly Emotion[]
    readonly actual: readonly Emotion[]
  } | null
  readonly kinds: {
    readonly expected: readonly TriggerKind[]
    readonly actual: readonly TriggerKind[]
  } | null
  readonly spans: SpanTally | null
  /** Tickets of one customer, and cases of one group, are one cluster. */
  readonly cluster: string
}

import { z } from 'zod'
import {
  EMOTIONS,
  INTENTS,
  PRIORITIES,
  SEVERITIES,
  TRIGGER_KINDS,
  TYPES,
  type Emotion,
  type Intent,
  type Priority,
  type SentimentValue,
  type TicketType,
  type TriggerKind,
  type UrgencyValue,
} from '../../src/domain/labels.ts'
import type { Ticket } from '../../src/domain/ticket.ts'
import { ticketSchema } from '../../src/http/ticket-schema.ts'
import type { SeverityRange } from '../metrics/severity-range.ts'

/** A quote that a lead would look up at; offsets in UTF-16 units of the ticket text. */
export type ExpectedSpan = {
  readonly kind: TriggerKind
  readonly quote: string
  readonly start: number
  readonly end: number
}

/** What a careful lead would decide. Only what is there is graded. */
export type Expected = {
  readonly severity?: SeverityRange
  readonly type?: readonly TicketType[]
  readonly team?: readonly string[]
  readonly disposition?: 'auto' | 'review'
  readonly intent?: readonly Intent[]
  readonly sentiment?: SentimentValue
  /** Sentiment in three levels, for data that know no more. */
  readonly polarity?: Polarity
  readonly emotions?: readonly Emotion[]
  readonly urgency?: UrgencyValue
  readonly priority?: Priority
  readonly triggers?: readonly ExpectedSpan[]
  readonly language?: string
  /** Signals that nobody here can score; each must say so rather than guess. */
  readonly unscored?: readonly SignalName[]
  /** Due instants by clock kind, ISO 8601. */
  readonly clocks?: Readonly<Record<string, string>>
}

export const SIGNAL_NAMES = [
  'intent',
  'sentiment',
  'emotions',
  'urgency',
  'priority',
  'language',
] as const
export type SignalName = (typeof SIGNAL_NAMES)[number]

/** Scores that a case gives in place of every scorer's; null stands for unscored. */
export type Said = {
  readonly intent: Intent | null
  readonly sentiment: SentimentValue
  readonly urgency: UrgencyValue
  readonly priority: Priority
  readonly emotions?: readonly Emotion[]
  readonly language?: string | null
  readonly phrases?: readonly { readonly kind: TriggerKind; readonly phrase: string }[]
}

export const POLARITIES = ['negative', 'neutral', 'positive'] as const
export type Polarity = (typeof POLARITIES)[number]

/** `sealed` cases are never looked at while phrases, prompts and thresholds are tuned. */
export const HALVES = ['open', 'sealed'] as const
export type Half = (typeof HALVES)[number]

export type EvalCase = {
  readonly id: string
  readonly half: Half
  readonly tags: readonly string[]
  readonly source?: string
  readonly ticket: Ticket
  /** When it was decided, for a case from production; the suite's instant for all others. */
  readonly now?: string
  /** Customers that say the same in the window, for every key that is asked for. */
  readonly volume?: { readonly customers: number; readonly expected: number }
  /** The case that this one is a variant of. */
  readonly base?: string
  /** Cases of one group differ in how they say it and in nothing else. */
  readonly group?: string
  /** Given for cases about the policy alone; no scorer runs for them. */
  readonly says?: Said
  readonly expected: Expected
}

const severity = z.enum(SEVERITIES)
const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([schema.transform((value) => [value]), z.array(schema).min(1)])

const sentiment = z.literal([-2, -1, 0, 1, 2])
const urgency = z.literal([0, 1, 2, 3])

const saidSchema = z.strictObject({
  intent: z.enum(INTENTS).nullable(),
  sentiment,
  urgency,
  priority: z.enum(PRIORITIES),
  emotions: z.array(z.enum(EMOTIONS)).optional(),
  language: z.string().nullable().optional(),
  phrases: z
    .array(z.strictObject({ kind: z.enum(TRIGGER_KINDS), phrase: z.string().min(1) }))
    .optional(),
})

const expectedSchema = z.strictObject({
  severity: z
    .union([severity.transform((value) => [value, value] as const), z.tuple([severity, severity])])
    .refine(([most, least]) => most <= least, 'the more severe one comes first')
    .transform(([most, least]) => ({ most, least }))
    .optional(),
  type: oneOrMore(z.enum(TYPES)).optional(),
  team: oneOrMore(z.string().min(1)).optional(),
  disposition: z.enum(['auto', 'review']).optional(),
  intent: oneOrMore(z.enum(INTENTS)).optional(),
  sentiment: sentiment.optional(),
  polarity: z.enum(POLARITIES).optional(),
  emotions: z.array(z.enum(EMOTIONS)).optional(),
  urgency: urgency.optional(),
  priority: z.enum(PRIORITIES).optional(),
  triggers: z
    .array(
      z.strictObject({
        kind: z.enum(TRIGGER_KINDS),
        quote: z.string(),
        start: z.int().min(0),
        end: z.int().min(0),
      }),
    )
    .optional(),
  language: z.string().optional(),
  unscored: z.array(z.enum(SIGNAL_NAMES)).optional(),
  clocks: z.record(z.string(), z.iso.datetime({ offset: true })).optional(),
})

export const evalCaseSchema = z.strictObject({
  id: z.string().min(1),
  half: z.enum(HALVES),
  tags: z.array(z.string()),
  source: z.string().optional(),
  ticket: ticketSchema,
  now: z.iso.datetime({ offset: true }).optional(),
  volume: z.strictObject({ customers: z.number(), expected: z.number() }).optional(),
  base: z.string().optional(),
  group: z.string().optional(),
  says: saidSchema.optional(),
  expected: expectedSchema,
})

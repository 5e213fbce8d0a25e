import { createHash } from 'node:crypto'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { STATED } from '../../domain/calibration.ts'
import {
  EMOTIONS,
  INTENTS,
  PRIORITIES,
  SENTIMENTS,
  TRIGGER_KINDS,
  URGENCIES,
} from '../../domain/labels.ts'

const stated = z.enum(STATED)

/**
 * What the LLM must answer: the label guide's lists and nothing else. Quotes come first, so that the labels are
 * written after the evidence. Only keywords that every server's schema mode knows: no lengths, patterns or ranges.
 */
export const answerSchema = z.strictObject({
  language: z.string(),
  triggers: z.array(z.strictObject({ kind: z.enum(TRIGGER_KINDS), quote: z.string() })),
  emotions: z.array(z.enum(EMOTIONS)),
  sentiment: z.literal(SENTIMENTS),
  urgency: z.literal(URGENCIES),
  intent: z.enum(INTENTS),
  other_intents: z.array(z.enum(INTENTS)),
  priority: z.enum(PRIORITIES),
  confidence: z.strictObject({
    language: stated,
    emotions: stated,
    sentiment: stated,
    urgency: stated,
    intent: stated,
    priority: stated,
  }),
})
export type LlmAnswer = z.infer<typeof answerSchema>

/** The `response_format` of servers that know JSON schema. */
export const JSON_SCHEMA_FORMAT = zodResponseFormat(answerSchema, 'ticket_labels')

/** First 16 hex digits of the SHA-256 of the JSON schema; a prompt names the schema that it was written for. */
export const SCHEMA_HASH = createHash('sha256')
  .update(JSON.stringify(JSON_SCHEMA_FORMAT.json_schema.schema))
  .digest('hex')
  .slice(0, 16)

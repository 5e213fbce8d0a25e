import { z } from 'zod'
import { TriageError } from '../../domain/errors.ts'

const labels = z.array(z.string()).min(2)
const confidence = z.number().min(0).max(1)

const bands = z.object({
  high: confidence,
  medium: confidence,
  /** Below this confidence the signal is unscored. */
  floor: confidence,
})

const classes = z.object({
  output: z.string(),
  type: z.enum(['single_label', 'multi_label']),
  labels,
  pooling: z.enum(['mean_log', 'max', 'ordinal_max']),
  bands: bands.partial().optional(),
  thresholds: z.record(z.string(), confidence).optional(),
  critical: z.object({ threshold: confidence }).optional(),
  min_confidence: confidence.optional(),
})

const tokenTags = z.object({
  output: z.string(),
  labels,
  threshold: confidence,
  gap_words: z.number().int().min(0),
  min_words: z.number().int().min(1),
})

const modelConfig = z.object({
  version: z.string(),
  text: z.object({
    max_tokens: z.number().int().min(8),
    stride: z.number().int().min(1),
    max_windows: z.number().int().min(1),
  }),
  heads: z.object({
    intent: classes,
    sentiment: classes,
    emotions: classes,
    urgency: classes,
    priority: classes,
    language: classes.optional(),
    trigger: tokenTags.optional(),
    embedding: z.object({ output: z.string() }).optional(),
  }),
})

/** The parts of a model folder's `config.json` that the scorer reads; described in `model/README.md`. */
export type ModelConfig = z.infer<typeof modelConfig>
/** A head that gives one probability per label. */
export type ClassHead = z.infer<typeof classes>
/** A head that tags every token. */
export type TagHead = z.infer<typeof tokenTags>

export const CLASS_HEADS = [
  'intent',
  'sentiment',
  'emotions',
  'urgency',
  'priority',
  'language',
] as const

/** @throws TriageError `configuration` naming each field that is missing or wrong. */
export function parseModelConfig(json: unknown, where: string): ModelConfig {
  const parsed = modelConfig.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new TriageError('configuration', `Cannot use the model in ${where}: ${problems.join('; ')}`)
}

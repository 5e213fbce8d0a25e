import { z } from 'zod'
import { TriageError } from '../../domain/errors.ts'

const bands = z.object({
  high: z.number(),
  medium: z.number(),
  /** Below this confidence the signal is unscored. */
  floor: z.number(),
})

const head = z.object({
  output: z.string(),
  type: z.string(),
  labels: z.array(z.union([z.string(), z.number()]).transform(String)),
  thresholds: z.record(z.string(), z.number()).optional(),
  bands: bands.optional(),
  /** How windows of a long text are joined; see `model/README.md`. */
  pooling: z.enum(['mean', 'max']).optional(),
})

const modelConfig = z.object({
  version: z.string(),
  max_tokens: z.number().int().min(8),
  stride: z.number().int().min(1),
  max_windows: z.number().int().min(1).default(8),
  heads: z.record(z.string(), head),
})

/** The parts of a model folder's `config.json` that the scorer reads; described in `model/README.md`. */
export type ModelConfig = z.infer<typeof modelConfig>
export type HeadConfig = ModelConfig['heads'][string]

/** @throws TriageError `configuration` naming each field that is missing or wrong. */
export function parseModelConfig(json: unknown, where: string): ModelConfig {
  const parsed = modelConfig.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new TriageError('configuration', `Cannot use the model in ${where}: ${problems.join('; ')}`)
}

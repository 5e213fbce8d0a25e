import { z } from 'zod'
import { TriageError } from './domain/errors.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const atLeastOne = z.coerce.number().int().min(1)
const empty = (value: unknown) => (value === '' ? undefined : value)
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(empty, schema.optional())
const withDefault = <T extends z.ZodType>(schema: T, value: z.input<T>) =>
  z.preprocess((given) => empty(given) ?? value, schema)

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

const schema = z.object({
  HOST: withDefault(z.string(), '127.0.0.1'),
  PORT: withDefault(port, 8787),
  DATA_DIR: withDefault(z.string(), './data'),
  DATABASE_URL: optional(
    z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// address is required' }),
  ),
  POLICY: withDefault(z.string(), 'policies/saas.yaml'),
  MODEL: withDefault(z.string(), 'model'),
  LOG_LEVEL: withDefault(z.enum(['silent', 'error', 'warn', 'info', 'debug']), 'info'),
  INFERENCE_THREADS: withDefault(atLeastOne.max(64), 1),
  ANSWER_BUDGET_MS: withDefault(z.coerce.number().int().min(20).max(60_000), 400),
  RATE_LIMIT_PER_MINUTE: withDefault(atLeastOne, 60_000),
  MAX_BODY_BYTES: withDefault(z.coerce.number().int().min(1_024).max(10_485_760), 1_048_576),
})

/** Everything the service is told from outside. Parsed once; nobody else reads the environment. */
export type Config = {
  readonly host: string
  readonly port: number
  readonly loopback: boolean
  readonly dataDir: string
  /** Absent: PGlite in `dataDir`. */
  readonly databaseUrl: string | undefined
  readonly policyFile: string
  readonly modelFolder: string
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  readonly inferenceThreads: number
  /** `POST /triage` answers within this with what it has. */
  readonly answerBudgetMs: number
  readonly rateLimitPerMinute: number
  readonly maxBodyBytes: number
}

/** @throws TriageError `configuration` naming every variable that is wrong; values are never shown. */
export function parseConfig(env: Readonly<Record<string, unknown>>): Config {
  const parsed = schema.safeParse(env)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `  ${issue.path.join('.')}: ${issue.message}`,
    )
    throw new TriageError(
      'configuration',
      `Cannot start: the environment has errors\n${problems.join('\n')}`,
    )
  }
  const values = parsed.data
  return {
    host: values.HOST,
    port: values.PORT,
    loopback: LOOPBACK.has(values.HOST),
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    policyFile: values.POLICY,
    modelFolder: values.MODEL,
    logLevel: values.LOG_LEVEL,
    inferenceThreads: values.INFERENCE_THREADS,
    answerBudgetMs: values.ANSWER_BUDGET_MS,
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    maxBodyBytes: values.MAX_BODY_BYTES,
  }
}

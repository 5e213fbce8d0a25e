import { z } from 'zod'
import type { Calibration } from './domain/calibration.ts'
import { TriageError } from './domain/errors.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const atLeastOne = z.coerce.number().int().min(1)
const empty = (value: unknown) => (value === '' ? undefined : value)
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(empty, schema.optional())
const withDefault = <T extends z.ZodType>(schema: T, value: z.input<T>) =>
  z.preprocess((given) => empty(given) ?? value, schema)

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

const price = z.coerce.number().min(0)

/** `sure:0.9:high,likely:0.7:medium,unsure:0.4:low`: what each of the LLM's words was found to be worth. */
const calibration = z.string().transform((text, context): Calibration => {
  const entries = text.split(',').map((part) => part.trim().split(':'))
  const worth = z.object({
    confidence: z.coerce.number().min(0).max(1),
    band: z.enum(['high', 'medium', 'low']),
  })
  const parsed = z
    .strictObject({ sure: worth, likely: worth, unsure: worth })
    .safeParse(
      Object.fromEntries(entries.map(([word, confidence, band]) => [word, { confidence, band }])),
    )
  if (parsed.success) return parsed.data
  context.addIssue({
    code: 'custom',
    message: 'sure:0.9:high,likely:0.7:medium,unsure:0.4:low is the form',
  })
  return z.NEVER
})

const variables = z.object({
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
  PRIVACY: optional(z.enum(['local-only'], { error: 'local-only, or nothing, is required' })),
  OPENAI_MODEL: optional(z.string()),
  OPENAI_API_KEY: optional(z.string()),
  OPENAI_BASE_URL: optional(
    z.url({ protocol: /^https?$/, error: 'an http(s):// address is required, /v1 included' }),
  ),
  LLM_PROMPT: withDefault(z.string(), 'prompts/classify-ticket.v1.md'),
  LLM_CALIBRATION: optional(calibration),
  LLM_TIMEOUT_MS: withDefault(z.coerce.number().int().min(500).max(120_000), 8_000),
  LLM_CONCURRENCY: withDefault(atLeastOne.max(256), 4),
  LLM_TOKENS_PER_MINUTE: optional(atLeastOne),
  LLM_MONEY_PER_DAY: optional(price),
  LLM_PRICE_INPUT: optional(price),
  LLM_PRICE_CACHED: optional(price),
  LLM_PRICE_OUTPUT: optional(price),
  RATE_LIMIT_PER_MINUTE: withDefault(atLeastOne, 60_000),
  ALLOW_PRIVATE_WEBHOOKS: withDefault(z.enum(['true', 'false']), 'false'),
  PUBLIC_URL: optional(z.url({ protocol: /^https?$/ })),
  MAX_BODY_BYTES: withDefault(z.coerce.number().int().min(1_024).max(10_485_760), 1_048_576),
})

type Variables = z.output<typeof variables>

/** What only makes sense together. */
const schema = variables.superRefine((values, context) => {
  const require = (name: keyof Variables, message: string) => {
    if (values[name] === undefined) context.addIssue({ code: 'custom', path: [name], message })
  }
  const { LLM_PRICE_CACHED, LLM_MONEY_PER_DAY, LLM_PRICE_INPUT, LLM_PRICE_OUTPUT } = values
  if (values.OPENAI_MODEL !== undefined && values.OPENAI_BASE_URL === undefined)
    require('OPENAI_API_KEY', 'required for OpenAI; for a server of your own set OPENAI_BASE_URL')
  const priced = [LLM_PRICE_INPUT, LLM_PRICE_OUTPUT, LLM_PRICE_CACHED, LLM_MONEY_PER_DAY]
  if (priced.every((value) => value === undefined)) return
  for (const name of ['LLM_PRICE_INPUT', 'LLM_PRICE_OUTPUT'] as const)
    require(name, 'required with the other prices and LLM_MONEY_PER_DAY')
})

/** A server of the OpenAI protocol and what it may cost. */
export type LlmConfig = {
  readonly model: string
  readonly apiKey?: string
  readonly baseUrl?: string
  /** The file in `prompts/`. */
  readonly prompt: string
  /** Absent: nobody measured it, and nothing that it says is sure. */
  readonly calibration?: Calibration
  readonly timeoutMs: number
  readonly concurrency: number
  readonly tokensPerMinute?: number
  readonly moneyPerDay?: number
  /** Money per million tokens. */
  readonly prices?: {
    readonly inputPerMillion: number
    readonly cachedInputPerMillion?: number
    readonly outputPerMillion: number
  }
}

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
  /** Ticket text goes to the store and to webhooks only. */
  readonly localOnly: boolean
  /** Absent: no LLM is ever asked. */
  readonly llm: LlmConfig | undefined
  readonly rateLimitPerMinute: number
  readonly maxBodyBytes: number
  /** Webhooks may go to private addresses; for services that stay in one network. */
  readonly allowPrivateWebhooks: boolean
  /** Where people reach this service, for links in messages. */
  readonly publicUrl: string | undefined
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
    localOnly: values.PRIVACY === 'local-only',
    llm: llmOf(values),
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    maxBodyBytes: values.MAX_BODY_BYTES,
    allowPrivateWebhooks: values.ALLOW_PRIVATE_WEBHOOKS === 'true',
    publicUrl: values.PUBLIC_URL,
  }
}

function llmOf(values: Variables): LlmConfig | undefined {
  const { OPENAI_MODEL, OPENAI_API_KEY, OPENAI_BASE_URL } = values
  const { LLM_PRICE_INPUT, LLM_PRICE_CACHED, LLM_PRICE_OUTPUT } = values
  const { LLM_TOKENS_PER_MINUTE, LLM_MONEY_PER_DAY, LLM_CALIBRATION } = values
  if (OPENAI_MODEL === undefined || values.PRIVACY === 'local-only') return undefined
  return {
    model: OPENAI_MODEL,
    ...(OPENAI_API_KEY !== undefined && { apiKey: OPENAI_API_KEY }),
    ...(OPENAI_BASE_URL !== undefined && { baseUrl: OPENAI_BASE_URL }),
    prompt: values.LLM_PROMPT,
    ...(LLM_CALIBRATION !== undefined && { calibration: LLM_CALIBRATION }),
    timeoutMs: values.LLM_TIMEOUT_MS,
    concurrency: values.LLM_CONCURRENCY,
    ...(LLM_TOKENS_PER_MINUTE !== undefined && { tokensPerMinute: LLM_TOKENS_PER_MINUTE }),
    ...(LLM_MONEY_PER_DAY !== undefined && { moneyPerDay: LLM_MONEY_PER_DAY }),
    ...(LLM_PRICE_INPUT !== undefined &&
      LLM_PRICE_OUTPUT !== undefined && {
        prices: {
          inputPerMillion: LLM_PRICE_INPUT,
          ...(LLM_PRICE_CACHED !== undefined && { cachedInputPerMillion: LLM_PRICE_CACHED }),
          outputPerMillion: LLM_PRICE_OUTPUT,
        },
      }),
  }
}

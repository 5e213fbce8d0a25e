import OpenAI, { APIError } from 'openai'
import { JSON_SCHEMA_FORMAT } from './answer-schema.ts'
import { boundedFetch, type Fetch } from './bounded-fetch.ts'
import type { Capabilities, Complaint } from './capabilities.ts'
import { LlmFailure } from './failure.ts'
import type { TokenProbability } from './label-probability.ts'
import { nameFailure } from './name-failure.ts'
import type { PromptMessage } from './prompt.ts'

export type ChatRequest = {
  readonly messages: readonly PromptMessage[]
  readonly capabilities: Capabilities
  readonly seed: number
  /** Output tokens, reasoning included. */
  readonly maxTokens: number
  readonly logprobs: boolean
}

/** Tokens as the server counted them; `cached` is the part of `prompt` that it read from its prefix cache. */
export type TokenUsage = {
  readonly prompt: number
  readonly cached: number
  readonly completion: number
}

export type ChatReply = {
  readonly content: string
  readonly tokens: readonly TokenProbability[]
  /** The model that answered, which may be a dated version of the one asked for. */
  readonly model: string
  readonly fingerprint: string | null
}

/** One attempt's end. `complaint` comes with failures that may be about the form of the request. */
export type ChatResult =
  | { readonly kind: 'replied'; readonly reply: ChatReply; readonly usage: TokenUsage | null }
  | {
      readonly kind: 'failed'
      readonly failure: LlmFailure
      readonly usage: TokenUsage | null
      readonly complaint?: Complaint
    }

export type Chat = (request: ChatRequest, abort: AbortSignal) => Promise<ChatResult>

/** One attempt at Chat Completions, the protocol that OpenAI, Azure, vLLM, Ollama and llama.cpp share. Never rejects. */
export function createChat(server: {
  readonly model: string
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly fetch: Fetch
  readonly now: () => Date
}): Chat {
  const client = new OpenAI({
    baseURL: server.baseUrl,
    // The header is set by boundedFetch; every other setting that the SDK would read from the environment is closed here.
    apiKey: 'set-by-bounded-fetch',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    // A test or a worker may look like a browser; the key never leaves the server side.
    dangerouslyAllowBrowser: true,
    fetch: boundedFetch(server.apiKey, server.fetch),
  })

  return async (request, abort) => {
    try {
      const completion = await client.chat.completions.create(bodyOf(server.model, request), {
        signal: abort,
      })
      return readCompletion(completion)
    } catch (error) {
      const failure = abort.aborted ? abortedBy(abort) : nameFailure(error, server.now())
      const complaint = MAY_BE_ABOUT_FORM.has(failure.kind) ? complaintOf(error) : undefined
      return { kind: 'failed', failure, usage: null, ...(complaint && { complaint }) }
    }
  }
}

function bodyOf(
  model: string,
  { messages, capabilities, seed, maxTokens, logprobs }: ChatRequest,
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return {
    model,
    messages: [...messages],
    [capabilities.limit]: maxTokens,
    ...(capabilities.temperature && { temperature: 0 }),
    ...(capabilities.seed && { seed }),
    ...(logprobs && capabilities.logprobs && { logprobs: true }),
    ...(capabilities.format === 'json_schema' && { response_format: JSON_SCHEMA_FORMAT }),
    ...(capabilities.format === 'json_object' && { response_format: { type: 'json_object' } }),
  }
}

/** The deadline's own reason when it is ours, else the caller's wish. */
export function abortedBy({ reason }: AbortSignal): LlmFailure {
  return reason instanceof LlmFailure ? reason : new LlmFailure('aborted', 'given up by the caller')
}

/** The types promise more than other servers keep, so nothing is taken for granted here. */
function readCompletion(completion: unknown): ChatResult {
  const { choices, usage, model, system_fingerprint } = asObject(completion)
  const counted = readUsage(usage)
  const fail = (failure: LlmFailure): ChatResult => ({ kind: 'failed', failure, usage: counted })
  if (!Array.isArray(choices))
    return fail(new LlmFailure('not_the_protocol', 'response is not one of the OpenAI protocol'))
  const choice = asObject(choices[0])
  const message = asObject(choice['message'])
  if (typeof message['refusal'] === 'string' && message['refusal'] !== '')
    return fail(new LlmFailure('refused', 'the model refused'))
  if (choice['finish_reason'] === 'content_filter')
    return fail(new LlmFailure('filtered', 'stopped by the content filter'))
  if (choice['finish_reason'] === 'length')
    return fail(new LlmFailure('truncated', 'answer cut off at the token limit'))
  const content = message['content']
  if (typeof content !== 'string' || content.trim() === '')
    return fail(new LlmFailure('empty', 'the response holds no answer'))
  return {
    kind: 'replied',
    usage: counted,
    reply: {
      content,
      tokens: readTokens(choice['logprobs']),
      model: typeof model === 'string' ? model : '',
      fingerprint: typeof system_fingerprint === 'string' ? system_fingerprint : null,
    },
  }
}

function readUsage(usage: unknown): TokenUsage | null {
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = asObject(usage)
  if (typeof prompt_tokens !== 'number' || typeof completion_tokens !== 'number') return null
  const { cached_tokens } = asObject(prompt_tokens_details)
  const cached = typeof cached_tokens === 'number' ? cached_tokens : 0
  return { prompt: prompt_tokens, cached, completion: completion_tokens }
}

function readTokens(logprobs: unknown): readonly TokenProbability[] {
  const { content } = asObject(logprobs)
  if (!Array.isArray(content)) return []
  return content.flatMap((entry) => {
    const { token, logprob } = asObject(entry)
    return typeof token === 'string' && typeof logprob === 'number' ? [{ token, logprob }] : []
  })
}

/** Other failures have an explanation of their own. */
const MAY_BE_ABOUT_FORM: ReadonlySet<string> = new Set(['rejected', 'server_error'])

function complaintOf(error: unknown): Complaint | undefined {
  if (!(error instanceof APIError) || typeof error.status !== 'number') return undefined
  return { status: error.status, param: error.param ?? '', message: error.message }
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

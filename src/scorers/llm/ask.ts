import type { Breaker } from '../breaker.ts'
import type { Budget } from '../budget.ts'
import type { LlmAnswer } from './answer-schema.ts'
import {
  type Capabilities,
  type CapabilityMemory,
  type Complaint,
  withoutComplaint,
} from './capabilities.ts'
import { type Chat, type ChatReply, type ChatResult, type TokenUsage, abortedBy } from './chat.ts'
import { LlmFailure } from './failure.ts'
import { parseAnswer } from './parse-answer.ts'
import type { PromptMessage } from './prompt.ts'
import type { Tally } from './tally.ts'
import { type Prices, estimateTokens, moneyFor } from './usage.ts'

export type AskDeps = {
  readonly chat: Chat
  readonly breaker: Breaker
  readonly budget: Budget
  readonly memory: CapabilityMemory
  /** Key of the server in `memory`. */
  readonly server: string
  readonly prices: Prices
  readonly seed: number
  readonly maxTokens: number
  readonly logprobs: boolean
  readonly random: () => number
  readonly elapsedMs: () => number
}

export type Asked = { readonly answer: LlmAnswer; readonly reply: ChatReply }

export type Deadline = { readonly abort: AbortSignal; readonly at: number }

/** Learning a server's abilities takes at most one call for each of them. */
const MOST_ADJUSTMENTS = 7
/** An attempt with less time than this is not made. */
export const LEAST_ATTEMPT_MS = 250

/**
 * Asks until there is a checked answer: without what the server cannot do (remembered), and once more after a failure
 * that a second try may cure. Every attempt passes the breaker and the budget, so a retry is no way around them.
 * @throws LlmFailure
 */
export async function ask(
  messages: readonly PromptMessage[],
  deadline: Deadline,
  tally: Tally,
  deps: AskDeps,
): Promise<Asked> {
  let failed: LlmFailure | undefined
  for (let adjusted = 0; ;) {
    const known = deps.memory.get(deps.server)
    const attempted = await attempt(messages, known.capabilities, { deadline, tally, deps, failed })
    if (attempted.kind === 'answered') {
      deps.memory.prove(deps.server, known.capabilities)
      return attempted
    }
    const { failure, complaint } = attempted
    const lesser = complaint && withoutComplaint(known, complaint)
    if (lesser !== undefined && adjusted++ < MOST_ADJUSTMENTS) {
      deps.memory.replace(deps.server, known.capabilities, lesser)
      continue
    }
    if (failure.kind === 'rejected') deps.memory.forget(deps.server, known.capabilities)
    if (failed !== undefined || !failure.canRetry) throw failure
    failed = failure
    await pauseBeforeRetry(failure, deadline, deps)
    tally.retries++
  }
}

type Attempted =
  | ({ readonly kind: 'answered' } & Asked)
  | {
      readonly kind: 'failed'
      readonly failure: LlmFailure
      readonly complaint?: Complaint
    }

type Progress = {
  readonly deadline: Deadline
  readonly tally: Tally
  readonly deps: AskDeps
  /** The failure that this attempt is to cure; it is the one that is named when no attempt may be made. */
  readonly failed: LlmFailure | undefined
}

async function attempt(
  messages: readonly PromptMessage[],
  capabilities: Capabilities,
  { deadline, tally, deps, failed }: Progress,
): Promise<Attempted> {
  const admission = deps.breaker.admit()
  if (admission === undefined)
    throw failed ?? new LlmFailure('circuit_open', 'circuit open after repeated failures')
  const estimate = estimateTokens(messages, deps.maxTokens)
  const reserved = deps.budget.reserve(costOf(estimate, deps.prices))
  if ('exhausted' in reserved) {
    admission.unknown()
    throw failed ?? new LlmFailure('budget', `budget used up: ${reserved.exhausted}`)
  }

  const seed = deps.seed + tally.retries
  tally.attempts++
  tally.settings = {
    format: capabilities.format,
    temperature: capabilities.temperature ? 0 : null,
    seed: capabilities.seed ? seed : null,
  }
  const { maxTokens, logprobs } = deps
  const result = await deps.chat(
    { messages, capabilities, seed, maxTokens, logprobs },
    deadline.abort,
  )
  const usage = result.usage ?? (mayBeBilled(result) ? estimate : NO_TOKENS)
  reserved.settle(costOf(usage, deps.prices))
  tally.usage = sumOf(tally.usage, usage)
  tally.money += moneyFor(usage, deps.prices)

  const attempted = check(result)
  if (attempted.kind === 'answered') admission.succeeded()
  else if (attempted.failure.kind === 'aborted') admission.unknown()
  else if (attempted.failure.blamesServer) admission.failed(attempted.failure.retryAfterMs)
  else admission.succeeded()
  return attempted
}

function check(result: ChatResult): Attempted {
  if (result.kind === 'failed') return result
  try {
    return { kind: 'answered', answer: parseAnswer(result.reply.content), reply: result.reply }
  } catch (error) {
    if (error instanceof LlmFailure) return { kind: 'failed', failure: error }
    throw error
  }
}

/** A call that was given up on, or whose end was lost, may have been worked on: it keeps its estimate. */
function mayBeBilled(result: ChatResult): boolean {
  if (result.kind === 'replied') return true
  const { kind } = result.failure
  return kind === 'timeout' || kind === 'aborted' || kind === 'connection_lost'
}

const NO_TOKENS: TokenUsage = { prompt: 0, cached: 0, completion: 0 }

function sumOf(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    prompt: a.prompt + b.prompt,
    cached: a.cached + b.cached,
    completion: a.completion + b.completion,
  }
}

function costOf(usage: TokenUsage, prices: Prices) {
  return { tokens: usage.prompt + usage.completion, money: moneyFor(usage, prices) }
}

const RETRY_MS = { least: 200, spread: 400 }

/** What the server asked for plus jitter, so that callers who failed together do not return together. */
async function pauseBeforeRetry(
  failure: LlmFailure,
  { abort, at }: Deadline,
  { random, elapsedMs }: AskDeps,
): Promise<void> {
  const pauseMs = (failure.retryAfterMs ?? RETRY_MS.least) + random() * RETRY_MS.spread
  if (elapsedMs() + pauseMs + LEAST_ATTEMPT_MS > at) throw failure
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(abortedBy(abort))
    }
    const timer = setTimeout(() => {
      abort.removeEventListener('abort', stop)
      resolve()
    }, pauseMs)
    abort.addEventListener('abort', stop, { once: true })
    if (abort.aborted) stop()
  })
}

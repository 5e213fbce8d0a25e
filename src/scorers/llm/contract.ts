import type { Scorer, ScorerCall } from '../../domain/signal.ts'
import type { BreakerState } from '../breaker.ts'
import type { BudgetLimits, Cost } from '../budget.ts'
import type { Fetch } from './bounded-fetch.ts'
import type { Calibration } from '../../domain/calibration.ts'
import type { AnswerFormat, CapabilityMemory } from './capabilities.ts'
import type { FailureKind } from './failure.ts'
import type { PromptTemplate } from './prompt.ts'
import type { LlmUsage, Prices } from './usage.ts'

/** What the scorer needs; everything with a default may be left out. */
export type LlmOptions = {
  readonly model: string
  /** Any server of the OpenAI protocol, `/v1` included. Default: OpenAI. */
  readonly baseUrl?: string
  /** Absent: no `authorization` header (a local server). */
  readonly apiKey?: string
  readonly prompt: PromptTemplate
  readonly now: () => Date
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number
  /** In [0, 1), for jitter only. */
  readonly random: () => number
  /** 8 to 64 letters, digits and dashes that nobody can guess. */
  readonly newBoundary: () => string
  /** For everything: waiting for a place, attempts and pauses. Default 8,000. */
  readonly timeoutMs?: number
  /** Calls at a time (default 4) and tickets waiting behind them (default 64). */
  readonly maxRunning?: number
  readonly maxWaiting?: number
  readonly budget?: BudgetLimits
  readonly prices?: Prices
  readonly seed?: number
  /** Output tokens per call; give reasoning models more. Default 1,200. */
  readonly maxTokens?: number
  /** UTF-16 units of the ticket that are sent; of longer ones the head and the tail. Default 16,000. */
  readonly maxTextLength?: number
  /** Ask for token probabilities; they may only reduce confidence. Default false. */
  readonly logprobs?: boolean
  /** Measured worth of the model's stated confidence. Default: nothing is `high`. */
  readonly calibration?: Calibration
  /** To share what is known about servers between scorers. */
  readonly capabilities?: CapabilityMemory
  /** Told of every ticket, for logs and receipts; never holds text. */
  readonly observe?: (call: LlmCall) => void
  readonly fetch?: Fetch
}

/** One ticket's way through the LLM, without a word of its text. */
export type LlmCall = ScorerCall & {
  readonly outcome: 'scored' | FailureKind
  readonly ms: number
  readonly retries: number
}

export type LlmHealth = {
  readonly breaker: BreakerState
  readonly nextTryInMs: number
  readonly consecutiveFailures: number
  readonly running: number
  readonly waiting: number
  readonly format: AnswerFormat
  readonly lastFailure: FailureKind | null
  readonly spent: { readonly lastMinute: Cost; readonly today: Cost }
}

export type LlmScorer = Scorer & {
  readonly usage: () => LlmUsage
  readonly health: () => LlmHealth
}

import type { TokenUsage } from './chat.ts'

import type { FailureKind } from './failure.ts'
import type { Tally } from './tally.ts'

/** Money per million tokens, in a currency of the operator's choice. */
export type Prices = {
  readonly inputPerMillion: number
  /** For input read from the provider's prompt cache; absent: as any input. */
  readonly cachedInputPerMillion?: number
  readonly outputPerMillion: number
}

export const FREE: Prices = { inputPerMillion: 0, outputPerMillion: 0 }

export function moneyFor({ prompt, cached, completion }: TokenUsage, prices: Prices): number {
  const fromCache = Math.min(cached, prompt)
  const input = (prompt - fromCache) * prices.inputPerMillion
  const cachedInput = fromCache * (prices.cachedInputPerMillion ?? prices.inputPerMillion)
  return (input + cachedInput + completion * prices.outputPerMillion) / 1_000_000
}

/** Room for what a call may cost, before it is made: three bytes a token is more than English needs and covers other scripts. */
export function estimateTokens(
  messages: readonly { readonly content: string }[],
  maxTokens: number,
): TokenUsage {
  const bytes = messages.reduce((sum, { content }) => sum + BYTES.encode(content).length, 0)
  return { prompt: Math.ceil(bytes / 3), cached: 0, completion: maxTokens }
}

const BYTES = new TextEncoder()

/** Counters since start, for `/metrics`. `attempts` counts requests to the server, `tickets` calls of `score`. */
export type LlmUsage = {
  readonly tickets: number
  readonly scored: number
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>
  readonly attempts: number
  readonly retries: number
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  readonly money: number
  /** Evidence that the model gave and that is not in the text. */
  readonly droppedQuotes: number
}

export const NO_USAGE: LlmUsage = {
  tickets: 0,
  scored: 0,
  failed: {},
  attempts: 0,
  retries: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  money: 0,
  droppedQuotes: 0,
}

/** The counters after one more ticket. */
export function withCall(
  usage: LlmUsage,
  tally: Tally,
  outcome: 'scored' | FailureKind,
  droppedQuotes: number,
): LlmUsage {
  const failed =
    outcome === 'scored'
      ? usage.failed
      : { ...usage.failed, [outcome]: (usage.failed[outcome] ?? 0) + 1 }
  return {
    tickets: usage.tickets + 1,
    scored: usage.scored + (outcome === 'scored' ? 1 : 0),
    failed,
    attempts: usage.attempts + tally.attempts,
    retries: usage.retries + tally.retries,
    promptTokens: usage.promptTokens + tally.usage.prompt,
    cachedTokens: usage.cachedTokens + tally.usage.cached,
    completionTokens: usage.completionTokens + tally.usage.completion,
    money: usage.money + tally.money,
    droppedQuotes: usage.droppedQuotes + droppedQuotes,
  }
}

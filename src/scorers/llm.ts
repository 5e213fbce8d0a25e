import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { ScorerInput, Scores } from '../domain/signal.ts'
import { createBreaker } from './breaker.ts'
import { createBudget } from './budget.ts'
import { type AskDeps, LEAST_ATTEMPT_MS, ask } from './llm/ask.ts'
import { freeBoundary } from './llm/boundary.ts'
import { UNMEASURED } from './llm/calibration.ts'
import { createCapabilityMemory } from './llm/capabilities.ts'
import { type ChatReply, abortedBy, createChat } from './llm/chat.ts'
import type { LlmCall, LlmOptions, LlmScorer } from './llm/contract.ts'
import { type FailureKind, LlmFailure } from './llm/failure.ts'
import { labelProbabilities } from './llm/label-probability.ts'
import { renderPrompt } from './llm/prompt.ts'
import { readAnswer } from './llm/read-answer.ts'
import { createSlots } from './llm/slots.ts'
import { type Tally, newTally } from './llm/tally.ts'
import { FREE, NO_USAGE, withCall } from './llm/usage.ts'
import { visibleText } from './llm/visible-text.ts'

export type { LlmCall, LlmHealth, LlmOptions, LlmScorer } from './llm/contract.ts'
export { parsePrompt } from './llm/prompt.ts'

const OPENAI = 'https://api.openai.com/v1'
const DEFAULTS = {
  timeoutMs: 8_000,
  maxRunning: 4,
  maxWaiting: 64,
  seed: 7,
  maxTokens: 1_200,
  maxTextLength: 16_000,
}
const BREAKER = { failures: 5, firstOpenMs: 5_000, mostOpenMs: 600_000 }

/**
 * An LLM behind any server of the OpenAI protocol as a scorer: a second opinion, never an authority. `score` rejects
 * with an `LlmFailure` that names why there is none; its messages hold no ticket text and nothing the server said.
 */
export function createLlmScorer(options: LlmOptions): LlmScorer {
  const settings = { ...DEFAULTS, ...withoutUndefined(options) }
  const { prompt, now, elapsedMs, random, calibration = UNMEASURED } = options
  const baseUrl = options.baseUrl ?? OPENAI
  const slots = createSlots({ running: settings.maxRunning, waiting: settings.maxWaiting })
  const deps: AskDeps = {
    chat: createChat({
      model: options.model,
      baseUrl,
      apiKey: options.apiKey,
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      now,
    }),
    breaker: createBreaker(BREAKER, { elapsedMs, random }),
    budget: createBudget(options.budget ?? {}, { now, elapsedMs }),
    memory: options.capabilities ?? createCapabilityMemory(elapsedMs),
    server: `${baseUrl} ${options.model}`,
    prices: options.prices ?? FREE,
    seed: settings.seed,
    maxTokens: settings.maxTokens,
    logprobs: options.logprobs ?? false,
    random,
    elapsedMs,
  }
  let usage = NO_USAGE
  let lastFailure: FailureKind | null = null

  async function score({ text }: ScorerInput, caller?: AbortSignal): Promise<Scores> {
    if (text.trim() === '') return NOTHING_TO_SCORE
    const started = elapsedMs()
    const tally = newTally()
    const report = (
      outcome: LlmCall['outcome'],
      reply: ChatReply | null = null,
      droppedQuotes = 0,
    ) => {
      usage = withCall(usage, tally, outcome, droppedQuotes)
      options.observe?.({
        outcome,
        ms: elapsedMs() - started,
        attempts: tally.attempts,
        retries: tally.retries,
        settings: tally.settings,
        servedBy: reply && { model: reply.model, fingerprint: reply.fingerprint },
        tokens: tally.usage,
        money: tally.money,
        droppedQuotes,
      })
    }
    try {
      const { answer, reply } = await askInTime(text, started + settings.timeoutMs, tally, caller)
      const probabilities = labelProbabilities(reply.content, reply.tokens)
      const read = readAnswer(answer, text, calibration, probabilities)
      lastFailure = null
      report('scored', reply, read.droppedQuotes)
      return read.scores
    } catch (error) {
      const failure =
        error instanceof LlmFailure ? error : new LlmFailure('not_the_protocol', 'failed')
      lastFailure = failure.kind
      report(failure.kind)
      throw failure
    }
  }

  /** One deadline over waiting, attempts and pauses. */
  async function askInTime(text: string, at: number, tally: Tally, caller?: AbortSignal) {
    if (deps.breaker.state() === 'open')
      throw new LlmFailure('circuit_open', 'circuit open after repeated failures')
    const late = new LlmFailure('timeout', `no answer within ${settings.timeoutMs} ms`)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(late), settings.timeoutMs)
    const abort =
      caller === undefined ? deadline.signal : AbortSignal.any([caller, deadline.signal])
    try {
      const giveBack = await slots.take(abort).catch((error: unknown) => {
        throw abort.aborted ? abortedBy(abort) : error
      })
      try {
        // Too late to blame the server for not answering in what is left.
        if (elapsedMs() + LEAST_ATTEMPT_MS > at && tally.attempts === 0) throw late
        const shown = visibleText(text, settings.maxTextLength)
        const boundary = freeBoundary(shown, options.newBoundary)
        const messages = renderPrompt(prompt, { boundary, text: shown })
        return await ask(messages, { abort, at }, tally, deps)
      } finally {
        giveBack()
      }
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    name: 'llm',
    version: versionOf(options, settings.seed),
    score,
    usage: () => usage,
    health: () => ({
      breaker: deps.breaker.state(),
      nextTryInMs: deps.breaker.reopensInMs(),
      consecutiveFailures: deps.breaker.consecutiveFailures(),
      running: slots.running(),
      waiting: slots.waiting(),
      format: deps.memory.get(deps.server).capabilities.format,
      lastFailure,
      spent: deps.budget.spent(),
    }),
  }
}

const UNSCORED = { unscored: 'no words to score' }
const NOTHING_TO_SCORE: Scores = {
  language: UNSCORED,
  intent: UNSCORED,
  sentiment: UNSCORED,
  emotions: UNSCORED,
  urgency: UNSCORED,
  priority: UNSCORED,
  triggers: [],
}

/** Everything that can change a score: model, prompt, settings asked for, calibration. */
function versionOf({ model, prompt, calibration }: LlmOptions, seed: number): string {
  const measured =
    calibration === undefined ? 'none' : shortHash(canonicalJson(calibration)).slice(0, 8)
  return `${model} ${prompt.id}.v${prompt.version} ${prompt.hash} temperature=0 seed=${seed} calibration=${measured}`
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex')

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

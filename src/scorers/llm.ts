import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { ScorerCall, ScorerInput, Scores } from '../domain/signal.ts'
import { createBreaker } from './breaker.ts'
import { createBudget } from './budget.ts'
import { type AskDeps, type Asked, LEAST_ATTEMPT_MS, ask } from './llm/ask.ts'
import { freeBoundary } from './llm/boundary.ts'
import { UNMEASURED } from './llm/calibration.ts'
import { createCapabilityMemory } from './llm/capabilities.ts'
import { type ChatReply, abortedBy, createChat } from './llm/chat.ts'
import type { LlmCall, LlmOptions, LlmScorer } from './llm/contract.ts'
import { excerptOf, visibleText } from './llm/excerpt.ts'
import { type FailureKind, LlmFailure } from './llm/failure.ts'
import { labelProbabilities } from './llm/label-probability.ts'
import { renderPrompt } from './llm/prompt.ts'
import { readAnswer } from './llm/read-answer.ts'
import { createSlots } from './llm/slots.ts'
import { type Tally, newTally } from './llm/tally.ts'
import { FREE, NO_USAGE, withCall } from './llm/usage.ts'

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
const BREAKER = { failures: 5, firstOpenMs: 1_000, mostOpenMs: 15_000 }

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

  async function score(
    { text: whole, covered }: ScorerInput,
    caller?: AbortSignal,
    onCall?: (call: ScorerCall) => void,
  ): Promise<Scores> {
    const text = covered ?? whole
    const seen = excerptOf(text, settings.maxTextLength)
    const visible = visibleText(text, seen)
    if (visible.trim() === '') return NOTHING_TO_SCORE
    const started = elapsedMs()
    const tally = newTally()
    const asked = await askInTime(visible, tally, caller).catch(asFailure)
    if (asked instanceof LlmFailure) {
      const failed = report(asked.kind, tally, started)
      onCall?.(failed)
      throw asked
    }
    const { content, tokens } = asked.reply
    const probabilities = labelProbabilities(content, tokens)
    const read = readAnswer(asked.answer, { text, seen, calibration, probabilities })
    const { droppedQuotes } = read
    const call = report('scored', tally, started, { reply: asked.reply, droppedQuotes })
    onCall?.(call)
    return read.scores
  }

  /** One deadline over waiting, attempts and pauses. */
  async function askInTime(text: string, tally: Tally, caller?: AbortSignal): Promise<Asked> {
    if (deps.breaker.state() === 'open')
      throw new LlmFailure('circuit_open', 'circuit open after repeated failures')
    const at = elapsedMs() + settings.timeoutMs
    const late = new LlmFailure('timeout', `no answer within ${settings.timeoutMs} ms`)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(late), settings.timeoutMs)
    const abort =
      caller === undefined ? deadline.signal : AbortSignal.any([caller, deadline.signal])
    let giveBack: (() => void) | undefined
    try {
      giveBack = await slots.take(abort)
      // The server is not to be blamed for what it could not do in the rest of the time.
      if (elapsedMs() + LEAST_ATTEMPT_MS > at) throw late
      const boundary = freeBoundary(text, options.newBoundary)
      return await ask(renderPrompt(prompt, { boundary, text }), { abort, at }, tally, deps)
    } catch (error) {
      throw abort.aborted ? abortedBy(abort) : error
    } finally {
      giveBack?.()
      clearTimeout(timer)
    }
  }

  function report(
    outcome: LlmCall['outcome'],
    tally: Tally,
    started: number,
    scored?: { readonly reply: ChatReply; readonly droppedQuotes: number },
  ): ScorerCall {
    const droppedQuotes = scored?.droppedQuotes ?? 0
    lastFailure = outcome === 'scored' ? null : outcome
    usage = withCall(usage, tally, outcome, droppedQuotes)
    const call: ScorerCall = {
      servedBy: scored === undefined ? null : servedBy(scored.reply),
      settings: tally.settings,
      attempts: tally.attempts,
      tokens: tally.usage,
      money: tally.money,
      droppedQuotes,
    }
    options.observe?.({ ...call, outcome, ms: elapsedMs() - started, retries: tally.retries })
    return call
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

const LONGEST_NAME = 200

/** Names are the server's own words: as long as names are. */
function servedBy({ model, fingerprint }: ChatReply): NonNullable<ScorerCall['servedBy']> {
  return {
    model: model.slice(0, LONGEST_NAME),
    fingerprint: fingerprint === null ? null : fingerprint.slice(0, LONGEST_NAME),
  }
}

/** Anything else is a defect, and is not hidden behind a failure's name. */
function asFailure(error: unknown): LlmFailure {
  if (error instanceof LlmFailure) return error
  throw error
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

/** Everything that can change a score: model, server (its address stays in the house), prompt, settings, calibration. */
function versionOf({ model, baseUrl, prompt, calibration }: LlmOptions, seed: number): string {
  const measured =
    calibration === undefined ? 'none' : shortHash(canonicalJson(calibration)).slice(0, 8)
  const server = shortHash(baseUrl ?? OPENAI).slice(0, 8)
  return `${model} server=${server} ${prompt.id}.v${prompt.version} ${prompt.hash} temperature=0 seed=${seed} calibration=${measured}`
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex')

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

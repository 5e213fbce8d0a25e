import { randomUUID } from 'node:crypto'
import type { LlmConfig } from '../config.ts'
import { TriageError } from '../domain/errors.ts'
import type { LlmCall, LlmScorer } from '../scorers/llm.ts'
import { createLlmScorer, parsePrompt } from '../scorers/llm.ts'

/** The configured LLM with the text of a prompt file. @throws TriageError `configuration` when the prompt cannot be used. */
export function createConfiguredLlm(
  { concurrency, tokensPerMinute, moneyPerDay, prompt, ...server }: LlmConfig,
  promptFile: string | undefined,
  observe: (call: LlmCall) => void,
): LlmScorer {
  if (promptFile === undefined)
    throw new TriageError('configuration', `Cannot find the prompt ${prompt}: set LLM_PROMPT`)
  return createLlmScorer({
    ...server,
    prompt: parsePrompt(promptFile),
    maxRunning: concurrency,
    budget: {
      ...(tokensPerMinute !== undefined && { perMinute: { tokens: tokensPerMinute } }),
      ...(moneyPerDay !== undefined && { perDay: { money: moneyPerDay } }),
    },
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    random: Math.random,
    newBoundary: randomUUID,
    observe,
  })
}

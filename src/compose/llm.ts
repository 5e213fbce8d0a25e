import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { LlmConfig } from '../config.ts'
import type { LlmCall, LlmScorer } from '../scorers/llm.ts'
import { createLlmScorer, parsePrompt } from '../scorers/llm.ts'

const PROMPT = fileURLToPath(new URL('../../prompts/classify-ticket.v1.md', import.meta.url))

/** The configured LLM with the shipped prompt. @throws TriageError `configuration` when the prompt cannot be used. */
export async function openLlm(
  { concurrency, tokensPerMinute, moneyPerDay, ...server }: LlmConfig,
  observe: (call: LlmCall) => void,
): Promise<LlmScorer> {
  return createLlmScorer({
    ...server,
    prompt: parsePrompt(await readFile(PROMPT, 'utf8')),
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

import { readFileSync } from 'node:fs'
import { createLlmScorer, type LlmOptions, parsePrompt } from '../../../src/scorers/llm.ts'
import { seededRandom } from '../../support/seeded-random.ts'

export const PROMPT_FILE = new URL('../../../prompts/classify-ticket.v1.md', import.meta.url)
export const PROMPT = parsePrompt(readFileSync(PROMPT_FILE, 'utf8'))

/** The scorer against a test server: real clock, seeded chance, short time-out. */
export function anLlm(baseUrl: string, options: Partial<LlmOptions> = {}) {
  const random = seededRandom(11)
  let boundaries = 0
  return createLlmScorer({
    model: 'test-model',
    baseUrl,
    apiKey: 'sk-the-configured-key',
    prompt: PROMPT,
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    random: () => random() / 10,
    newBoundary: () => `boundary-${boundaries++}`,
    timeoutMs: 1_500,
    ...options,
  })
}

/** The failure that `score` ends with. */
export async function failureOf(score: Promise<unknown>): Promise<{
  readonly kind: string
  readonly message: string
  readonly error: Error
}> {
  try {
    await score
  } catch (error) {
    const failure = error as Error & { kind: string }
    return { kind: failure.kind, message: failure.message, error: failure }
  }
  throw new Error('The scorer scored, but it should have failed')
}

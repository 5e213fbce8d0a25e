import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer } from '../src/domain/answer.ts'
import type { OpenAiServer } from './support/openai-server.ts'
import { CALM_ANSWER, startOpenAiServer } from './support/openai-server.ts'
import type { RunningService } from './support/service.ts'
import { startService } from './support/service.ts'

/** The service as operators start it, its LLM configured by environment alone. */

let llm: OpenAiServer
let folder: string
beforeAll(async () => {
  llm = await startOpenAiServer()
  folder = mkdtempSync(join(tmpdir(), 'triage-llm-'))
})
afterAll(async () => {
  await llm.close()
  await rm(folder, { recursive: true, force: true })
})

async function withService(
  env: Readonly<Record<string, string>>,
  use: (service: RunningService) => Promise<void>,
): Promise<void> {
  const service = await startService({
    DATA_DIR: join(folder, randomUUID()),
    OPENAI_MODEL: 'test-model',
    OPENAI_BASE_URL: llm.url,
    OPENAI_API_KEY: 'sk-canary-key',
    ANSWER_BUDGET_MS: '3000',
    LOG_LEVEL: 'debug',
    ...env,
  })
  try {
    await use(service)
  } finally {
    expect(await service.stop()).toBe(0)
    expect(service.output()).not.toContain('sk-canary-key')
  }
}

async function send(service: RunningService): Promise<Answer> {
  const response = await fetch(`${service.url}/triage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: randomUUID(),
      body: 'Hello, how can I export my contacts to a CSV file? Canary-words, thank you.',
      customer: { tier: 'business', annualValue: 150_000 },
    }),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as Answer
}

const metricsOf = async ({ url }: RunningService) => (await fetch(`${url}/metrics`)).text()

test('a second opinion: named at start, counted in /metrics, and no condition of readiness', async () => {
  await withService(
    { LLM_PRICE_INPUT: '2', LLM_PRICE_OUTPUT: '10', LLM_TIMEOUT_MS: '2000' },
    async (service) => {
      expect(service.output()).toMatch(/llm +test-model at 127\.0\.0\.1:\d+ is asked when in doubt/)
      llm.play(() => ({ kind: 'answer', answer: { ...CALM_ANSWER, priority: 'critical' } }))
      expect(await send(service)).toMatchObject({ severity: 'P1', disposition: 'review' })
      expect(llm.requests.at(-1)?.headers.authorization).toBe('Bearer sk-canary-key')
      llm.play(() => ({ kind: 'status', status: 401 }))
      for (let nth = 0; nth < 6; nth++)
        expect((await send(service)).degraded).toEqual([expect.stringMatching(/^llm: /)])

      const metrics = await metricsOf(service)
      expect(metrics).toContain('triage_llm_tickets_total{outcome="scored"} 1')
      expect(metrics).toContain('triage_llm_tickets_total{outcome="unauthorised"} 5')
      expect(metrics).toContain('triage_llm_tickets_total{outcome="circuit_open"} 1')
      expect(metrics).toContain('triage_llm_tokens_total{kind="completion"} 200')
      expect(metrics).toContain('triage_llm_money_total 0.008')
      expect(metrics).toContain('triage_llm_breaker{state="open"} 1')
      expect(metrics).toContain('triage_degraded_total{scorer="llm"} 6')
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
      expect(service.output()).not.toContain('Canary-words')
    },
  )
})

test('PRIVACY=local-only: named at start, and the LLM is never connected to', async () => {
  const from = llm.requests.length
  await withService({ PRIVACY: 'local-only' }, async (service) => {
    expect(service.output()).toContain('llm      none: PRIVACY=local-only')
    const answer = await send(service)
    expect(answer.scorers.map(({ name }) => name)).toEqual(['phrases', 'local'])
    expect(await metricsOf(service)).not.toContain('triage_llm')
  })
  expect(llm.requests.length).toBe(from)
})

test('use: llm asks the LLM about every ticket and falls back to the local model', async () => {
  const policy = join(folder, 'llm-first.yaml')
  writeFileSync(
    policy,
    readFileSync('policies/saas.yaml', 'utf8').replace('use: local_then_llm\n', 'use: llm\n'),
  )
  await withService({ POLICY: policy, LLM_TIMEOUT_MS: '2500' }, async (service) => {
    expect(service.output()).toMatch(/test-model at \S+ reads every ticket/)
    llm.play(() => ({ kind: 'answer', answer: { ...CALM_ANSWER, intent: 'how_to' } }))
    const answer = await send(service)
    expect(answer.scorers.map(({ name }) => name)).toEqual(['phrases', 'llm', 'local'])
    expect(answer.signals.intent).toMatchObject({ label: 'how_to', confidence: 0.7 })
    llm.play(() => ({ kind: 'reset' }))
    const without = await send(service)
    expect(without).toMatchObject({ disposition: 'review' })
    expect(without.degraded).toEqual([expect.stringMatching(/^llm: /)])
    expect(without.signals.intent).toHaveProperty('label')
  })
})

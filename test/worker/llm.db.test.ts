import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer } from '../../src/domain/answer.ts'
import { createKey } from '../../src/store/keys.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { harmlessTicket } from '../support/app.ts'
import type { OpenAiServer } from '../support/openai-server.ts'
import { CALM_ANSWER, startOpenAiServer } from '../support/openai-server.ts'
import type { TestPostgres } from '../support/store.ts'
import { startPostgres } from '../support/store.ts'
import type { RunningWorker } from '../support/worker.ts'
import { startWorker } from '../support/worker.ts'

let postgres: TestPostgres
let llm: OpenAiServer
let worker: RunningWorker
let key: string
beforeAll(async () => {
  ;[postgres, llm] = await Promise.all([startPostgres(), startOpenAiServer()])
  const databaseUrl = await postgres.createDatabase()
  const db = openPostgres(databaseUrl, { max: 1 })
  const created = await createKey(db, {
    id: randomUUID(),
    name: 'test',
    roles: ['admin'],
    secret: randomBytes(32),
    actor: 'test',
    now: new Date(),
  })
  key = created.key
  await db.close()
  worker = await startWorker({
    databaseUrl,
    variables: {
      OPENAI_MODEL: 'test-model',
      OPENAI_BASE_URL: llm.url,
      OPENAI_API_KEY: 'sk-worker-canary',
      LLM_PROMPT: 'prompts/classify-ticket.v2.md',
      ANSWER_BUDGET_MS: '2500',
    },
  })
  // The model of a new isolate is loaded by its first ticket.
  await send(harmlessTicket())
}, 120_000)
afterAll(async () => {
  await worker?.stop()
  await llm?.close()
  await postgres?.stop()
}, 30_000)

const asked = () => {
  const ticket = harmlessTicket()
  return { ...ticket, customer: { ...ticket.customer, annualValue: 150_000 } }
}

async function send(ticket: unknown): Promise<Answer> {
  const response = await fetch(`${worker.url}/triage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(ticket),
  })
  expect(response.status, worker.output()).toBe(200)
  return (await response.json()) as Answer
}

async function ticketOf(id: string) {
  const response = await fetch(`${worker.url}/tickets/${id}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return (await response.json()) as { decision: { revision: number; severity: string } }
}

const alarmed = { ...CALM_ANSWER, priority: 'critical', urgency: 3 }

test('in workerd an LLM is asked when in doubt and raises in time', async () => {
  llm.play(() => ({ kind: 'answer', answer: alarmed }))
  const answer = await send(asked())
  expect(answer).toMatchObject({ severity: 'P1', disposition: 'review', degraded: [] })
  expect(answer.scorers.map(({ name }) => name)).toEqual(['phrases', 'local', 'llm'])
  expect(answer.scorers.at(-1)?.version).toContain('classify-ticket.v2')
  expect(llm.requests.at(-1)?.headers.authorization).toBe('Bearer sk-worker-canary')
})

test('a late opinion raises after the answer is out', async () => {
  llm.play(() => ({ kind: 'answer', answer: alarmed, delayMs: 4_000 }))
  const ticket = asked()
  const answer = await send(ticket)
  expect(answer.pending).toBeDefined()
  expect(answer.severity).not.toBe('P1')
  await expect
    .poll(() => ticketOf(ticket.id), { timeout: 15_000, interval: 500 })
    .toMatchObject({ decision: { revision: 2, severity: 'P1' } })
}, 30_000)

test('an LLM that is down is a step down, and its place is given back', async () => {
  llm.play(() => ({ kind: 'reset' }))
  for (let nth = 0; nth < 2; nth++)
    expect((await send(asked())).degraded).toEqual([expect.stringMatching(/^llm: /)])
  expect(worker.output()).not.toContain('sk-worker-canary')
})

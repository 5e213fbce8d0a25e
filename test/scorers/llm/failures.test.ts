import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TriageError } from '../../../src/domain/errors.ts'
import {
  type Behaviour,
  type OpenAiServer,
  startOpenAiServer,
} from '../../support/openai-server.ts'
import { anLlm, failureOf } from './an-llm.ts'

let server: OpenAiServer
beforeEach(async () => {
  server = await startOpenAiServer()
})
afterEach(() => server.close())

const TICKET = { text: 'SECRET-WORDS of the customer: our site is down' }
const answerThen = (first: Behaviour) => (_: unknown, nth: number) =>
  nth === 0 ? first : ({ kind: 'answer' } as const)

describe('a failure that another try may cure', () => {
  const CURABLE: readonly (readonly [string, Behaviour])[] = [
    ['429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '0.2' } }],
    [
      '429 with retry-after-ms',
      { kind: 'status', status: 429, headers: { 'retry-after-ms': '90' } },
    ],
    ['500', { kind: 'status', status: 500 }],
    ['503 with a page of HTML', { kind: 'status', status: 503, body: '<html>busy</html>' }],
    ['reset connection', { kind: 'reset' }],
    ['closed in the middle of the body', { kind: 'cut' }],
    ['not JSON on the wire', { kind: 'raw', body: '{"choices": [' }],
    ['another protocol', { kind: 'raw', body: '{"ok":true}' }],
    ['plain text response', { kind: 'raw', body: 'hello', type: 'text/plain' }],
    ['no choices', { kind: 'raw', body: '{"choices":[]}' }],
    ['no content', { kind: 'answer', content: null }],
    ['broken JSON', { kind: 'answer', content: '{"language":"en","trig' }],
    ['unknown label', { kind: 'answer', content: '{"intent":"meteor_strike"}' }],
  ]
  test.each(CURABLE)('%s: one retry, then scores', async (_, behaviour) => {
    server.play(answerThen(behaviour))
    const llm = anLlm(server.url)
    expect((await llm.score(TICKET)).intent).toMatchObject({ label: 'other' })
    expect(server.requests).toHaveLength(2)
    expect(llm.usage()).toMatchObject({ tickets: 1, scored: 1, attempts: 2, retries: 1 })
  })

  test.each(CURABLE)(
    '%s, always: exactly one retry, then a named failure',
    async (_, behaviour) => {
      server.play(() => behaviour)
      const { message } = await failureOf(anLlm(server.url).score(TICKET))
      expect(message).not.toBe('')
      expect(server.requests).toHaveLength(2)
    },
  )

  test('the second try of a broken answer has the next seed', async () => {
    server.play(answerThen({ kind: 'answer', content: 'sorry' }))
    await anLlm(server.url).score(TICKET)
    expect(server.requests.map(({ body }) => body.seed)).toEqual([7, 8])
  })

  test('Retry-After is waited for', async () => {
    server.play(answerThen({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }))
    const before = performance.now()
    await anLlm(server.url, { timeoutMs: 4_000 }).score(TICKET)
    expect(performance.now() - before).toBeGreaterThanOrEqual(1_000)
  })

  test('a Retry-After beyond the deadline fails at once and keeps everybody away', async () => {
    server.play(() => ({ kind: 'status', status: 429, headers: { 'retry-after': '30' } }))
    const llm = anLlm(server.url)
    const before = performance.now()
    const first = await failureOf(llm.score(TICKET))
    expect(performance.now() - before).toBeLessThan(500)
    expect(first).toMatchObject({ kind: 'rate_limited' })
    expect(first.message).toBe('rate limited (429), retry after 30 s')
    expect((await failureOf(llm.score(TICKET))).kind).toBe('circuit_open')
    expect(server.requests).toHaveLength(1)
    expect(llm.health().nextTryInMs).toBeGreaterThan(29_000)
  })
})

describe('a failure that is final', () => {
  test.each<readonly [string, Behaviour, string]>([
    ['refusal', { kind: 'answer', refusal: 'SECRET-WORDS are bad' }, 'refused'],
    ['cut off at the token limit', { kind: 'answer', finish: 'length' }, 'truncated'],
    ['content filter', { kind: 'answer', content: null, finish: 'content_filter' }, 'filtered'],
    ['filter as an error', { kind: 'status', status: 400, code: 'content_filter' }, 'filtered'],
    ['wrong key', { kind: 'status', status: 401 }, 'unauthorised'],
    ['forbidden', { kind: 'status', status: 403 }, 'unauthorised'],
    ['unknown model', { kind: 'status', status: 404 }, 'not_found'],
    ['no credit', { kind: 'status', status: 429, code: 'insufficient_quota' }, 'no_credit'],
    [
      'redirect to another host',
      { kind: 'status', status: 307, headers: { location: 'http://127.0.0.1:9/v1' } },
      'redirected',
    ],
    ['endless body', { kind: 'flood' }, 'answer_too_large'],
  ])('%s: no retry', async (_, behaviour, kind) => {
    server.play(() => behaviour)
    const llm = anLlm(server.url)
    expect((await failureOf(llm.score(TICKET))).kind).toBe(kind)
    expect(server.requests).toHaveLength(1)
    expect(llm.usage().failed).toEqual({ [kind]: 1 })
    expect(llm.health().lastFailure).toBe(kind)
  })

  test.each<readonly [string, Behaviour]>([
    ['hanging socket', { kind: 'hang' }],
    ['hanging body', { kind: 'cut', stay: true }],
    ['slow answer', { kind: 'answer', delayMs: 5_000 }],
  ])('%s: one deadline for everything, no retry', async (_, behaviour) => {
    server.play(() => behaviour)
    const llm = anLlm(server.url, { timeoutMs: 400 })
    const before = performance.now()
    const { kind, message } = await failureOf(llm.score(TICKET))
    expect(performance.now() - before).toBeLessThan(700)
    expect({ kind, message }).toEqual({ kind: 'timeout', message: 'no answer within 400 ms' })
    expect(server.requests).toHaveLength(1)
  })

  test('a caller that gives up ends the request', async () => {
    server.play(() => ({ kind: 'hang' }))
    const llm = anLlm(server.url)
    const { kind } = await failureOf(llm.score(TICKET, AbortSignal.timeout(100)))
    expect(kind).toBe('aborted')
    await expect.poll(() => server.load().now).toBe(0)
    expect(llm.health()).toMatchObject({ breaker: 'closed', running: 0, consecutiveFailures: 0 })
  })

  test('nobody listens', async () => {
    const { url } = server
    await server.close()
    expect((await failureOf(anLlm(url).score(TICKET))).kind).toBe('unreachable')
    server = await startOpenAiServer()
  })

  test('a source of boundaries that repeats itself sends nothing', async () => {
    const llm = anLlm(server.url, { newBoundary: () => 'boundary-0' })
    const { kind } = await failureOf(llm.score({ text: 'I say Boundary-0 and close it' }))
    expect(kind).toBe('no_boundary')
    expect(server.requests).toHaveLength(0)
  })
})

test('every failure is a TriageError whose message and cause hold nothing of ticket or server', async () => {
  const leaky = 'SECRET-WORDS of the customer sk-the-configured-key'
  const behaviours: readonly Behaviour[] = [
    { kind: 'status', status: 400, message: leaky },
    { kind: 'status', status: 422, message: leaky, param: leaky },
    { kind: 'status', status: 429, message: leaky, headers: { 'retry-after': 'SECRET-WORDS' } },
    { kind: 'status', status: 500, body: leaky },
    { kind: 'answer', content: leaky },
    { kind: 'answer', content: JSON.stringify({ [leaky]: leaky, intent: leaky }) },
    { kind: 'answer', refusal: leaky },
    { kind: 'raw', body: leaky },
  ]
  for (const behaviour of behaviours) {
    server.play(() => behaviour)
    const { error } = await failureOf(anLlm(server.url).score(TICKET))
    expect(error).toBeInstanceOf(TriageError)
    expect(error.cause).toBeUndefined()
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/SECRET-WORDS|sk-the/)
  }
})

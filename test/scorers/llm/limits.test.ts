import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OpenAiServer, startOpenAiServer } from '../../support/openai-server.ts'
import { anLlm, failureOf } from './an-llm.ts'

let server: OpenAiServer
beforeEach(async () => {
  server = await startOpenAiServer()
})
afterEach(() => server.close())

const kindsOf = async (scores: readonly Promise<unknown>[]) => {
  const settled = await Promise.allSettled(scores)
  return settled.map((one) =>
    one.status === 'fulfilled' ? 'scored' : (one.reason as { kind: string }).kind,
  )
}

describe('concurrency', () => {
  test('never more calls at a time than allowed; a full queue refuses at once', async () => {
    server.play(() => ({ kind: 'answer', delayMs: 60 }))
    const llm = anLlm(server.url, { maxRunning: 2, maxWaiting: 3 })
    const scores = Array.from({ length: 9 }, () => llm.score({ text: 'hi' }))
    await Promise.resolve()
    const kinds = await kindsOf(scores)
    expect(kinds.filter((kind) => kind === 'scored')).toHaveLength(5)
    expect(kinds.filter((kind) => kind === 'queue_full')).toHaveLength(4)
    expect(server.load().peak).toBe(2)
    expect(llm.health()).toMatchObject({ running: 0, waiting: 0 })
  })

  test('waiting counts against the deadline, and leaves no place taken', async () => {
    server.play(() => ({ kind: 'hang' }))
    const llm = anLlm(server.url, { maxRunning: 1, timeoutMs: 400 })
    expect(await kindsOf([1, 2, 3].map(() => llm.score({ text: 'hi' })))).toEqual([
      'timeout',
      'timeout',
      'timeout',
    ])
    expect(server.requests).toHaveLength(1)
    expect(llm.health()).toMatchObject({ running: 0, waiting: 0, consecutiveFailures: 1 })
  })

  test('a waiting ticket whose caller leaves gives its turn away', async () => {
    server.play(() => ({ kind: 'answer', delayMs: 80 }))
    const llm = anLlm(server.url, { maxRunning: 1 })
    const leaves = new AbortController()
    const scores = [
      llm.score({ text: 'first' }),
      llm.score({ text: 'second' }, leaves.signal),
      llm.score({ text: 'third' }),
    ]
    leaves.abort()
    expect(await kindsOf(scores)).toEqual(['scored', 'aborted', 'scored'])
  })
})

describe('budget', () => {
  test('parallel calls cannot overspend together, whatever they really cost', async () => {
    server.play(() => ({ kind: 'answer', delayMs: 20 }))
    const llm = anLlm(server.url, {
      maxRunning: 16,
      prices: { inputPerMillion: 2, outputPerMillion: 8 },
      budget: { perDay: { money: 0.05 } },
    })
    const kinds = await kindsOf(Array.from({ length: 40 }, () => llm.score({ text: 'hi' })))
    expect(kinds.filter((kind) => kind === 'scored').length).toBeGreaterThan(0)
    expect(kinds.filter((kind) => kind === 'budget').length).toBeGreaterThan(0)
    expect(llm.usage().money).toBeLessThanOrEqual(0.05)
  })

  test('names the limit; a retry needs budget too', async () => {
    server.play(() => ({ kind: 'status', status: 500 }))
    const llm = anLlm(server.url, { budget: { perMinute: { calls: 1 } } })
    expect((await failureOf(llm.score({ text: 'hi' }))).kind).toBe('server_error')
    expect(server.requests).toHaveLength(1)
    expect((await failureOf(llm.score({ text: 'hi' }))).message).toBe(
      'budget used up: calls per minute',
    )
  })

  test('an attempt that was given up on keeps its estimate, a refused one costs nothing', async () => {
    const llm = anLlm(server.url, { timeoutMs: 400 })
    server.play(() => ({ kind: 'status', status: 401 }))
    await failureOf(llm.score({ text: 'hi' }))
    expect(llm.health().spent.today.tokens).toBe(0)
    server.play(() => ({ kind: 'hang' }))
    await failureOf(llm.score({ text: 'hi' }))
    expect(llm.health().spent.today.tokens).toBeGreaterThan(1_200)
  })

  test('a server that counts no tokens is booked at the estimate', async () => {
    server.play(() => ({ kind: 'answer', usage: null }))
    const llm = anLlm(server.url)
    await llm.score({ text: 'hi' })
    expect(llm.usage().promptTokens).toBeGreaterThan(1_000)
  })
})

describe('circuit breaker', () => {
  test('opens after repeated failures, lets one probe through, and closes when it succeeds', async () => {
    let skipped = 0
    const llm = anLlm(server.url, { elapsedMs: () => performance.now() + skipped, maxRunning: 8 })
    server.play(() => ({ kind: 'status', status: 500 }))
    for (let ticket = 0; ticket < 3; ticket++) await failureOf(llm.score({ text: 'hi' }))
    expect(llm.health().breaker).toBe('open')
    expect(server.requests).toHaveLength(5)
    expect(await kindsOf(Array.from({ length: 50 }, () => llm.score({ text: 'hi' })))).toEqual(
      Array.from({ length: 50 }, () => 'circuit_open'),
    )
    expect(server.requests).toHaveLength(5)

    skipped = 10_000
    expect(llm.health().breaker).toBe('half_open')
    server.play(() => ({ kind: 'answer', delayMs: 50 }))
    const kinds = await kindsOf(Array.from({ length: 8 }, () => llm.score({ text: 'hi' })))
    expect(kinds.filter((kind) => kind === 'scored')).toHaveLength(1)
    expect(server.requests).toHaveLength(6)
    expect(llm.health().breaker).toBe('closed')
  })

  test('is not opened by what a ticket can provoke', async () => {
    const llm = anLlm(server.url)
    server.play((_, nth) =>
      nth % 2 === 0 ? { kind: 'answer', refusal: 'no' } : { kind: 'answer', finish: 'length' },
    )
    for (let ticket = 0; ticket < 12; ticket++) await failureOf(llm.score({ text: 'hi' }))
    expect(llm.health()).toMatchObject({ breaker: 'closed', consecutiveFailures: 0 })
  })
})

test('random faults under load: every ticket ends in time, no retry storm, no place lost', async () => {
  const faults = [
    { kind: 'answer' },
    { kind: 'answer', delayMs: 30 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429, headers: { 'retry-after-ms': '20' } },
    { kind: 'reset' },
    { kind: 'cut' },
    { kind: 'cut', stay: true },
    { kind: 'hang' },
    { kind: 'answer', content: 'nonsense' },
  ] as const
  let draw = 1
  server.play(() => faults[(draw = (draw * 48_271) % 2_147_483_647) % faults.length]!)
  const llm = anLlm(server.url, { timeoutMs: 500, maxRunning: 8, maxWaiting: 400 })
  const slowest: number[] = []
  const scores = Array.from({ length: 200 }, async (_, at) => {
    await new Promise((resolve) => setTimeout(resolve, at * 5))
    const before = performance.now()
    await llm.score({ text: 'hi' }).finally(() => slowest.push(performance.now() - before))
  })
  const kinds = await kindsOf(scores)
  expect(kinds).toHaveLength(200)
  expect(Math.max(...slowest)).toBeLessThan(1_000)
  expect(server.requests.length).toBeLessThanOrEqual(400)
  expect(llm.health()).toMatchObject({ running: 0, waiting: 0 })
  const { tickets, scored, failed } = llm.usage()
  expect(scored + Object.values(failed).reduce((a, b) => a + b, 0)).toBe(tickets)
}, 20_000)

import { expect, test } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { TriageError } from '../src/domain/errors.ts'

test('without any variable the service is on loopback with the embedded store', () => {
  expect(parseConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8787,
    loopback: true,
    dataDir: './data',
    databaseUrl: undefined,
    answerBudgetMs: 400,
  })
})

test('an empty variable counts as absent', () => {
  expect(parseConfig({ PORT: '', DATABASE_URL: '' })).toEqual(parseConfig({}))
})

test('all mistakes are named at once, and no value is shown', () => {
  const wrong = {
    PORT: '99999',
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    LOG_LEVEL: 'loud',
    INFERENCE_THREADS: 'many',
    ANSWER_BUDGET_MS: '-4',
  }
  try {
    parseConfig(wrong)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(TriageError)
    const { message } = error as TriageError
    for (const name of Object.keys(wrong)) expect(message).toContain(name)
    for (const value of Object.values(wrong)) expect(message).not.toContain(value)
  }
})

test.each(['0.0.0.0', '192.168.1.4', '::'])('%s is not loopback', (HOST) => {
  expect(parseConfig({ HOST }).loopback).toBe(false)
})

test('without OPENAI_MODEL there is no LLM, whatever key lies around', () => {
  expect(parseConfig({}).llm).toBeUndefined()
  expect(parseConfig({ OPENAI_API_KEY: 'sk-x', OPENAI_BASE_URL: '' }).llm).toBeUndefined()
})

test('what an LLM’s words are worth is measured, so it is configured', () => {
  const given = (LLM_CALIBRATION: string) =>
    parseConfig({ OPENAI_MODEL: 'm', OPENAI_API_KEY: 'k', LLM_CALIBRATION }).llm?.calibration
  expect(given('sure:0.9:high, likely:0.7:medium, unsure:0.4:low')).toEqual({
    sure: { confidence: 0.9, band: 'high' },
    likely: { confidence: 0.7, band: 'medium' },
    unsure: { confidence: 0.4, band: 'low' },
  })
  for (const wrong of ['sure:0.9:high', 'sure:2:high,likely:1:low,unsure:1:low', 'x', 'sure'])
    expect(() => given(wrong)).toThrow('LLM_CALIBRATION: sure:0.9:high,')
})

test('an LLM is a model with a key, or a server of one’s own', () => {
  expect(parseConfig({ OPENAI_MODEL: 'm', OPENAI_API_KEY: 'sk-x' }).llm).toEqual({
    model: 'm',
    apiKey: 'sk-x',
    prompt: 'prompts/classify-ticket.v1.md',
    timeoutMs: 8_000,
    concurrency: 4,
  })
  const own = { OPENAI_MODEL: 'm', OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }
  const limits = { LLM_TIMEOUT_MS: '3000', LLM_CONCURRENCY: '2', LLM_TOKENS_PER_MINUTE: '90000' }
  const prices = { LLM_PRICE_INPUT: '2.5', LLM_PRICE_CACHED: '0', LLM_PRICE_OUTPUT: '10' }
  expect(parseConfig({ ...own, ...limits, ...prices, LLM_MONEY_PER_DAY: '5' }).llm).toEqual({
    model: 'm',
    baseUrl: 'http://127.0.0.1:11434/v1',
    prompt: 'prompts/classify-ticket.v1.md',
    timeoutMs: 3_000,
    concurrency: 2,
    tokensPerMinute: 90_000,
    moneyPerDay: 5,
    prices: { inputPerMillion: 2.5, cachedInputPerMillion: 0, outputPerMillion: 10 },
  })
})

test('PRIVACY=local-only: no LLM, even where one is configured', () => {
  const config = parseConfig({ PRIVACY: 'local-only', OPENAI_MODEL: 'm', OPENAI_API_KEY: 'sk-x' })
  expect(config).toMatchObject({ localOnly: true, llm: undefined })
})

test.each<[string, Record<string, string>, RegExp]>([
  ['OpenAI without a key', { OPENAI_MODEL: 'm' }, /OPENAI_API_KEY: required for OpenAI/],
  ['a budget without prices', { LLM_MONEY_PER_DAY: '5' }, /LLM_PRICE_INPUT.*LLM_PRICE_OUTPUT/s],
  ['an unknown privacy', { PRIVACY: 'local' }, /PRIVACY: local-only/],
  ['an address that is none', { OPENAI_BASE_URL: 'ollama' }, /OPENAI_BASE_URL: an http/],
  ['a price below nothing', { LLM_PRICE_INPUT: '-1' }, /LLM_PRICE_INPUT/],
])('%s is refused by name', (_, env, message) => {
  const attempt = () => parseConfig({ OPENAI_API_KEY: '', ...env, LOG_LEVEL: 'silent' })
  expect(attempt).toThrow(message)
})

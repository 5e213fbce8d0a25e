import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCapabilityMemory } from '../../../src/scorers/llm/capabilities.ts'
import {
  type Behaviour,
  CALM_ANSWER,
  type OpenAiServer,
  type SeenRequest,
  startOpenAiServer,
} from '../../support/openai-server.ts'
import { anLlm, failureOf } from './an-llm.ts'

let server: OpenAiServer
beforeEach(async () => {
  server = await startOpenAiServer()
})
afterEach(() => server.close())

const formats = () => server.requests.map(({ body }) => body.response_format?.type ?? 'text')
const OK: Behaviour = { kind: 'answer' }

/** A server that refuses a request for a reason, in its own words. */
const refusesWhen =
  (reason: (request: SeenRequest) => boolean, message: string, status = 400) =>
  (request: SeenRequest): Behaviour =>
    reason(request) ? { kind: 'status', status, message } : OK

describe('a server without JSON schema', () => {
  test.each([
    ['vLLM', 400, "response_format.type must be 'json_object' or 'text'"],
    ['Azure', 400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported"],
    ['llama.cpp', 500, 'Failed to parse grammar'],
    ['one that explains nothing', 422, 'unprocessable'],
  ])('%s is asked for a JSON object instead, and that is remembered', async (_, status, said) => {
    server.play(
      refusesWhen(({ body }) => body.response_format?.type === 'json_schema', said, status),
    )
    const llm = anLlm(server.url)
    await llm.score({ text: 'first' })
    await llm.score({ text: 'second' })
    expect(formats()).toEqual(['json_schema', 'json_object', 'json_object'])
    expect(llm.health()).toMatchObject({ format: 'json_object', breaker: 'closed' })
    expect(llm.usage().retries).toBe(0)
  })

  test('and without any response format is asked in plain text', async () => {
    server.play(refusesWhen(({ body }) => body.response_format !== undefined, 'response_format?'))
    const llm = anLlm(server.url)
    await llm.score({ text: 'first' })
    await llm.score({ text: 'second' })
    expect(formats()).toEqual(['json_schema', 'json_object', 'text', 'text'])
  })

  test('shares what it is known for with other scorers, and is tried again after an hour', async () => {
    server.play(
      refusesWhen(({ body }) => body.response_format?.type === 'json_schema', 'json_schema?'),
    )
    let later = 0
    const capabilities = createCapabilityMemory(() => performance.now() + later)
    await anLlm(server.url, { capabilities }).score({ text: 'first' })
    await anLlm(server.url, { capabilities }).score({ text: 'second' })
    expect(formats()).toEqual(['json_schema', 'json_object', 'json_object'])
    later = 3_700_000
    await anLlm(server.url, { capabilities }).score({ text: 'third' })
    expect(formats().slice(3)).toEqual(['json_schema', 'json_object'])
  })
})

test('a reasoning model without temperature, seed and max_tokens is asked without them', async () => {
  server.play(({ body }) => {
    if (body.max_tokens !== undefined)
      return {
        kind: 'status',
        status: 400,
        param: 'max_tokens',
        message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
      }
    if (body.temperature !== undefined)
      return { kind: 'status', status: 400, message: "'temperature' does not support 0" }
    if (body.seed !== undefined)
      return { kind: 'status', status: 400, message: 'Unknown parameter: seed' }
    return OK
  })
  const settings: unknown[] = []
  const llm = anLlm(server.url, { observe: (call) => settings.push(call.settings) })
  await llm.score({ text: 'first' })
  await llm.score({ text: 'second' })
  expect(server.requests).toHaveLength(5)
  expect(server.requests[4]!.body).toMatchObject({ max_completion_tokens: 1_200 })
  expect(settings.at(-1)).toEqual({ format: 'json_schema', temperature: null, seed: null })
})

test('once a form is proven, an unexplained 400 is about the ticket and changes nothing', async () => {
  const llm = anLlm(server.url)
  await llm.score({ text: 'first' })
  server.play(() => ({ kind: 'status', status: 400, message: 'maximum context length exceeded' }))
  expect((await failureOf(llm.score({ text: 'second' }))).kind).toBe('rejected')
  server.play(() => OK)
  await llm.score({ text: 'third' })
  expect(formats()).toEqual(['json_schema', 'json_schema', 'json_schema'])
})

test('a server that refuses everything ends in a named failure, not in a loop', async () => {
  server.play(() => ({ kind: 'status', status: 400, message: 'max_tokens' }))
  expect((await failureOf(anLlm(server.url).score({ text: 'first' }))).kind).toBe('rejected')
  expect(server.requests.length).toBeLessThanOrEqual(8)
})

test('a first ticket that the server rejects in every form teaches nothing', async () => {
  const llm = anLlm(server.url)
  server.play(() => ({ kind: 'status', status: 400, message: 'maximum context length exceeded' }))
  expect((await failureOf(llm.score({ text: 'too long' }))).kind).toBe('rejected')
  expect(llm.health().format).toBe('json_schema')
})

describe('an answer in plain text', () => {
  const json = JSON.stringify(CALM_ANSWER)
  test.each([
    ['bare', json],
    ['with prose around it', `Here are the labels you asked for:\n${json}\nAnything else?`],
    ['in a code fence', `\`\`\`json\n${json}\n\`\`\``],
    ['after thinking', `<think>maybe {"intent":"security"}?</think>\n${json}`],
  ])('%s is read', async (_, content) => {
    server.play(() => ({ kind: 'answer', content }))
    expect((await anLlm(server.url).score({ text: 'hi' })).intent).toMatchObject({ label: 'other' })
  })

  test.each([
    ['two objects', `${json}\n${json}`, 'invalid_json'],
    ['an array', `[${json}]`, 'wrong_schema'],
    ['an added member', JSON.stringify({ ...CALM_ANSWER, note: 'hi' }), 'wrong_schema'],
    ['a number as text', JSON.stringify({ ...CALM_ANSWER, urgency: '0' }), 'wrong_schema'],
    ['a value off the scale', JSON.stringify({ ...CALM_ANSWER, sentiment: -3 }), 'wrong_schema'],
    ['an unknown kind', json.replace('[]', '[{"kind":"joy","quote":"hi"}]'), 'wrong_schema'],
    ['nothing', 'I cannot label this.', 'invalid_json'],
  ])('%s never passes', async (_, content, kind) => {
    server.play(() => ({ kind: 'answer', content }))
    expect((await failureOf(anLlm(server.url).score({ text: 'hi' }))).kind).toBe(kind)
  })
})

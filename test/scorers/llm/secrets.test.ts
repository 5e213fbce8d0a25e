import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type OpenAiServer, startOpenAiServer } from '../../support/openai-server.ts'
import { anLlm, failureOf } from './an-llm.ts'

let server: OpenAiServer
let elsewhere: OpenAiServer
beforeAll(async () => {
  server = await startOpenAiServer()
  elsewhere = await startOpenAiServer()
})
afterAll(async () => {
  await server.close()
  await elsewhere.close()
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const CANARY = 'canary-7f3a'

test('no secret of the environment, and nothing but the request, leaves the process', async () => {
  const names =
    'OPENAI_API_KEY OPENAI_ADMIN_KEY OPENAI_ORG_ID OPENAI_PROJECT_ID OPENAI_WEBHOOK_SECRET AZURE_OPENAI_API_KEY AWS_BEARER_TOKEN_BEDROCK DATABASE_URL'
  for (const name of names.split(' ')) vi.stubEnv(name, `${CANARY}-${name}`)
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', `x-leak: ${CANARY}\nauthorization: Bearer ${CANARY}`)
  vi.stubEnv('OPENAI_BASE_URL', elsewhere.url)
  vi.stubEnv('OPENAI_LOG', 'debug')
  const printed = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => undefined),
  )

  server.play((_, nth) => (nth === 1 ? { kind: 'status', status: 500 } : { kind: 'answer' }))
  const llm = anLlm(server.url)
  await llm.score({ text: 'first' })
  await llm.score({ text: 'second' })
  server.play(() => ({ kind: 'status', status: 307, headers: { location: elsewhere.url } }))
  await failureOf(llm.score({ text: 'third' }))

  expect(server.requests).toHaveLength(4)
  for (const { headers, text } of server.requests) {
    expect(JSON.stringify(headers) + text).not.toContain(CANARY)
    expect(headers.authorization).toBe('Bearer sk-the-configured-key')
    expect(text).not.toContain('sk-the-configured-key')
    expect(Object.keys(headers).sort()).toEqual(
      expect.arrayContaining(['accept', 'authorization', 'content-length', 'content-type', 'host']),
    )
    expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual([])
  }
  expect(elsewhere.requests).toHaveLength(0)
  for (const spy of printed) expect(spy).not.toHaveBeenCalled()
})

test('a server without a key is sent none', async () => {
  vi.stubEnv('OPENAI_API_KEY', CANARY)
  server.play(() => ({ kind: 'answer' }))
  server.requests.length = 0
  const llm = anLlm(server.url)
  await anLlm(server.url, { apiKey: undefined as never }).score({ text: 'hi' })
  expect(server.requests[0]!.headers.authorization).toBeUndefined()
  expect(llm.version).not.toContain('sk-')
})

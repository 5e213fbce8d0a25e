import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, harmlessTicket, openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

let db: Db
let api: TestApp

beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db, { maxBodyBytes: 4_096 })
})
afterAll(() => db.close())

const send = (body: string | Uint8Array | ReadableStream) =>
  api.app.request('/triage/batch', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
    duplex: 'half',
  })

const linesOf = async (response: Response) =>
  (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('every line is answered in its place, bad ones with an error that names the line', async () => {
  const lines = [
    JSON.stringify(harmlessTicket('b-1')),
    '{"id": broken',
    '',
    JSON.stringify(criticalTicket('b-2')),
    JSON.stringify({ id: 'b-3' }),
    JSON.stringify({ id: 'b-4', body: 'x'.repeat(5_000) }),
    JSON.stringify(harmlessTicket('b-5')),
  ]
  const answers = await linesOf(await send(lines.join('\n')))
  expect(answers.map((answer) => answer['ticketId'] ?? answer['line'])).toEqual([
    'b-1',
    2,
    'b-2',
    5,
    6,
    'b-5',
  ])
  expect(
    answers.map((answer) => (answer['error'] as { status: number } | undefined)?.status),
  ).toEqual([undefined, 400, undefined, 422, 413, undefined])
})

test('broken UTF-8 spoils its own line only, and lines may be cut anywhere', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${JSON.stringify({ id: 'u-1', body: 'Ünïcödé 👍 works?' })}\n`),
    Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]),
    Buffer.from(JSON.stringify({ id: 'u-2', body: 'The last line has no line feed' })),
  ])
  const oneByteAtATime = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  const answers = await linesOf(await send(oneByteAtATime))
  expect(answers.map((answer) => answer['ticketId'] ?? answer['line'])).toEqual(['u-1', 2, 'u-2'])
})

test('answers stream while tickets are still being sent, and a reader that stops stops the work', async () => {
  const server = createServer(getRequestListener(api.app.fetch)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      controller.enqueue(
        new TextEncoder().encode(`${JSON.stringify(harmlessTicket(`s-${sent++}`))}\n`),
      )
    },
  })
  const abort = new AbortController()
  const response = await fetch(`http://127.0.0.1:${port}/triage/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: endless,
    duplex: 'half',
    signal: abort.signal,
  })
  const reader = response.body!.getReader()
  const { value } = await reader.read()
  expect(new TextDecoder().decode(value)).toContain('"ticketId":"s-0"')
  abort.abort()
  server.closeAllConnections()
  server.close()
  const recorded = async () =>
    (await db.rows<{ n: number }>('select count(*)::int as n from tickets'))[0]!.n
  await new Promise((resolve) => setTimeout(resolve, 500))
  const afterwards = await recorded()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await recorded()).toBe(afterwards)
})

test('another content type is refused', async () => {
  const response = await api.post('/triage/batch', '[]')
  expect(response.status).toBe(415)
})

test('a line is answered while the request stays open for the next one', async () => {
  const lines = new TransformStream<Uint8Array, Uint8Array>()
  const input = lines.writable.getWriter()
  const line = (id: string) => new TextEncoder().encode(`${JSON.stringify(harmlessTicket(id))}\n`)
  const answers = (await send(lines.readable)).body!.getReader()
  for (const id of ['open-1', 'open-2']) {
    await input.write(line(id))
    const { value } = await answers.read()
    expect(JSON.parse(new TextDecoder().decode(value))).toMatchObject({ ticketId: id })
  }
  await input.close()
  expect((await answers.read()).done).toBe(true)
}, 5_000)

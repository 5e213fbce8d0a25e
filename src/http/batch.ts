import { createRoute, z } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import type { App } from './app.ts'
import { callerOf, requireRole } from './auth.ts'
import { problems } from './openapi.ts'
import { problemOf, requestIdOf } from './problem.ts'
import {
  decodeUtf8,
  joinBytes,
  parseAs,
  parseJson,
  requireMediaType,
  tooLarge,
} from './read-body.ts'
import { ticketSchema } from './ticket-schema.ts'
import type { TriageEndpointDeps } from './triage.ts'
import { answerText } from './triage.ts'

const NDJSON = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'] as const

/** Tickets of one batch in work at once; enough to keep the scoring threads and the store busy. */
const AHEAD = 16

const route = createRoute({
  method: 'post',
  tags: ['Triage'],
  path: '/triage/batch',
  summary: 'Decide many tickets, streamed',
  description:
    'One ticket a line in, one answer a line out, in order, while the request is still being sent. A bad line gives a line `{"line": n, "error": {…problem…}}` in its place; nothing is lost and the rest goes on. The ticket id makes each line safe to repeat.',
  request: {
    body: {
      required: true,
      content: {
        [NDJSON[0]]: {
          schema: z.string().openapi({ description: 'Tickets, one JSON object a line' }),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'Answers or errors, one JSON object a line',
      content: { [NDJSON[0]]: { schema: z.string() } },
    },
    ...problems(401, 403, 415, 429),
  },
})

export function addBatch(app: App, deps: TriageEndpointDeps): void {
  app.openAPIRegistry.registerPath(route)
  app.post('/triage/batch', requireRole(deps, 'platform'), (c) => {
    requireMediaType(c, ...NDJSON)
    const caller = callerOf(c).name
    const requestId = requestIdOf(c)

    async function answerLine(line: Line): Promise<string> {
      try {
        if (line.bytes === null) throw tooLarge(deps.maxBodyBytes)
        const ticket = parseAs(ticketSchema, parseJson(decodeUtf8(line.bytes)))
        return answerText(await deps.triage(ticket, { caller, idempotency: null }))
      } catch (error) {
        return JSON.stringify({ line: line.number, error: problemOf(error, requestId) })
      }
    }

    c.header('content-type', NDJSON[0])
    return stream(
      c,
      async (out) => {
        // Answers leave in order, each as soon as it is there, also while the next line is waited for. Waiting on
        // `write` is the back-pressure: a slow reader stops the reading of lines.
        const writes: Promise<void>[] = []
        let last = Promise.resolve()
        for await (const line of readLines(c.req.raw.body, deps.maxBodyBytes)) {
          if (out.aborted) return
          const answer = answerLine(line)
          last = last.then(async () => void (await out.write(`${await answer}\n`)))
          writes.push(last)
          if (writes.length >= AHEAD) await writes.shift()
        }
        await last
      },
      // The client went away in the middle: what was accepted is stored, and the same lines can be sent again.
      async () => {},
    )
  })
}

/** `bytes` is null for a line over the limit; its number still counts. */
type Line = { readonly number: number; readonly bytes: Uint8Array | null }

const NEWLINE = 0x0a

/** Lines as bytes, so that broken UTF-8 spoils one line only. Blank lines are passed over. Memory: one line. */
async function* readLines(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): AsyncGenerator<Line> {
  if (body === null) return
  let parts: Uint8Array[] = []
  let size = 0
  let number = 0
  const take = (): Line | undefined => {
    number++
    const over = size > maxBytes
    const bytes = over ? null : joinBytes(parts, size)
    parts = []
    size = 0
    return bytes !== null && isBlank(bytes) ? undefined : { number, bytes }
  }
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, at))
      const line = take()
      if (line !== undefined) yield line
      from = at + 1
    }
    keep(chunk.subarray(from))
  }
  if (size > 0) {
    const line = take()
    if (line !== undefined) yield line
  }

  function keep(part: Uint8Array): void {
    size += part.byteLength
    if (size <= maxBytes) parts.push(part)
    else parts = []
  }
}

const isBlank = (bytes: Uint8Array) =>
  bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)

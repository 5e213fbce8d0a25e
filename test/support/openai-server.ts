import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { LlmAnswer } from '../../src/scorers/llm/answer-schema.ts'

/** What the server does with one request. */
export type Behaviour =
  | {
      readonly kind: 'answer'
      readonly answer?: unknown
      /** Sent instead of the answer's JSON. */
      readonly content?: string | null
      readonly finish?: string
      readonly refusal?: string
      readonly delayMs?: number
      /** Not before this. */
      readonly after?: Promise<unknown>
      readonly usage?: object | null
      readonly tokens?: readonly { readonly token: string; readonly logprob: number }[]
    }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      /** Default: an error object of the protocol. */
      readonly body?: string
      readonly message?: string
      readonly param?: string
      readonly code?: string
    }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Sends the headers and half of the body, then closes or, with `stay`, says nothing more. */
  | { readonly kind: 'cut'; readonly stay?: boolean }
  /** Resets the connection before any byte. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'raw'; readonly body: string; readonly type?: string }
  /** A body that does not end. */
  | { readonly kind: 'flood' }

export type ChatBody = {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly response_format?: { readonly type: string; readonly json_schema?: { schema: object } }
  readonly temperature?: number
  readonly seed?: number
  readonly max_tokens?: number
  readonly max_completion_tokens?: number
  readonly logprobs?: boolean
}

export type SeenRequest = {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly body: ChatBody
}

export type OpenAiServer = {
  /** With `/v1`, as `OPENAI_BASE_URL` wants it. */
  readonly url: string
  readonly requests: SeenRequest[]
  /** How many requests it holds at this moment, and the most that it ever held. */
  readonly load: () => { readonly now: number; readonly peak: number }
  /** Decides about each request from now on; `nth` counts from 0 since the last call of `play`. */
  readonly play: (script: (request: SeenRequest, nth: number) => Behaviour) => void
  readonly close: () => Promise<void>
}

/** A plain question: what a calm model says about nothing in particular. */
export const CALM_ANSWER: LlmAnswer = {
  language: 'en',
  triggers: [],
  emotions: [],
  sentiment: 0,
  urgency: 0,
  intent: 'other',
  other_intents: [],
  priority: 'low',
  confidence: {
    language: 'sure',
    emotions: 'sure',
    sentiment: 'sure',
    urgency: 'sure',
    intent: 'sure',
    priority: 'sure',
  },
}

/** A real HTTP server that speaks Chat Completions and misbehaves on request. */
export async function startOpenAiServer(port = 0): Promise<OpenAiServer> {
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let script: (request: SeenRequest, nth: number) => Behaviour = () => ({ kind: 'answer' })
  let nth = 0
  let now = 0
  let peak = 0

  const server = createServer((incoming, response) => {
    now++
    peak = Math.max(peak, now)
    response.once('close', () => now--)
    void readText(incoming).then((text) => {
      const seen: SeenRequest = {
        path: incoming.url ?? '',
        headers: incoming.headers,
        text,
        body: JSON.parse(text) as ChatBody,
      }
      requests.push(seen)
      act(script(seen, nth++), seen, response)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    load: () => ({ now, peak }),
    play: (next) => {
      script = next
      nth = 0
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk)
  return text
}

function act(behaviour: Behaviour, { body }: SeenRequest, response: ServerResponse): void {
  const json = { 'content-type': 'application/json' }
  switch (behaviour.kind) {
    case 'answer':
      void Promise.resolve(behaviour.after).then(() =>
        setTimeout(() => {
          response.writeHead(200, json)
          response.end(JSON.stringify(completion(behaviour, body)))
        }, behaviour.delayMs ?? 0),
      )
      return
    case 'status': {
      const { status, headers, message = `status ${status}`, param = null, code } = behaviour
      const error = { error: { message, type: 'error', param, code: code ?? null } }
      response.writeHead(status, { ...json, ...headers })
      response.end(behaviour.body ?? JSON.stringify(error))
      return
    }
    case 'cut': {
      const whole = JSON.stringify(completion({ kind: 'answer' }, body))
      response.writeHead(200, { ...json, 'content-length': String(whole.length) })
      response.write(whole.slice(0, whole.length / 2))
      if (!behaviour.stay) setTimeout(() => response.destroy(), 5)
      return
    }
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'raw':
      response.writeHead(200, { 'content-type': behaviour.type ?? 'application/json' })
      response.end(behaviour.body)
      return
    case 'flood': {
      response.writeHead(200, json)
      const pour = () => {
        if (!response.destroyed && response.write('x'.repeat(65_536))) setImmediate(pour)
        else response.once('drain', pour)
      }
      pour()
      return
    }
    case 'hang':
      return
  }
}

function completion(behaviour: Extract<Behaviour, { kind: 'answer' }>, body: ChatBody): object {
  const { answer = CALM_ANSWER, refusal = null, finish = 'stop', tokens } = behaviour
  const content =
    behaviour.content !== undefined
      ? behaviour.content
      : refusal === null
        ? JSON.stringify(answer)
        : null
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: `${body.model}-2026-10-01`,
    system_fingerprint: 'fp_test',
    choices: [
      {
        index: 0,
        finish_reason: finish,
        message: { role: 'assistant', content, refusal },
        logprobs: tokens === undefined ? null : { content: tokens },
      },
    ],
    ...(behaviour.usage !== null && {
      usage: behaviour.usage ?? {
        prompt_tokens: 3_000,
        completion_tokens: 200,
        total_tokens: 3_200,
        prompt_tokens_details: { cached_tokens: 2_500 },
      },
    }),
  }
}

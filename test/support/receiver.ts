import { createServer } from 'node:http'

export type Received = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly at: number
}
export type Reply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly afterMs?: number
}

export type Receiver = {
  readonly url: string
  readonly port: number
  readonly received: readonly Received[]
  readonly on: (path: string) => readonly Received[]
  readonly close: () => Promise<void>
}

/** A server that keeps what it gets and answers as `reply` says for each path. */
export async function startReceiver(
  reply: (path: string, count: number) => Reply,
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? '/'
      const headers = request.headers as Record<string, string>
      received.push({ path, headers, body: Buffer.concat(chunks).toString(), at: Date.now() })
      const count = received.filter((one) => one.path === path).length
      const { status, headers: given = {}, afterMs = 0 } = reply(path, count)
      setTimeout(() => response.writeHead(status, given).end('ok'), afterMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    on: (path) => received.filter((one) => one.path === path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

import type { ServerType } from '@hono/node-server'
import type { Socket } from 'node:net'

const STATUS: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The request headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive'],
}

/** Requests that Node's parser refuses never reach the app; they get a problem document too. */
export function answerClientErrors(server: ServerType): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
    const [status, title] = STATUS[error.code ?? ''] ?? [400, 'The request is not well formed']
    const body = JSON.stringify({ type: 'about:blank', title, status })
    socket.end(
      `HTTP/1.1 ${status} Error\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
    return undefined
  })
}

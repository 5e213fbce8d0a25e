import type { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { setPageHeaders } from './layout.ts'

export type EventDeps = {
  /** May be asked by every open page at any time: the answer is shared for about a second. */
  readonly queueMark: () => Promise<{ readonly open: number; readonly mark: string }>
  readonly now: () => Date
  /** Aborted when the process is about to end: open streams would hold it up. */
  readonly closing?: AbortSignal
}

const EVERY_MS = 1_000
/** Proxies close what is silent for long. */
const BEAT_EVERY = 15
/** Then the browser comes again and its session is checked. */
const LOOKS = 600

/**
 * Tells open pages that the queue looks different now; they fetch what changed. The state itself is never sent, so
 * nothing can be missed: whoever reconnects is told at once.
 */
export function addEvents(desk: Hono, deps: EventDeps): void {
  desk.get('/events', (c) => {
    setPageHeaders(c)
    c.header('x-accel-buffering', 'no')
    return streamSSE(
      c,
      async (stream) => {
        let seen = ''
        for (let look = 0; look < LOOKS && !stream.aborted; look++) {
          if (deps.closing?.aborted === true) return
          const { open, mark } = await deps.queueMark()
          if (mark !== seen || look % BEAT_EVERY === 0) {
            const data = JSON.stringify({ open, now: deps.now().toISOString() })
            await stream.writeSSE({ event: mark === seen ? 'beat' : 'queue', data, retry: 2_000 })
          }
          seen = mark
          await stream.sleep(EVERY_MS)
        }
      },
      // A store that is away ends the stream; the browser tries again.
      async (_error, stream) => stream.close(),
    )
  })
}

import type { Deliverer } from '../deliver.ts'
import type { Db } from '../store/db.ts'
import { forgetExpired } from '../store/forget-expired.ts'
import { seal } from '../store/seal.ts'
import { vacuumQueues } from '../store/vacuum.ts'
import type { TickPart } from '../tick.ts'
import { tick } from '../tick.ts'

export type TimerOptions = {
  readonly now: () => Date
  readonly deliverer: Deliverer
  /** What falls due with time. */
  readonly parts: () => readonly TickPart[]
  readonly onError: (error: unknown, task: string) => void
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The work that waits for no request. Each task is safe to run on many replicas at once; one runs at a time here. */
export function startTimers(db: Db, options: TimerOptions): { stop: () => Promise<void> } {
  const loops = [
    repeat('tick', 2 * SECOND, () => tick({ ...options, parts: options.parts() }), options),
    repeat('deliver', SECOND, options.deliverer.pass, options),
    repeat('seal the audit chain', 3 * SECOND, () => seal(db, options.now()), options),
    repeat('forget expired rows', 10 * MINUTE, () => forgetExpired(db, options.now()), options),
    repeat('vacuum queues', 5 * MINUTE, () => vacuumQueues(db), options),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((stop) => stop()))
      await options.deliverer.settled()
    },
  }
}

/** Runs `task` every `everyMs`, never twice at a time; stopping waits for a run in work. */
function repeat(
  name: string,
  everyMs: number,
  task: () => Promise<unknown>,
  { onError }: TimerOptions,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    running = task()
      .then(
        () => {},
        (error: unknown) => onError(error, name),
      )
      .finally(() => {
        busy = false
      })
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}

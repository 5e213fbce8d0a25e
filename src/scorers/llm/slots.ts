import { LlmFailure } from './failure.ts'

export type Slots = {
  /**
   * Waits for a place among the running calls; the result gives it back.
   * @throws LlmFailure `queue_full` at once, or the abort's reason while waiting.
   */
  readonly take: (abort: AbortSignal) => Promise<() => void>
  readonly running: () => number
  readonly waiting: () => number
}

/** At most `running` calls at a time and `waiting` behind them, first come first served. */
export function createSlots(most: { readonly running: number; readonly waiting: number }): Slots {
  const queue: (() => void)[] = []
  let running = 0

  function giveBack(): () => void {
    let given = false
    return () => {
      if (given) return
      given = true
      running--
      queue.shift()?.()
    }
  }

  async function take(abort: AbortSignal): Promise<() => void> {
    abort.throwIfAborted()
    if (running >= most.running) {
      if (queue.length >= most.waiting) throw new LlmFailure('queue_full', 'queue full')
      await turn(abort)
    } else running++
    return giveBack()
  }

  function turn(abort: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        abort.removeEventListener('abort', leave)
        running++
        resolve()
      }
      const leave = () => {
        queue.splice(queue.indexOf(start), 1)
        reject(abort.reason as Error)
      }
      queue.push(start)
      abort.addEventListener('abort', leave, { once: true })
    })
  }

  return { take, running: () => running, waiting: () => queue.length }
}

/** How much of the answer's time is kept for deciding and recording, from how long that took lately. */
export type AnswerReserve = {
  readonly ms: () => number
  /** From the end of the waiting, as planned, until the decision was recorded. */
  readonly took: (ms: number) => void
}

const REMEMBERED = 256
/** One answer in a hundred may take longer than the reserve, before the margin. */
const SHARE = 0.99
const MARGIN = 1.2

/** Under load recording queues and timers fire late; then the waiting ends earlier. 0 until something was measured. */
export function createAnswerReserve(): AnswerReserve {
  const last: number[] = []
  let next = 0
  return {
    ms: () => {
      const order = last.toSorted((a, b) => a - b)
      return (order[Math.ceil(order.length * SHARE) - 1] ?? 0) * MARGIN
    },
    took: (ms) => {
      last[next] = ms
      next = (next + 1) % REMEMBERED
    },
  }
}

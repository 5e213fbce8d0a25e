export type LateWork = {
  readonly later: (work: Promise<unknown>) => void
  /** Resolves when nothing is left, or after `mostMs`: what is left then is given up. */
  readonly finish: (mostMs: number) => Promise<void>
}

/** Work that no answer waits for. It is bounded by whoever starts it: here by the LLM's places and queue. */
export function createLateWork(onError: (error: unknown) => void): LateWork {
  const running = new Set<Promise<void>>()
  return {
    later: (work) => {
      const settled = work.then(
        () => {},
        (error: unknown) => onError(error),
      )
      running.add(settled)
      void settled.finally(() => running.delete(settled))
    },
    finish: async (mostMs) => {
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, mostMs)))
      await Promise.race([Promise.all(running), patience])
      clearTimeout(timer)
    },
  }
}

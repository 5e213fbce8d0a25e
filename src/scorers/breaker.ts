/**
 * closed → open after `failures` in a row, or at once when the server names a time to stay away; open → half_open when
 * that time is over: one probe. Its success closes, its failure opens for twice as long.
 */
export type BreakerState = 'closed' | 'open' | 'half_open'

/** What became of an admitted call. `unknown`: it says nothing about the server (aborted, refused by the model). */
export type Admission = {
  readonly succeeded: () => void
  readonly failed: (stayAwayMs?: number) => void
  readonly unknown: () => void
}

export type Breaker = {
  /** Undefined when no call may be made now. Each admission must be answered exactly once. */
  readonly admit: () => Admission | undefined
  readonly state: () => BreakerState
  /** Milliseconds until the next probe; 0 when calls are admitted. */
  readonly reopensInMs: () => number
  readonly consecutiveFailures: () => number
}

export type BreakerOptions = {
  readonly failures: number
  readonly firstOpenMs: number
  readonly mostOpenMs: number
}

/** Time and chance come in: `elapsedMs` is monotonic, `random` in [0, 1) spreads the probes of several replicas. */
export function createBreaker(
  options: BreakerOptions,
  { elapsedMs, random }: { readonly elapsedMs: () => number; readonly random: () => number },
): Breaker {
  let failures = 0
  let openedTimes = 0
  let openUntil: number | undefined
  let probing = false
  // Calls admitted before the breaker last changed may not change it again when they end late.
  let generation = 0

  function state(): BreakerState {
    if (openUntil === undefined) return 'closed'
    return elapsedMs() < openUntil ? 'open' : 'half_open'
  }

  function admit(): Admission | undefined {
    const now = state()
    if (now === 'open' || (now === 'half_open' && probing)) return undefined
    if (now === 'half_open') probing = true
    return admission(generation)
  }

  function admission(admitted: number): Admission {
    let answered = false
    const answer = (act: () => void) => {
      if (answered || admitted !== generation) return
      answered = true
      act()
    }
    return {
      succeeded: () => answer(close),
      unknown: () => answer(() => (probing = false)),
      failed: (stayAwayMs = 0) =>
        answer(() => {
          failures++
          if (stayAwayMs > 0 || probing || failures >= options.failures) open(stayAwayMs)
        }),
    }
  }

  function close(): void {
    if (openUntil !== undefined) generation++
    failures = 0
    openedTimes = 0
    openUntil = undefined
    probing = false
  }

  function open(stayAwayMs: number): void {
    const doubled = Math.min(options.mostOpenMs, options.firstOpenMs * 2 ** openedTimes)
    const jittered = doubled * (0.75 + random() / 2)
    openUntil = elapsedMs() + (stayAwayMs > 0 ? stayAwayMs : jittered)
    openedTimes++
    probing = false
    generation++
  }

  return {
    admit,
    state,
    reopensInMs: () => Math.max(0, Math.ceil((openUntil ?? 0) - elapsedMs())),
    consecutiveFailures: () => failures,
  }
}

import type { TokenUsage } from './chat.ts'

/** What one ticket has cost so far; kept by the caller, because it counts also when the call fails. */
export type Tally = {
  attempts: number
  retries: number
  usage: TokenUsage
  money: number
  /** How the last attempt was asked for. */
  settings: CallSettings | null
}

export type CallSettings = {
  readonly format: string
  /** Null: the server's default, because it does not let clients choose. */
  readonly temperature: number | null
  readonly seed: number | null
}

export function newTally(): Tally {
  return {
    attempts: 0,
    retries: 0,
    usage: { prompt: 0, cached: 0, completion: 0 },
    money: 0,
    settings: null,
  }
}

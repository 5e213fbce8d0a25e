import type { Arrival } from './stream.ts'

/** A key that stands out at one moment. */
export type Alarm = { readonly atMs: number; readonly key: string }

/** Hears every arrival in order, with its keys, and says which of them stand out. */
export type Detector = {
  readonly name: string
  readonly parameter: number
  readonly hear: (arrival: Arrival, keys: readonly string[]) => readonly string[]
}

const WINDOW_MS = 3_600_000
const LEAST = 5

/** Distinct customers per key in a sliding window, exact. */
function slidingCounts() {
  const last = new Map<string, Map<string, number>>()
  return (key: string, { customer, atMs }: Arrival): number => {
    const seen = last.get(key) ?? new Map<string, number>()
    last.set(key, seen)
    seen.delete(customer)
    seen.set(customer, atMs)
    // Oldest first, as the map keeps the order of insertion.
    for (const [who, when] of seen) {
      if (when > atMs - WINDOW_MS) break
      seen.delete(who)
    }
    return seen.size
  }
}

/** So many customers in an hour, whatever is usual. */
export function fixedThreshold(threshold: number): Detector {
  const count = slidingCounts()
  return {
    name: 'fixed threshold',
    parameter: threshold,
    hear: (arrival, keys) => keys.filter((key) => count(key, arrival) >= threshold),
  }
}

/** Mean and deviation of the customers an hour at this hour of the day, from all days before (as EARS C2 without its gap). */
export function zScore(limit: number): Detector {
  const count = slidingCounts()
  const perHour = new Map<string, Map<number, Set<string>>>()
  const history = new Map<string, { sum: number; squares: number }[]>()
  let firstHour: number | undefined
  return {
    name: 'z-score, hour of day',
    parameter: limit,
    hear: (arrival, keys) => {
      const hour = Math.floor(arrival.atMs / WINDOW_MS)
      firstHour ??= hour
      const days = Math.floor((hour - firstHour) / 24)
      return keys.filter((key) => {
        const hours = perHour.get(key) ?? new Map<number, Set<string>>()
        perHour.set(key, hours)
        for (const [past, customers] of hours)
          if (past < hour) {
            remember(history, key, past % 24, customers.size)
            hours.delete(past)
          }
        hours.set(hour, (hours.get(hour) ?? new Set()).add(arrival.customer))
        const customers = count(key, arrival)
        if (days < 3 || customers < LEAST) return false
        const { sum, squares } = history.get(key)?.[hour % 24] ?? { sum: 0, squares: 0 }
        const mean = sum / days
        const deviation = Math.sqrt(Math.max(squares / days - mean * mean, 0))
        return (customers - mean) / Math.max(deviation, 0.5) >= limit
      })
    },
  }
}

function remember(
  history: Map<string, { sum: number; squares: number }[]>,
  key: string,
  hourOfDay: number,
  count: number,
): void {
  const days = history.get(key) ?? Array.from({ length: 24 }, () => ({ sum: 0, squares: 0 }))
  history.set(key, days)
  days[hourOfDay]!.sum += count
  days[hourOfDay]!.squares += count * count
}

const BIN_MS = 900_000
/** The burst state says it so many times as often. */
const SCALING = 3

/** Cost of the burst state minus that of the other, up to the bin before `bin`. */
type Automaton = {
  difference: number
  bin: number
  allBefore: number
  customers: Set<string>
  total: number
}

/**
 * Kleinberg's two-state automaton (2002, section 4) over bins of 15 minutes: of all messages d the relevant ones r are
 * binomial with the key's usual share in one state and three times that in the other, and entering the other costs
 * γ ln n. With costs c of the states, the difference of the cheapest paths after a bin is
 * max(0, min(γ ln n, difference before)) + c(burst) − c(usual). Online: an alarm as soon as it is below zero. Written
 * for this bench alone.
 */
export function kleinberg(gamma: number): Detector {
  const automata = new Map<string, Automaton>()
  let bin = -1
  let bins = 0
  let inBin = new Set<string>()
  let allBefore = 0

  function hear(key: string, customer: string, enter: number): boolean {
    const state = automata.get(key) ?? {
      difference: enter,
      bin,
      allBefore,
      customers: new Set<string>(),
      total: 0,
    }
    automata.set(key, state)
    const usual = Math.min(0.3, (state.total + 0.5) / (allBefore + 5))
    const burst = usual * SCALING
    const cost = (r: number, d: number) =>
      r * Math.log(usual / burst) + Math.max(0, d - r) * Math.log((1 - usual) / (1 - burst))
    const held = () => Math.max(0, Math.min(enter, state.difference))
    if (state.bin !== bin) {
      const r = state.customers.size
      // Costs are linear in r and d, so the bins without the key since then count as one with the last.
      state.difference = held() + cost(r, allBefore - state.allBefore)
      if (bin - state.bin > 1) state.difference = held()
      state.total += r
      state.customers = new Set()
      state.bin = bin
      state.allBefore = allBefore
    }
    state.customers.add(customer)
    return held() + cost(state.customers.size, inBin.size) < 0
  }

  return {
    name: 'Kleinberg',
    parameter: gamma,
    hear: ({ atMs, customer }, keys) => {
      const here = Math.floor(atMs / BIN_MS)
      if (here !== bin) {
        allBefore += inBin.size
        inBin = new Set()
        bin = here
        bins++
      }
      inBin.add(customer)
      const enter = gamma * Math.log(Math.max(2, bins))
      return keys.filter((key) => hear(key, customer, enter))
    },
  }
}

/** What calls cost. `money` is in the currency of the configured prices. */
export type Cost = { readonly calls: number; readonly tokens: number; readonly money: number }
export type CostLimits = Partial<Cost>

/** `perMinute` counts the last 60 seconds; `perDay` the calendar day in UTC, as providers bill. */
export type BudgetLimits = { readonly perMinute?: CostLimits; readonly perDay?: CostLimits }

export type Reservation = {
  /** Replaces the estimate by what the call really cost; only the first answer counts. */
  readonly settle: (actual: Omit<Cost, 'calls'>) => void
}

export type Budget = {
  /** The limit that this call would break ("tokens per minute"), or the reservation of its estimate. */
  readonly reserve: (estimate: Omit<Cost, 'calls'>) => Reservation | { readonly exhausted: string }
  readonly spent: () => { readonly lastMinute: Cost; readonly today: Cost }
}

const MINUTE_MS = 60_000
const MEASURES = ['calls', 'tokens', 'money'] as const

/**
 * Money and tokens are reserved before a call and settled after it, so that calls in flight cannot overspend together.
 * Counts this process alone.
 */
export function createBudget(
  limits: BudgetLimits,
  { now, elapsedMs }: { readonly now: () => Date; readonly elapsedMs: () => number },
): Budget {
  let minute: { readonly at: number; cost: Cost }[] = []
  let today = { date: '', cost: NOTHING }

  function refresh(): { readonly lastMinute: Cost; readonly today: Cost } {
    const from = elapsedMs() - MINUTE_MS
    const expired = minute.findIndex(({ at }) => at > from)
    minute = expired === -1 ? [] : minute.slice(expired)
    const date = now().toISOString().slice(0, 10)
    if (date !== today.date) today = { date, cost: NOTHING }
    return { lastMinute: minute.map(({ cost }) => cost).reduce(plus, NOTHING), today: today.cost }
  }

  function reserve(estimate: Omit<Cost, 'calls'>): Reservation | { readonly exhausted: string } {
    const spent = refresh()
    const asked: Cost = { calls: 1, ...estimate }
    const broken =
      brokenLimit(plus(spent.lastMinute, asked), limits.perMinute, 'minute') ??
      brokenLimit(plus(spent.today, asked), limits.perDay, 'day')
    if (broken !== undefined) return { exhausted: broken }

    const entry = { at: elapsedMs(), cost: asked }
    const day = today
    minute.push(entry)
    day.cost = plus(day.cost, asked)
    let open = true
    return {
      settle: (actual) => {
        if (!open) return
        open = false
        const cost = { calls: 1, ...actual }
        day.cost = plus(day.cost, difference(cost, entry.cost))
        entry.cost = cost
      },
    }
  }

  return { reserve, spent: refresh }
}

const NOTHING: Cost = { calls: 0, tokens: 0, money: 0 }

function plus(a: Cost, b: Cost): Cost {
  return { calls: a.calls + b.calls, tokens: a.tokens + b.tokens, money: a.money + b.money }
}

function difference(a: Cost, b: Cost): Cost {
  return { calls: a.calls - b.calls, tokens: a.tokens - b.tokens, money: a.money - b.money }
}

function brokenLimit(cost: Cost, limits: CostLimits | undefined, period: string) {
  const measure = MEASURES.find((name) => cost[name] > (limits?.[name] ?? Infinity))
  return measure === undefined ? undefined : `${measure} per ${period}`
}

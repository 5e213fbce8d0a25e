type Random = () => number

/** One customer's message at one time; `burst` is the number of the burst that it belongs to, if any. */
export type Arrival = {
  readonly atMs: number
  readonly customer: string
  /** Place in the list of texts. */
  readonly text: number
  readonly burst: number | null
}

export type Burst = {
  readonly onsetMs: number
  readonly customers: number
  readonly topic: string
}

export type StreamPlan = {
  readonly startMs: number
  readonly weeks: number
  /** Weeks without bursts at the beginning, to learn from. */
  readonly quietWeeks: number
  /** Customers an hour, on average over the week. */
  readonly perHour: number
  /** Variance ÷ mean of the hourly numbers is about 1 + this × the mean. */
  readonly overdispersion: number
  readonly burstsPerWeek: number
  readonly sizes: readonly number[]
  readonly burstMinutes: number
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/**
 * Arrivals of real texts at simulated times: the public sets carry no times. The rate follows the hour of the week,
 * varies from hour to hour by a gamma factor (so counts are negative binomial), and topics have unequal, drifting
 * popularity. Bursts have a known onset, one topic, and distinct customers with waiting times that grow.
 */
export function simulate(
  plan: StreamPlan,
  topics: ReadonlyMap<string, readonly number[]>,
  random: Random,
): { readonly arrivals: readonly Arrival[]; readonly bursts: readonly Burst[] } {
  const names = [...topics.keys()]
  const popularity = names.map(() => gamma(0.6, random))
  const arrivals: Arrival[] = []
  const bursts: Burst[] = []
  const hours = plan.weeks * 168
  for (let hour = 0; hour < hours; hour++) {
    const startMs = plan.startMs + hour * HOUR_MS
    // Interest in each topic wanders a little from day to day.
    if (hour % 24 === 0)
      for (let topic = 0; topic < names.length; topic++)
        popularity[topic] = Math.max(1e-4, popularity[topic]! * Math.exp(0.15 * gaussian(random)))
    const shape = 1 / plan.overdispersion
    const rate = plan.perHour * weekShape(hour % 168) * (gamma(shape, random) / shape)
    const count = poisson(rate, random)
    const cumulative = cumulate(popularity)
    for (let n = 0; n < count; n++) {
      const topic = names[draw(cumulative, random)]!
      arrivals.push({
        atMs: startMs + random() * HOUR_MS,
        customer: `c${Math.floor(random() * 20_000)}`,
        text: pick(topics.get(topic)!, random),
        burst: null,
      })
    }
  }
  const first = plan.quietWeeks * 168
  const count = Math.round((plan.weeks - plan.quietWeeks) * plan.burstsPerWeek)
  for (let number = 0; number < count; number++) {
    const onsetMs = onsetOf(plan, first, number, count, random)
    const customers = plan.sizes[number % plan.sizes.length]!
    const topic = names[Math.floor(random() * names.length)]!
    bursts.push({ onsetMs, customers, topic })
    for (let n = 0; n < customers; n++)
      arrivals.push({
        atMs: onsetMs + -Math.log(1 - random() * 0.95) * (plan.burstMinutes / 3) * MINUTE_MS,
        customer: `b${number}-${n}`,
        text: pick(topics.get(topic)!, random),
        burst: number,
      })
  }
  return { arrivals: arrivals.sort((a, b) => a.atMs - b.atMs), bursts }
}

/** Busy in working hours, busiest on Monday mornings, quiet at night and at weekends; 1 on average. */
export function weekShape(hour: number): number {
  const [day, clock] = [Math.floor(hour / 24), hour % 24]
  const daily =
    0.25 + 1.9 * Math.exp(-(((clock - 11) / 4) ** 2)) + 0.9 * Math.exp(-(((clock - 16) / 3) ** 2))
  const weekly = [1.35, 1.1, 1, 1, 0.95, 0.5, 0.45][day]!
  return (daily * weekly) / 0.847
}

/** One burst in each stretch of the measured time, so that two do not run into one another. */
function onsetOf(
  plan: StreamPlan,
  firstHour: number,
  number: number,
  count: number,
  random: Random,
) {
  const stretch = ((plan.weeks - plan.quietWeeks) * 168) / count
  const hour = firstHour + number * stretch + random() * stretch * 0.7
  return plan.startMs + hour * HOUR_MS
}

const pick = <T>(items: readonly T[], random: Random): T =>
  items[Math.floor(random() * items.length)]!

function cumulate(weights: readonly number[]): readonly number[] {
  let sum = 0
  return weights.map((weight) => (sum += weight))
}

function draw(cumulative: readonly number[], random: Random): number {
  const at = random() * cumulative.at(-1)!
  let [low, high] = [0, cumulative.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian(random)))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}

/** Marsaglia and Tsang (2000). */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * random() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = gaussian(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

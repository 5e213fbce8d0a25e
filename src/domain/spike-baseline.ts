import { Temporal } from 'temporal-polyfill'
import type { SpikeRules } from './spike-rules.ts'

export const HOURS_OF_WEEK = 168
const HOUR_MS = 3_600_000
const WEEK_MS = HOURS_OF_WEEK * HOUR_MS

/** A part of a window: an hour of the week (0 is Monday 00:00 to 01:00, local) and how much of an hour. */
export type HourPart = { readonly hour: number; readonly hours: number }

/**
 * The hours of the week that a span of time covers, on the clocks of the zone: the hour that is there twice in autumn
 * counts twice, the one that is missing in spring not at all.
 */
export function hoursCovered(fromMs: number, untilMs: number, timezone: string): HourPart[] {
  const parts: HourPart[] = []
  for (let start = Math.floor(fromMs / HOUR_MS) * HOUR_MS; start < untilMs; start += HOUR_MS) {
    const covered = Math.min(untilMs, start + HOUR_MS) - Math.max(fromMs, start)
    if (covered > 0) parts.push({ hour: hourOfWeek(start, timezone), hours: covered / HOUR_MS })
  }
  return parts
}

/** By the middle of the hour, for zones that are half an hour off. */
export function hourOfWeek(startMs: number, timezone: string): number {
  const key = `${startMs} ${timezone}`
  const known = HOURS.get(key)
  if (known !== undefined) return known
  const middle = Temporal.Instant.fromEpochMilliseconds(startMs + HOUR_MS / 2)
  const { dayOfWeek, hour } = middle.toZonedDateTimeISO(timezone)
  const found = (dayOfWeek - 1) * 24 + hour
  if (HOURS.size > 1_000) HOURS.clear()
  HOURS.set(key, found)
  return found
}

/** Only saves time: the calendar library is slow and every ticket asks about the same hours. */
const HOURS = new Map<string, number>()

/**
 * How much an observation of this time weighs. Newer ones weigh more (forward decay, Cormode, Shkapenyuk, Srivastava
 * and Xu 2009), twice as much for each `HALF_LIFE_WEEKS`, so that nothing that is stored must be touched to age.
 */
export function decayWeight(atMs: number): number {
  return 2 ** ((atMs - EPOCH_MS) / WEEK_MS / HALF_LIFE_WEEKS)
}

const HALF_LIFE_WEEKS = 4
const EPOCH_MS = Date.UTC(2026, 0, 5)

/** What was learned about a key, in customers; sums are weighted by `decayWeight`. */
export type Learned = {
  /** Of all hours. */
  readonly total: number
  /** Of the hours of the week that the window covers, in their order. */
  readonly hours: readonly number[]
  /** Sum of (count − expected)² ÷ expected over the hours that tell, and how many those are. */
  readonly excess: number
  readonly tests: number
}

/** What was learned about time: how often each of those hours was seen, and all hours together. */
export type Seen = { readonly hours: readonly number[]; readonly total: number }

export const NOTHING_LEARNED: Learned = { total: 0, hours: [], excess: 0, tests: 0 }

/** The number of customers to expect under a key in a window, and its variance. */
export type Usual = { readonly expected: number; readonly variance: number }

export type Window = {
  readonly parts: readonly HourPart[]
  /** `decayWeight` of now. */
  readonly weight: number
  readonly seen: Seen
  /** Everybody who writes. */
  readonly all: Learned
}

/*
 * A gamma prior that history outweighs. Before anything is learned, 20 customers write in an hour and a key has one
 * in ten of them, give or take as much again: no handful of day one stands out, half of a crowd does.
 */
const PRIOR_TRAFFIC = 20
const PRIOR_HOURS = 12
const PRIOR_CUSTOMERS = 1
const PRIOR_SHARE = 0.1
/** The usual hour counts as this many weeks of each hour of the week, so few weeks do not make a profile. */
const PROFILE_WEEKS = 2
const PRIOR_DISPERSION = 1.3
const PRIOR_TESTS = 10
const MAX_DISPERSION = 10

/**
 * What is usual for a key in the window: its share of the traffic at these hours of the week, times the traffic that
 * is expected then or, where other customers write more than that today, times theirs. Shares of rare hours lean on the
 * key's share of all hours, and those of rare keys on the prior (empirical Bayes). The variance is that of a
 * quasi-Poisson count (Farrington, Andrews, Beale and Catchpole 1996; Noufaily and others 2013) with the uncertainty of
 * the share added.
 */
export function usualFor(
  key: Learned,
  window: Window,
  others: number,
  { traffic }: Pick<SpikeRules, 'traffic'>,
): Usual {
  const { all, weight } = window
  const expectedTraffic = trafficFor(window)
  const today = traffic === 'relative' ? Math.max(expectedTraffic, others) : expectedTraffic
  const evidence = (PRIOR_CUSTOMERS * weight + key.total) / weight
  const share = evidence / (PRIOR_CUSTOMERS / PRIOR_SHARE + all.total / weight)
  const profile = PROFILE_WEEKS * meanTraffic(window) * hoursOf(window.parts)
  const hereAndAll = [key.hours, all.hours].map((hours) => weighed(window.parts, hours) / weight)
  const [here, allHere] = hereAndAll as [number, number]
  const shareHere = (here + share * profile) / (allHere + profile)
  const expected = Math.min(shareHere, 1) * today
  const dispersion = dispersionOf(key, weight)
  return {
    expected,
    variance: dispersion * (expected + (expected * expected) / evidence),
  }
}

/** Customers to expect in the window, of all keys together. */
function trafficFor(window: Window): number {
  const { parts, seen, all, weight } = window
  const mean = meanTraffic(window)
  return parts.reduce((sum, { hours }, place) => {
    const counted = (all.hours[place] ?? 0) / weight
    const times = (seen.hours[place] ?? 0) / weight
    return sum + (hours * (counted + PROFILE_WEEKS * mean)) / (times + PROFILE_WEEKS)
  }, 0)
}

/** Customers in an hour, over the week. */
function meanTraffic({ all, seen, weight }: Window): number {
  return (all.total / weight + PRIOR_TRAFFIC * PRIOR_HOURS) / (seen.total / weight + PRIOR_HOURS)
}

function dispersionOf({ excess, tests }: Learned, weight: number): number {
  const found = (PRIOR_DISPERSION * PRIOR_TESTS + excess / weight) / (PRIOR_TESTS + tests / weight)
  return Math.min(MAX_DISPERSION, Math.max(1, found))
}

const hoursOf = (parts: readonly HourPart[]) => parts.reduce((sum, { hours }) => sum + hours, 0)

function weighed(parts: readonly HourPart[], counts: readonly number[]): number {
  return parts.reduce((sum, { hours }, place) => sum + hours * (counts[place] ?? 0), 0)
}

/** One full hour of a key, to be learned from. */
export type HourCount = {
  readonly customers: number
  readonly learned: Learned
  /** An incident held the key then: what was unusual must not become usual. */
  readonly inIncident: boolean
}

/** What an hour adds to what is stored about its key, weights applied. */
export type Lesson = { readonly customers: number; readonly excess: number; readonly tests: number }

/** Hours with less than this expected tell nothing about dispersion. */
const TELLING = 1
/** One wild hour tells no more than this. */
const MAX_EXCESS = 25

export function learnHour(
  { customers, learned, inIncident }: HourCount,
  window: Window,
  others: number,
): Lesson {
  const { expected } = usualFor(learned, window, others, { traffic: 'relative' })
  const counted = inIncident ? Math.min(customers, expected) : customers
  const telling = learned.total > 0 && expected >= TELLING
  return {
    customers: counted * window.weight,
    excess: telling
      ? Math.min(MAX_EXCESS, (counted - expected) ** 2 / expected) * window.weight
      : 0,
    tests: telling ? window.weight : 0,
  }
}

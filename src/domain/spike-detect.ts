import { upperTail } from './negative-binomial.ts'
import type { SpikeSignal } from './signal.ts'
import type { SpikeKeyKind } from './spike-keys.ts'
import { ALL_TRAFFIC, kindOf, regionOf } from './spike-keys.ts'
import type { SpikeRules } from './spike-rules.ts'

/** How many distinct customers said something, now and usually. */
export type KeyVolume = {
  readonly key: string
  /** Distinct customers in the window, the one of this ticket included. */
  readonly customers: number
  /** Distinct customers to expect in a window of this length, at this hour of the week. */
  readonly expected: number
  readonly variance: number
  /** Rows of the key in the window: customers, once many are sampled. */
  readonly rows: number
  /** The open incident that holds the key. */
  readonly incident: string | null
  /** An incident of this key has just ended or was rejected: it opens no other below this many customers. */
  readonly mutedBelow: number | null
}

export type VolumeReading = {
  readonly volumes: readonly KeyVolume[]
  /** Keys that are said often enough to stand out by chance: the budget of false alarms is divided by them. */
  readonly trackedKeys: number
}

/** What a volume is without history or incidents, for callers that keep none. */
export function plainVolume(key: string, customers: number, expected: number): KeyVolume {
  const variance = Math.max(expected, 0.1) * 1.3
  return { key, customers, expected, variance, rows: customers, incident: null, mutedBelow: null }
}

/**
 * The volumes that are unusual, highest ratio first. A key opens when enough customers say it, they are a multiple of
 * the expected number, and so many would come by chance less often than the budget of false alarms allows one test
 * among all: `falseAlarmsPerWeek` ÷ (keys × windows in a week). By linearity of expectation that bounds the number of
 * false alarms, however much the tests depend on each other. A key in an open incident goes on while the ratio is above
 * `closeRatio`. One word alone is no evidence that two customers mean the same.
 */
export function detectSpikes(
  { volumes, trackedKeys }: VolumeReading,
  rules: SpikeRules,
): readonly SpikeSignal[] {
  const level = levelOf(rules, trackedKeys)
  const unusual = volumes
    .filter(({ key }) => key !== ALL_TRAFFIC)
    .map((volume) => ({ volume, ratio: ratioOf(volume) }))
    .filter(
      ({ volume, ratio }) => goesOn(volume, ratio, rules) || opens(volume, ratio, rules, level),
    )
  const strength = unusual.reduce((sum, { volume }) => sum + STRENGTH[kindOf(volume.key)], 0)
  if (strength < ENOUGH) return []
  return unusual
    .map(({ volume, ratio }) => signalOf(volume, ratio, rules))
    .sort((a, b) => b.ratio - a.ratio || order(a.key) - order(b.key) || (a.key < b.key ? -1 : 1))
}

/** Below one expected customer a ratio says nothing, so one is the least we divide by. */
export function ratioOf({ customers, expected }: Pick<KeyVolume, 'customers' | 'expected'>) {
  return customers / Math.max(1, expected)
}

/** The probability below which one test raises an alarm. */
export function levelOf(
  { falseAlarmsPerWeek, windowMinutes }: SpikeRules,
  trackedKeys: number,
): number {
  return falseAlarmsPerWeek / (Math.max(trackedKeys, LEAST_KEYS) * (WEEK_MINUTES / windowMinutes))
}

const WEEK_MINUTES = 10_080
const LEAST_KEYS = 50

/** Whether an incident that is open goes on: hysteresis, so that it does not flicker. */
export function goesOn(
  { customers, incident }: Pick<KeyVolume, 'customers' | 'incident'>,
  ratio: number,
  { minCustomers, closeRatio }: SpikeRules,
): boolean {
  return incident !== null && customers >= minCustomers && ratio >= closeRatio
}

function opens(volume: KeyVolume, ratio: number, rules: SpikeRules, level: number): boolean {
  const { customers, expected, variance, mutedBelow } = volume
  if (customers < rules.minCustomers || ratio < rules.ratio) return false
  if (mutedBelow !== null && customers < mutedBelow) return false
  return upperTail(customers, expected, variance) < level
}

const STRENGTH: Readonly<Record<SpikeKeyKind, number>> = {
  word: 1,
  intent: 2,
  attribute: 2,
  meaning: 2,
  term: 2,
}
const ENOUGH = 2

/** Of equal ratios, the one that tells people most. */
const ORDER: readonly SpikeKeyKind[] = ['term', 'word', 'attribute', 'intent', 'meaning']
const order = (key: string) => ORDER.indexOf(kindOf(key))

function signalOf(
  { key, customers, expected, variance, incident }: KeyVolume,
  ratio: number,
  { windowMinutes }: SpikeRules,
): SpikeSignal {
  const region = regionOf(key)
  return {
    key,
    customers: Math.round(customers),
    expected: rounded(expected),
    ratio: rounded(ratio),
    windowMinutes,
    probability: Number(upperTail(customers, expected, variance).toPrecision(3)),
    ...(region !== undefined && { region }),
    ...(incident !== null && { incident }),
  }
}

const rounded = (value: number) => Math.round(value * 1_000) / 1_000

/** The open incident that most of these spikes belong to; of equal numbers the one of the stronger spike. */
export function incidentOf(spikes: readonly SpikeSignal[]): string | undefined {
  const owned = spikes.flatMap(({ incident }) => incident ?? [])
  const count = (id: string) => owned.filter((other) => other === id).length
  return owned.toSorted((a, b) => count(b) - count(a))[0]
}

/** The spikes of a ticket that is a member of this incident. */
export function inIncident(spikes: readonly SpikeSignal[], incident: string) {
  return spikes.map((spike) => ({ ...spike, incident }))
}

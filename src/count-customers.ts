import { createHash } from 'node:crypto'
import { combineSignals } from './domain/combine-signals.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { bucketOf } from './domain/incident.ts'
import type { IncidentJoin, TriageRecord } from './domain/receipt.ts'
import type { ScorerRun, SpikeSignal } from './domain/signal.ts'
import type { KeyVolume, VolumeReading } from './domain/spike-detect.ts'
import { detectSpikes, incidentOf, inIncident } from './domain/spike-detect.ts'
import { ALL_TRAFFIC, regionOf, spikeKeys } from './domain/spike-keys.ts'
import type { SpikeRules } from './domain/spike-rules.ts'
import { spikeRules } from './domain/spike-rules.ts'
import { sampleWeight } from './domain/spike-sample.ts'
import type { Ticket } from './domain/ticket.ts'
import { ticketText } from './domain/ticket.ts'
import { customerNumber } from './fingerprint.ts'

export type VolumeQuery = {
  readonly keys: readonly string[]
  /** Hash of the customer in hand. */
  readonly customer: string
  readonly now: Date
  readonly rules: SpikeRules
}

/** A candidate to open, unless an open incident owns one of the keys already. */
export type Opening = {
  readonly id: string
  /** Strongest first. */
  readonly keys: readonly string[]
  readonly now: Date
  readonly customers: number
  readonly expected: number
  readonly ratio: number
}

export type SpikeDeps = {
  readonly policy: CompiledPolicy
  readonly recentVolume: (query: VolumeQuery) => Promise<VolumeReading>
  /** The incident that the keys belong to from now on; absent where nothing is kept. */
  readonly openIncident?: (opening: Opening) => Promise<string>
  readonly newId: () => string
}

/** What this ticket adds to the counts, and whether so many say the same that it is a spike. */
export type Counted = Pick<TriageRecord, 'topics' | 'textHash'> & {
  readonly observed: TriageRecord['observed']
  readonly spikes: readonly SpikeSignal[]
  readonly incident: IncidentJoin | null
}

/**
 * Counts the customer of a ticket under everything that the ticket is about, and finds what is unusual about that now.
 * A spike belongs to an incident; the first ticket of one opens it.
 */
export async function countCustomers(
  ticket: Ticket,
  read: { readonly text: string; readonly runs: readonly ScorerRun[]; readonly now: Date },
  deps: SpikeDeps,
): Promise<Counted> {
  const { now, runs } = read
  const rules = spikeRules(deps.policy.policy.spikes)
  const asked = spikeKeys(ticket, read.text, {
    signals: combineSignals(runs, []),
    meaning: runs.flatMap(({ scores }) => scores.meaning ?? []),
    attributes: rules.attributes,
  })
  const customer = customerNumber(ticket.customer?.id ?? ANONYMOUS)
  const reading = await deps.recentVolume({ keys: asked, customer, now, rules })
  const counted = {
    observed: { customer, bucket: bucketOf(now), keys: rowsOf(reading.volumes, customer) },
    topics: asked.filter((key) => key !== ALL_TRAFFIC && regionOf(key) === undefined),
    textHash: createHash('sha256').update(ticketText(ticket)).digest('base64url'),
  }
  const found = detectSpikes(reading, rules)
  const [strongest] = found
  if (strongest === undefined) return { ...counted, spikes: [], incident: null }

  const id = incidentOf(found) ?? (await openFor(found, now, deps))
  if (id === undefined) return { ...counted, spikes: found, incident: null }
  const spikes = inIncident(found, id)
  const region = ticket.customer?.region ?? null
  const { customers, expected, ratio } = strongest
  const keys = spikes.map(({ key }) => key)
  const numbers = { customers, expected, ratio }
  const incident = { id, customer, region, earlier: false, keys, ...numbers }
  return { ...counted, spikes, incident }
}

/** Tickets without a customer id count as one customer, so that nobody can fake a crowd by leaving it out. */
const ANONYMOUS = 'anonymous'

async function openFor(
  spikes: readonly SpikeSignal[],
  now: Date,
  { openIncident, newId }: SpikeDeps,
): Promise<string | undefined> {
  const { customers, expected, ratio } = spikes[0]!
  const keys = spikes.map(({ key }) => key)
  return openIncident?.({ id: newId(), keys, now, customers, expected, ratio })
}

function rowsOf(volumes: readonly KeyVolume[], customer: string) {
  const traffic = volumes.find(({ key }) => key === ALL_TRAFFIC)?.customers ?? 0
  return volumes.flatMap(({ key, rows }) => {
    const weight = sampleWeight(key, BigInt(customer), { rows, traffic })
    return weight === null ? [] : [{ key, weight }]
  })
}

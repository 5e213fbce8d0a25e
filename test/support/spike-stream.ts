import type { SpikeSignal } from '../../src/domain/signal.ts'
import type { KeyVolume } from '../../src/domain/spike-detect.ts'
import { detectSpikes } from '../../src/domain/spike-detect.ts'
import { ALL_TRAFFIC } from '../../src/domain/spike-keys.ts'
import type { SpikeRules } from '../../src/domain/spike-rules.ts'
import { customerNumber } from '../../src/fingerprint.ts'
import type { Db } from '../../src/store/db.ts'
import { forTenant } from '../../src/store/db.ts'
import { learnSpikes } from '../../src/store/learn-spikes.ts'
import { readSpikes } from '../../src/store/read-spikes.ts'
import { writeCounts } from './write-counts.ts'

const HOUR_MS = 3_600_000

export type Heard = {
  readonly volume: KeyVolume
  readonly spike: SpikeSignal | undefined
  readonly trackedKeys: number
}

/** Counting, learning and the test of a spike on a real store, without the rest of a ticket. */
export function spikeStream(db: Db, name: string, rules: SpikeRules) {
  const store = forTenant(db, name)
  let number = 0
  return {
    store,
    /** An hour is over: so many customers said each key, all of them others. */
    async hour(startMs: number, customers: Readonly<Record<string, number>>): Promise<void> {
      if (number === 0) await learnSpikes(store, new Date(startMs), rules)
      number += 100_000
      await store.rows(
        `insert into observations (tenant, key, bucket, customer, weight, ticket)
           select $1, k.key, $2::timestamptz + interval '5 minutes' * (n % 12), $3::bigint + n, 1, 0
             from json_each_text($4::json) as k (key, customers), generate_series(1, k.customers::integer) as n`,
        [name, new Date(startMs).toISOString(), number, JSON.stringify(customers)],
      )
      await learnSpikes(store, new Date(startMs + HOUR_MS + 61_000), rules)
    },
    /** One customer says this now; what the service makes of it. */
    async say(customer: string, atMs: number, key = TOPIC): Promise<Heard> {
      const now = new Date(atMs)
      const hash = customerNumber(customer)
      const keys = [ALL_TRAFFIC, key]
      const reading = await readSpikes(store, { keys, customer: hash, now, rules })
      await writeCounts(store, reading.volumes, hash, now)
      const spikes = detectSpikes(reading, rules)
      return {
        volume: reading.volumes[1]!,
        spike: spikes.find((spike) => spike.key === key),
        trackedKeys: reading.trackedKeys,
      }
    },
  }
}

/** What the customers of a test are about. */
export const TOPIC = 'term:no signal'

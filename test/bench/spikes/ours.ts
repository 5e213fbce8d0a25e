import { writeCounts } from '../../support/write-counts.ts'
import { learnSpikes } from '../../../src/store/learn-spikes.ts'
import { readSpikes } from '../../../src/store/read-spikes.ts'
import type { Db } from '../../../src/store/db.ts'
import { customerNumber } from '../../../src/fingerprint.ts'
import { detectSpikes } from '../../../src/domain/spike-detect.ts'
import type { SpikeRules } from '../../../src/domain/spike-rules.ts'
import type { Alarm } from './detectors.ts'
import type { Arrival } from './stream.ts'

/**
 * The service's own counting, learning and test on the real store, without the rest of a ticket. Several budgets of
 * false alarms are judged on the same reading; incidents are left out, so that an alarm is one as for the others.
 */
export async function runOurs(
  db: Db,
  arrivals: readonly Arrival[],
  keysOf: (arrival: Arrival) => readonly string[],
  rules: readonly SpikeRules[],
): Promise<readonly (readonly Alarm[])[]> {
  const alarms: Alarm[][] = rules.map(() => [])
  const [base] = rules as [SpikeRules]
  let hour = -1
  for (const arrival of arrivals) {
    const now = new Date(arrival.atMs)
    // A minute after each full hour, as the timer would.
    const learned = Math.floor((arrival.atMs - 61_000) / 3_600_000)
    if (learned !== hour) {
      await learnSpikes(db, now, base)
      hour = learned
    }
    const customer = customerNumber(arrival.customer)
    const keys = keysOf(arrival)
    const reading = await readSpikes(db, { keys, customer, now, rules: base })
    await writeCounts(db, reading.volumes, customer, now)
    rules.forEach((rule, place) => {
      for (const { key } of detectSpikes(reading, rule))
        alarms[place]!.push({ atMs: arrival.atMs, key })
    })
  }
  return alarms
}

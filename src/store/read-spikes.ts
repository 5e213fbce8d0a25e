import type { Learned, Window } from '../domain/spike-baseline.ts'
import { decayWeight, hoursCovered, NOTHING_LEARNED, usualFor } from '../domain/spike-baseline.ts'
import { bucketOf, BUCKET_MINUTES } from '../domain/incident.ts'
import type { KeyVolume, VolumeReading } from '../domain/spike-detect.ts'
import { ALL_TRAFFIC } from '../domain/spike-keys.ts'
import type { SpikeRules } from '../domain/spike-rules.ts'
import { MAX_ROWS } from '../domain/spike-sample.ts'
import type { Statements } from './db.ts'
import { toStorable } from './text.ts'

export type SpikeQuestion = {
  readonly keys: readonly string[]
  /** Hash of the customer of the ticket in hand, which is not written yet and counts; null counts nobody. */
  readonly customer: string | null
  readonly now: Date
  readonly rules: SpikeRules
}

/**
 * Distinct customers per key in the window, and what is usual for it then. One round trip, the same on every replica:
 * nothing is kept in this process. The window starts with a whole bucket, so it is up to five minutes shorter than the
 * policy's; what is expected is computed for the time that it covers.
 */
export async function readSpikes(
  db: Statements & { readonly tenant: string },
  { keys, customer, now, rules }: SpikeQuestion,
): Promise<VolumeReading> {
  if (keys.length === 0) return { volumes: [], trackedKeys: 0 }
  const from = windowStart(now, rules.windowMinutes)
  const parts = hoursCovered(from.getTime(), now.getTime(), rules.timezone)
  const asked = [...new Set([ALL_TRAFFIC, ...keys])]
  const rows = await db.rows<SpikeRow>('select * from read_spikes($1, $2, $3, $4, $5, $6, $7)', [
    db.tenant,
    JSON.stringify(asked.map(toStorable)),
    customer ?? NOBODY,
    from.toISOString(),
    JSON.stringify(parts.map(({ hour }) => hour)),
    now.toISOString(),
    MAX_ROWS,
  ])
  const own = customer === null ? 0 : 1
  const all = rows[0]!
  const traffic = all.others + own
  const window: Window = {
    parts,
    weight: decayWeight(now.getTime()),
    seen: { total: all.seen_total, hours: numbersOf(all.seen_hours) },
    all: learnedOf(all),
  }
  const volumes = rows.map((row, place): KeyVolume => {
    const customers = row.others + own
    const others = Math.max(0, traffic - customers)
    return {
      key: asked[place]!,
      customers,
      ...usualFor(learnedOf(row), window, others, rules),
      rows: row.entries,
      incident: row.incident,
      mutedBelow: row.muted_below,
    }
  })
  const wanted = new Set(keys)
  return { volumes: volumes.filter(({ key }) => wanted.has(key)), trackedKeys: all.tracked_keys }
}

/** The first bucket of the window that ends now. */
function windowStart(now: Date, windowMinutes: number): Date {
  const back = Math.max(0, windowMinutes - BUCKET_MINUTES) * 60_000
  return new Date(bucketOf(new Date(now.getTime() - back)))
}

const NOBODY = '0'

type SpikeRow = {
  others: number
  entries: number
  total: number
  hours: string | null
  excess: number
  tests: number
  incident: string | null
  muted_below: number | null
  seen_total: number
  seen_hours: string | null
  tracked_keys: number
}

function learnedOf(row: SpikeRow): Learned {
  return row.total === 0
    ? NOTHING_LEARNED
    : { total: row.total, hours: numbersOf(row.hours), excess: row.excess, tests: row.tests }
}

function numbersOf(text: string | null): readonly number[] {
  return text === null ? [] : (JSON.parse(text) as number[])
}

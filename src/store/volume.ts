import type { KeyVolume } from '../domain/spike.ts'
import type { Db } from './db.ts'
import { toStorable } from './text.ts'

export type VolumeQuestion = {
  readonly keys: readonly string[]
  /** The customer of the ticket in hand, which is not written yet and counts. */
  readonly customer: string
  readonly now: Date
  readonly windowMinutes: number
  /** How far back before the window "usual" is taken from; a week unless told. */
  readonly baselineHours?: number
}

const WEEK_HOURS = 168
/** Index entries read per key: a bound on the work, whatever the traffic. Below it the numbers are exact. */
const SAMPLE = 200

/**
 * Distinct customers per key in the window, this one included, and the number to expect in a window of that length,
 * from the baseline before it. One round trip, one index, bounded.
 */
export async function recentVolume(
  db: Db,
  question: VolumeQuestion,
): Promise<readonly KeyVolume[]> {
  const rows = await askVolume(db, question, [])
  return rows.map((row) => ({ ...row, expected: row.expected ?? 0 }))
}

/** What is usual for a key changes slowly; this many minutes it is not asked again. */
const BASELINE_MINUTES = 5
const REMEMBERED_KEYS = 5_000

/**
 * `recentVolume` for a busy service: the same numbers, with each key's expected number kept for some minutes. Only a
 * cache, so every replica may have its own.
 */
export function createVolumeReader(db: Db) {
  let usual = new Map<string, { readonly expected: number; readonly until: number }>()

  return async function recentVolume(question: VolumeQuestion): Promise<readonly KeyVolume[]> {
    const now = question.now.getTime()
    const memory = (key: string) => `${question.windowMinutes} ${key}`
    const remembered = (key: string) => {
      const entry = usual.get(memory(key))
      return entry !== undefined && entry.until > now ? entry.expected : undefined
    }
    const known = question.keys.filter((key) => remembered(key) !== undefined)
    const rows = await askVolume(db, question, known)
    if (usual.size > REMEMBERED_KEYS) usual = new Map()
    return rows.map((row, place) => {
      const key = question.keys[place] ?? row.key
      const expected = row.expected ?? remembered(key) ?? 0
      if (row.expected !== null)
        usual.set(memory(key), { expected, until: now + BASELINE_MINUTES * 60_000 })
      return { ...row, expected }
    })
  }
}

type VolumeRow = { key: string; customers: number; expected: number | null }

async function askVolume(
  db: Db,
  { keys, customer, now, windowMinutes, baselineHours = WEEK_HOURS }: VolumeQuestion,
  known: readonly string[],
): Promise<readonly VolumeRow[]> {
  if (keys.length === 0) return []
  return db.rows<VolumeRow>('select * from recent_volume($1, $2, $3, $4, $5, $6, $7, $8)', [
    db.tenant,
    JSON.stringify(keys.map(toStorable)),
    JSON.stringify(known.map(toStorable)),
    toStorable(customer),
    now.toISOString(),
    windowMinutes,
    baselineHours * 60,
    SAMPLE,
  ])
}

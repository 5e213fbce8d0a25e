import { BUCKET_MINUTES } from '../domain/incident.ts'
import type { Learned, Window } from '../domain/spike-baseline.ts'
import { decayWeight, HOURS_OF_WEEK, hourOfWeek, learnHour } from '../domain/spike-baseline.ts'
import { ALL_TRAFFIC } from '../domain/spike-keys.ts'
import type { SpikeRules } from '../domain/spike-rules.ts'
import type { Db, Statements } from './db.ts'

const HOUR_MS = 3_600_000
/** Keys with a history; the rarest go first. */
const MAX_KEYS = 5_000
/**
 * Customers an hour from which a key counts as a test of its own: rarer ones come to no alarm by chance, whatever the
 * level, because five customers are more than chance ever brings them (Tarone 1990).
 */
const TESTED_RATE = 0.1
/** Hours learned in one pass, so that a pass after a long stop ends. */
const MOST_HOURS = 48
/** A ticket that arrived within the hour may be written this much later. */
const LATE_MS = 60_000

/**
 * Learns what is usual from the hours that are over, each once, whoever calls, and deletes what no window needs any
 * more. Gives the number of hours.
 */
export async function learnSpikes(db: Db, now: Date, rules: SpikeRules): Promise<number> {
  let learned = 0
  while (
    learned < MOST_HOURS &&
    (await db.transaction((tx) => learnNext(tx, db.tenant, now, rules)))
  )
    learned++
  const kept = Math.max(rules.windowMinutes, 60) + 60 + BUCKET_MINUTES
  await db.rows(
    `delete from observations where tenant = $1
        and bucket < least($2::timestamptz, (select learned_until from spike_learning where tenant = $1))`,
    [db.tenant, new Date(now.getTime() - kept * 60_000).toISOString()],
  )
  await db.rows('delete from incident_keys where tenant = $1 and muted_until < $2', [
    db.tenant,
    now.toISOString(),
  ])
  return learned
}

/** False when there is nothing to learn yet, or somebody else is learning. */
async function learnNext(
  tx: Statements,
  tenant: string,
  now: Date,
  { timezone }: SpikeRules,
): Promise<boolean> {
  const nothing = `array_fill(0::float8, array[${HOURS_OF_WEEK}])`
  await tx.rows(
    `insert into spike_learning (tenant, learned_until, tracked_keys, total, hours)
       values ($1, date_trunc('hour', $2::timestamptz), 0, 0, ${nothing}) on conflict do nothing`,
    [tenant, now.toISOString()],
  )
  const [state] = await tx.rows<{ learned_until: string }>(
    'select learned_until from spike_learning where tenant = $1 for update skip locked',
    [tenant],
  )
  if (state === undefined) return false
  const startMs = Date.parse(state.learned_until)
  if (startMs + HOUR_MS + LATE_MS > now.getTime()) return false
  const hour = hourOfWeek(startMs, timezone)
  await learnOne(tx, tenant, { startMs, hour })
  return true
}

type Hour = { readonly startMs: number; readonly hour: number }

async function learnOne(tx: Statements, tenant: string, { startMs, hour }: Hour): Promise<void> {
  const endMs = startMs + HOUR_MS
  const rows = await tx.rows<HourRow>(HOUR_COUNTS, [
    tenant,
    new Date(startMs).toISOString(),
    new Date(endMs).toISOString(),
    hour + 1,
  ])
  const all = rows.find(({ key }) => key === ALL_TRAFFIC)
  const weight = decayWeight(startMs)
  // An hour without any ticket says that the service stood still, not that nobody ever writes then.
  const seen = all === undefined ? 0 : weight
  if (all !== undefined) {
    const window: Window = {
      parts: [{ hour, hours: 1 }],
      weight,
      seen: { total: all.seen_total, hours: [all.seen_hour] },
      all: learnedOf(all),
    }
    const lessons = rows.map((row) => {
      const count = { customers: row.customers, learned: learnedOf(row), inIncident: row.held }
      return { key: row.key, ...learnHour(count, window, all.customers - row.customers) }
    })
    await tx.rows(REMEMBER, [tenant, hour + 1, JSON.stringify(lessons)])
  }
  await tx.rows(FORGET_RAREST, [tenant, MAX_KEYS])
  await tx.rows(
    `update spike_learning set learned_until = $2, total = total + $4, hours[$3] = hours[$3] + $4,
        tracked_keys = (select count(*) from spike_baselines b
          where b.tenant = $1 and b.total >= ${TESTED_RATE} * (total + $4))
      where tenant = $1`,
    [tenant, new Date(endMs).toISOString(), hour + 1, seen],
  )
}

type HourRow = {
  key: string
  customers: number
  total: number
  hour: number
  excess: number
  tests: number
  held: boolean
  seen_total: number
  seen_hour: number
}

const learnedOf = ({ total, hour, excess, tests }: HourRow): Learned => ({
  total,
  hours: [hour],
  excess,
  tests,
})

/** Distinct customers of each key in the hour. A key that one customer used once is no history. */
const HOUR_COUNTS = `
  select c.key, c.customers, coalesce(b.total, 0) as total, coalesce(b.hours[$4], 0) as hour,
      coalesce(b.excess, 0) as excess, coalesce(b.tests, 0) as tests, i.key is not null as held,
      l.total as seen_total, l.hours[$4] as seen_hour
    from (
      select s.key, sum(s.weight)::float8 as customers
        from (
          select o.key, o.customer, max(o.weight) as weight from observations o
            where o.tenant = $1 and o.bucket >= $2 and o.bucket < $3
            group by o.key, o.customer
        ) s
        group by s.key
    ) c
    join spike_learning l on l.tenant = $1
    left join spike_baselines b on b.tenant = $1 and b.key = c.key
    left join incident_keys i on i.tenant = $1 and i.key = c.key
      and (i.muted_until is null or i.muted_until > $2)
    where c.customers >= 2 or b.key is not null or c.key = '${ALL_TRAFFIC}'
    order by c.key`

const REMEMBER = `
  insert into spike_baselines as b (tenant, key, total, hours, excess, tests)
    select $1, l.key, l.customers,
        array_fill(0::float8, array[$2::integer - 1]) || l.customers
          || array_fill(0::float8, array[${HOURS_OF_WEEK} - $2::integer]),
        l.excess, l.tests
      from json_to_recordset($3::text::json) as l (key text, customers float8, excess float8, tests float8)
    on conflict (tenant, key) do update
      set total = b.total + excluded.total, hours[$2] = b.hours[$2] + excluded.hours[$2],
          excess = b.excess + excluded.excess, tests = b.tests + excluded.tests`

const FORGET_RAREST = `
  delete from spike_baselines b using (
    select key from spike_baselines where tenant = $1 and key <> '${ALL_TRAFFIC}' order by total desc, key offset $2
  ) rare where b.tenant = $1 and b.key = rare.key`

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
/** Index entries read per key, newest first: a bound on the work, whatever the traffic. */
const WINDOW_SAMPLE = 500
const BASELINE_SAMPLE = 1_000

/**
 * Distinct customers per key in the window, this one included, and the number to expect in a window of that length.
 * When a key is so busy that the samples do not reach back far enough, both are carried on at the rate of what was
 * read. One round trip, one index.
 */
export async function recentVolume(
  db: Db,
  question: VolumeQuestion,
): Promise<readonly KeyVolume[]> {
  if (question.keys.length === 0) return []
  const { now, windowMinutes, baselineHours = WEEK_HOURS } = question
  return db.rows<KeyVolume>(VOLUME, [
    db.tenant,
    JSON.stringify(question.keys.map(toStorable)),
    toStorable(question.customer),
    now.toISOString(),
    windowMinutes,
    baselineHours * 60,
  ])
}

/*
 * A sample that was cut covers the span from its oldest entry, else the whole span that was asked for. In the baseline
 * a customer counts once per window, as it does in the window itself.
 */
const VOLUME = `
  with asked as (
    select $1::text as tenant, $3::text as customer, $4::timestamptz as now,
      $4::timestamptz - $5::float8 * interval '1 minute' as window_start, $5::float8 as window_minutes,
      $6::float8 as baseline_minutes
  )
  select k.value as key, recent.customers::float8 as customers, usual.expected::float8 as expected
    from asked a
    cross join json_array_elements_text($2::json) with ordinality as k (value, place)
    cross join lateral (
      select 1 + floor(
          count(distinct s.customer) filter (where s.customer <> a.customer)
          * case when count(*) < ${WINDOW_SAMPLE} then 1
            else a.window_minutes / greatest(1, extract(epoch from a.now - min(s.minute))::float8 / 60) end
        ) as customers
        from (
          select o.minute, o.customer from observations o
           where o.tenant = a.tenant and o.key = k.value and o.minute > a.window_start and o.minute <= a.now
           order by o.minute desc limit ${WINDOW_SAMPLE}
        ) s
    ) recent
    cross join lateral (
      select count(distinct (s.part, s.customer)) * a.window_minutes
          / case when count(*) < ${BASELINE_SAMPLE} then a.baseline_minutes
            else greatest(1, extract(epoch from a.window_start - min(s.minute))::float8 / 60) end as expected
        from (
          select o.minute, o.customer,
              floor(extract(epoch from a.window_start - o.minute)::float8 / 60 / a.window_minutes) as part
            from observations o
           where o.tenant = a.tenant and o.key = k.value and o.minute <= a.window_start
             and o.minute > a.window_start - a.baseline_minutes * interval '1 minute'
           order by o.minute desc limit ${BASELINE_SAMPLE}
        ) s
    ) usual
   order by k.place`

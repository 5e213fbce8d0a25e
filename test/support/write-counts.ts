import { bucketOf } from '../../src/domain/incident.ts'
import type { KeyVolume } from '../../src/domain/spike-detect.ts'
import { ALL_TRAFFIC } from '../../src/domain/spike-keys.ts'
import { sampleWeight } from '../../src/domain/spike-sample.ts'
import type { Db } from '../../src/store/db.ts'

/** Writes what `record_triage` writes for the counts of a ticket, and nothing else. */
export async function writeCounts(
  db: Db,
  volumes: readonly KeyVolume[],
  customer: string,
  now: Date,
): Promise<void> {
  const traffic = volumes.find(({ key }) => key === ALL_TRAFFIC)?.customers ?? 0
  const rows = volumes.flatMap(({ key, rows: seen }) => {
    const weight = sampleWeight(key, BigInt(customer), { rows: seen, traffic })
    return weight === null ? [] : [{ key, weight }]
  })
  await db.rows(
    `insert into observations (tenant, key, bucket, customer, weight, ticket)
       select $1, k.key, $2::timestamptz, $3::bigint, k.weight, 0
         from json_to_recordset($4::text::json) as k (key text, weight integer) on conflict do nothing`,
    [db.tenant, bucketOf(now), customer, JSON.stringify(rows)],
  )
}

/**
 * `node test/bench/spikes/cost.ts`: what a ticket costs with a thousand and with a million events in the window, on
 * PostgreSQL, in alternating blocks of one run, and how many rows there are. Exits 1 when a target is missed.
 */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { loadPolicy } from '../../../src/compose/policy.ts'
import { bucketOf } from '../../../src/domain/incident.ts'
import { ALL_TRAFFIC } from '../../../src/domain/spike-keys.ts'
import { spikeRules } from '../../../src/domain/spike-rules.ts'
import { sampleWeight } from '../../../src/domain/spike-sample.ts'
import { EMPTY_ROSTER } from '../../../src/domain/roster.ts'
import { customerNumber } from '../../../src/fingerprint.ts'
import { createPhraseScorer } from '../../../src/scorers/phrases.ts'
import { earlierContacts } from '../../../src/store/earlier-contacts.ts'
import type { Db } from '../../../src/store/db.ts'
import { openIncident } from '../../../src/store/incidents.ts'
import { openPostgres } from '../../../src/store/open-postgres.ts'
import { readSpikes } from '../../../src/store/read-spikes.ts'
import { recordTriage } from '../../../src/store/record-triage.ts'
import { triage } from '../../../src/triage.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import { startPostgres } from '../../support/store.ts'
import { median } from '../statistics.ts'

const TARGET = 1.5
const { values } = parseArgs({
  options: {
    few: { type: 'string', default: '1000' },
    many: { type: 'string', default: '1000000' },
    tickets: { type: 'string', default: '600' },
  },
})

const NOW = new Date()
const random = seededRandom(1)
const VOCABULARY = 30_000
/** Zipf: the n-th word is said 1/n times as often as the first. */
const word = () => `w${Math.floor(VOCABULARY ** random())}`
const sentence = () => Array.from({ length: 8 }, word)

/** So many tickets of the last hour, as their counts would be in the store, each of another customer. */
async function fill(db: Db, events: number): Promise<number> {
  const rows = new Map<string, number>()
  const batch: { key: string; bucket: string; customer: string; weight: number }[] = []
  const flush = async () => {
    await db.rows(
      `insert into observations (tenant, key, bucket, customer, weight, ticket)
         select $1, r.key, r.bucket, r.customer, r.weight, 0
           from json_to_recordset($2::text::json) as r (key text, bucket timestamptz, customer bigint, weight integer)
         on conflict do nothing`,
      [db.tenant, JSON.stringify(batch.splice(0))],
    )
  }
  for (let n = 0; n < events; n++) {
    const bucket = bucketOf(new Date(NOW.getTime() - (1 - n / events) * 54 * 60_000))
    const customer = customerNumber(`c${n}`)
    const said = sentence()
    const keys = new Set([
      ALL_TRAFFIC,
      `meaning:1+${Math.floor(random() * 128)}`,
      ...said.slice(0, 6).map((one) => `word:${one}`),
      ...said.slice(0, 4).map((one, at) => `term:${one} ${said[at + 1]}`),
    ])
    for (const key of keys) {
      const seen = rows.get(key) ?? 0
      const weight = sampleWeight(key, BigInt(customer), { rows: seen, traffic: n })
      if (weight === null) continue
      rows.set(key, seen + 1)
      batch.push({ key, bucket, customer, weight })
    }
    if (batch.length > 20_000) await flush()
  }
  await flush()
  await db.rows('analyze observations')
  return [...rows.values()].reduce((sum, count) => sum + count, 0)
}

async function openTriage(db: Db) {
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const scorers = [createPhraseScorer(compiled.policy.phrases, compiled.policy.version)]
  const rules = spikeRules(compiled.policy.spikes)
  return async (): Promise<{ ticketMs: number; readMs: number }> => {
    const start = performance.now()
    let readMs = 0
    await triage(
      {
        id: randomUUID(),
        body: `${sentence().join(' ')}.`,
        customer: { id: randomUUID() },
      },
      { caller: 'bench', idempotency: null },
      {
        policy: compiled,
        scorers,
        roster: async () => EMPTY_ROSTER,
        recentVolume: async (query) => {
          const asked = performance.now()
          const reading = await readSpikes(db, { ...query, rules })
          readMs = performance.now() - asked
          return reading
        },
        openIncident: (opening) => openIncident(db, opening),
        earlierContacts: (customer, caller) => earlierContacts(db, { customer, caller, now: NOW }),
        record: (record) => recordTriage(db, record),
        now: () => NOW,
        elapsedMs: () => performance.now(),
        newId: randomUUID,
        newSalt: randomUUID,
      },
    )
    return { ticketMs: performance.now() - start, readMs }
  }
}

const server = await startPostgres()
try {
  const sizes = [Number(values.few), Number(values.many)]
  const sides = []
  for (const events of sizes) {
    const db = openPostgres(await server.createDatabase(), { max: 1 })
    const rows = await fill(db, events)
    sides.push({
      events,
      rows,
      db,
      one: await openTriage(db),
      ticket: [] as number[],
      read: [] as number[],
    })
  }
  const blocks = 12
  const perBlock = Math.ceil(Number(values.tickets) / blocks)
  for (let block = 0; block < blocks; block++)
    for (const side of sides)
      for (let n = 0; n < perBlock; n++) {
        const { ticketMs, readMs } = await side.one()
        // The first block warms up.
        if (block > 0) {
          side.ticket.push(ticketMs)
          side.read.push(readMs)
        }
      }
  const report = sides.map(({ events, rows, ticket, read }) => ({
    events,
    rows,
    ticketMs: median(ticket),
    readMs: median(read),
  }))
  console.table(report)
  const [few, many] = report as [(typeof report)[0], (typeof report)[0]]
  const ratio = many.ticketMs / few.ticketMs
  const bytes = await sides[1]!.db.rows<{ size: number }>(
    `select pg_total_relation_size('observations')::float8 as size`,
  )
  console.log(JSON.stringify({ report, ratio, megabytes: bytes[0]!.size / 1_048_576 }))
  console.log(`${ratio <= TARGET ? 'ok' : 'MISSED'}: ${ratio.toFixed(2)} times (at most ${TARGET})`)
  if (ratio > TARGET) process.exitCode = 1
  for (const { db } of sides) await db.close()
} finally {
  await server.stop()
}

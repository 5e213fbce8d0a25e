import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { spikeRules } from '../../src/domain/spike-rules.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import { forTenant } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { countRows } from '../store/stores.ts'
import type { TestApp } from '../support/app.ts'
import { openApp } from '../support/app.ts'
import { spikeStream } from '../support/spike-stream.ts'
import type { TestPostgres } from '../support/store.ts'
import { startPostgres } from '../support/store.ts'
import { NO_SIGNAL } from './telecom-messages.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 8, 8, 8)
const OUTAGE = START + 24 * HOUR

let server: TestPostgres
let pools: readonly Db[]
beforeAll(async () => {
  server = await startPostgres()
  const url = await server.createDatabase()
  pools = [1, 2, 3].map(() => openPostgres(url, { max: 4 }))
}, 180_000)
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  await server.stop()
})

/** Replicas of one installation, with a day of normal traffic behind them; words alone are counted, no model runs. */
async function open(tenant: string, count: number, now: () => Date): Promise<readonly TestApp[]> {
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const { phrases, version, spikes } = compiled.policy
  const history = spikeStream(pools[0]!, tenant, spikeRules(spikes))
  for (let hour = 0; hour < 24; hour++)
    await history.hour(START + hour * HOUR, { all: 10, 'word:invoic': 3 })
  const scorers = [createPhraseScorer(phrases, version)]
  return Promise.all(
    pools.slice(0, count).map((pool) => openApp(forTenant(pool, tenant), { scorers, now })),
  )
}

test('three replicas on one PostgreSQL find the same spikes as one', async () => {
  const ran: unknown[][] = []
  for (const count of [1, 3]) {
    let clock = OUTAGE
    const replicas = await open(`same-${count}`, count, () => new Date(clock))
    const spikes: unknown[] = []
    for (let n = 0; n < 30; n++) {
      clock = OUTAGE + n * 30_000
      const { signals } = await replicas[n % count]!.triage({
        id: `t-${n}`,
        body: NO_SIGNAL[n % NO_SIGNAL.length],
        // Some write twice.
        customer: { id: `c-${n % 25}`, region: 'north' },
      })
      spikes.push(signals.spikes.map(({ incident, ...spike }) => [spike, incident !== undefined]))
    }
    ran.push(spikes)
  }
  expect(ran[1]).toEqual(ran[0])
  expect(ran[0]!.flat().length).toBeGreaterThan(10)
}, 120_000)

test('a crowd that writes to all replicas at once is one incident, opened and told once', async () => {
  const tenant = 'at-once'
  const replicas = await open(tenant, 3, () => new Date(OUTAGE))
  await Promise.all(
    Array.from({ length: 36 }, (_, n) =>
      replicas[n % 3]!.triage({
        id: `t-${n}`,
        body: NO_SIGNAL[n % NO_SIGNAL.length],
        customer: { id: `c-${n}` },
      }),
    ),
  )
  // Who came with the first wave saw nobody else; who comes next sees them all.
  const answer = await replicas[1]!.triage({
    id: 't-last',
    body: NO_SIGNAL[0],
    customer: { id: 'c-last' },
  })
  expect(answer.signals.spikes[0]!.customers).toBeGreaterThan(25)
  const [db] = pools as [Db]
  expect(await countRows(db, 'incidents', `tenant = '${tenant}'`)).toBe(1)
  expect(await countRows(db, 'outbox', `tenant = '${tenant}' and type = 'spike.opened'`)).toBe(1)
}, 120_000)

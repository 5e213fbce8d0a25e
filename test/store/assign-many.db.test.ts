import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRosterCache } from '../../src/compose/roster-cache.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import type { Policy } from '../../src/domain/policy.ts'
import { forTenant, type Db } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { readRoster } from '../../src/store/roster.ts'
import { triage } from '../../src/triage.ts'
import { aPolicy, aTeam } from '../support/a-policy.ts'
import type { TestPostgres } from '../support/store.ts'
import { startPostgres } from '../support/store.ts'

let server: TestPostgres
let replicas: readonly Db[]

beforeAll(async () => {
  server = await startPostgres()
  const url = await server.createDatabase()
  replicas = [openPostgres(url, { max: 16 }), openPostgres(url, { max: 16 })]
}, 60_000)
afterAll(async () => {
  for (const db of replicas) await db.close()
  await server.stop()
})

/** Team "front": ann, bob, cleo, dan; last resort eve and fay. Tickets without scores go there. */
function policyOf(strategy: Policy['teams'][string]['strategy'] & string, capacity?: number) {
  const base = aPolicy()
  const owners = ['ann', 'bob', 'cleo', 'dan']
  const limited = (id: string) =>
    capacity === undefined || !owners.includes(id) ? {} : { capacity }
  const people = Object.entries(base.people).map(([id, person]) => [
    id,
    { ...person, ...limited(id) },
  ])
  const front = { ...aTeam('front', owners, ['bob', 'ann']), strategy }
  return compilePolicy({
    ...base,
    people: Object.fromEntries(people),
    teams: { ...base.teams, front },
  })
}

/** Sends tickets to two replicas, 64 at a time; each replica keeps its roster for a second, as the service does. */
async function send(tenant: string, policy: ReturnType<typeof policyOf>, count: number) {
  const senders = replicas.map((replica) => {
    const db = forTenant(replica, tenant)
    const elapsedMs = () => performance.now()
    const roster = createRosterCache({ read: () => readRoster(db), forMs: 1_000, elapsedMs })
    return (id: string) =>
      triage(
        { id, body: 'It does not work.' },
        { caller: 'test', idempotency: null },
        {
          policy,
          scorers: [],
          roster: roster.read,
          recentVolume: async () => ({ volumes: [], trackedKeys: 0 }),
          record: roster.watch((record, decideOn) => recordTriage(db, record, decideOn)),
          now: () => new Date('2026-03-09T12:00:00Z'),
          elapsedMs,
          newId: randomUUID,
          newSalt: randomUUID,
        },
      )
  })
  const ids = Array.from({ length: count }, (_, place) => `${tenant}-${place}`)
  for (let from = 0; from < count; from += 64) {
    const outcomes = await Promise.all(
      ids.slice(from, from + 64).map((id, place) => senders[place % 2]!(id)),
    )
    expect(outcomes.every(({ kind }) => kind === 'recorded')).toBe(true)
  }
  const rows = await replicas[0]!.rows<{ owner: string; n: number; last: number }>(
    `select t.owner, count(*)::int as n,
        count(*) filter (where (r.receipt -> 'decision' -> 'route' ->> 'lastResort')::boolean)::int as last
       from tickets t join receipts r on r.decision_id = t.decision_id where t.tenant = $1 group by t.owner`,
    [tenant],
  )
  return Object.fromEntries(rows.map(({ owner, n, last }) => [owner, { n, last }]))
}

describe('64 tickets at once, on two replicas', () => {
  test('round robin is fair within one', async () => {
    const owners = await send('turns', policyOf('round-robin'), 130)
    const counts = Object.values(owners).map(({ n }) => n)
    expect(Object.keys(owners).toSorted()).toEqual(['ann', 'bob', 'cleo', 'dan'])
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  test('the least loaded get them, so that all end with the same', async () => {
    const owners = await send('load', policyOf('least-loaded'), 64)
    expect(owners).toEqual(
      Object.fromEntries(['ann', 'bob', 'cleo', 'dan'].map((id) => [id, { n: 16, last: 0 }])),
    )
  })

  test.each(['primary-secondary', 'round-robin', 'least-loaded'] as const)(
    'nobody is given more than the limit, whatever the strategy: %s',
    async (strategy) => {
      const owners = await send(`cap-${strategy}`, policyOf(strategy, 10), 64)
      for (const id of ['ann', 'bob', 'cleo', 'dan']) expect(owners[id]).toEqual({ n: 10, last: 0 })
      // The rest goes to the last resort, and says so.
      expect(owners['eve']).toEqual({ n: 24, last: 24 })
      expect(Object.keys(owners)).toHaveLength(5)
    },
  )

  test('each receipt holds the roster that its owner was chosen on', async () => {
    const rows = await replicas[0]!.rows<{ receipt: string }>(
      `select r.receipt from receipts r join tickets t on t.id = r.ticket where t.tenant = 'cap-primary-secondary'`,
    )
    for (const { receipt } of rows) {
      const { roster, decision } = JSON.parse(receipt) as {
        roster: { open: Record<string, number> }
        decision: { route: { owner: { id: string }; lastResort?: true } }
      }
      const { owner, lastResort } = decision.route
      if (lastResort !== true) expect(roster.open[owner.id] ?? 0).toBeLessThan(10)
    }
    expect(rows).toHaveLength(64)
  })
})

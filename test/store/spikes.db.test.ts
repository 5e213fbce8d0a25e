import { expect, test } from 'vitest'
import { decayWeight } from '../../src/domain/spike-baseline.ts'
import { spikeRules } from '../../src/domain/spike-rules.ts'
import { MAX_ROWS } from '../../src/domain/spike-sample.ts'
import { customerNumber } from '../../src/fingerprint.ts'
import type { Db } from '../../src/store/db.ts'
import { forTenant } from '../../src/store/db.ts'
import {
  actOnIncident,
  findIncident,
  listMembers,
  openIncident,
} from '../../src/store/incidents.ts'
import { learnSpikes } from '../../src/store/learn-spikes.ts'
import { readSpikes } from '../../src/store/read-spikes.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { aRecord, NOW } from './a-record.ts'
import { countRows, onBothStores } from './stores.ts'

const minutes = (n: number) => new Date(NOW.getTime() + n * 60_000)
const RULES = spikeRules({ windowMinutes: 60, minCustomers: 5, ratio: 3 })
const ask = (db: Db, keys: readonly string[], now: Date, customer: string | null = 'z') =>
  readSpikes(db, {
    keys,
    now,
    customer: customer === null ? null : customerNumber(customer),
    rules: RULES,
  })

onBothStores((db) => {
  test('customers of the window are counted once each, the one in hand included', async () => {
    const tenant = forTenant(db(), 'volume')
    const write = (customer: string, at: number, keys: string[]) =>
      recordTriage(
        tenant,
        aRecord({ ticket: { customer: { id: customer } }, now: minutes(at), keys }),
      )
    for (const customer of ['c', 'd', 'e', 'f', 'c', 'c'])
      await write(customer, -10, ['intent:bug', 'word:login'])
    // Again in another bucket, and one before the window.
    await write('c', -30, ['word:login'])
    await write('g', -66, ['word:login'])
    const keys = ['word:login', 'intent:bug', 'word:none']
    const { volumes } = await ask(tenant, keys, NOW)
    expect(volumes.map(({ key, customers }) => [key, customers])).toEqual([
      ['word:login', 5],
      ['intent:bug', 5],
      ['word:none', 1],
    ])
    // Who is counted already is not counted twice.
    expect((await ask(tenant, keys, NOW, 'c')).volumes[0]!.customers).toBe(4)
    expect((await ask(tenant, keys, NOW, null)).volumes[0]!.customers).toBe(4)
    expect(await ask(tenant, [], NOW)).toEqual({ volumes: [], trackedKeys: 0 })
  })

  test('the order in which customers come changes nothing', async () => {
    const said = Array.from({ length: 12 }, (_, n) => ({
      customer: `o${n % 7}`,
      key: `word:k${n % 3}`,
    }))
    const keys = ['word:k0', 'word:k1', 'word:k2']
    const readings = []
    for (const [name, order] of [
      ['forth', said],
      ['back', said.toReversed()],
    ] as const) {
      const tenant = forTenant(db(), name)
      for (const [at, { customer, key }] of order.entries())
        await recordTriage(
          tenant,
          aRecord({
            ticket: { customer: { id: customer } },
            now: minutes(-4 + at / 6),
            keys: [key],
          }),
        )
      readings.push(await ask(tenant, keys, NOW))
    }
    expect(readings[1]).toEqual(readings[0])
  })

  test('the hours that are over teach what is usual, each once, whoever learns', async () => {
    const tenant = forTenant(db(), 'learning')
    await learnSpikes(tenant, minutes(-600), RULES)
    for (let hour = 0; hour < 10; hour++)
      for (const customer of ['a', 'b', 'c', 'd'])
        await recordTriage(
          tenant,
          aRecord({
            ticket: { customer: { id: `${customer}${hour % 3}` } },
            now: minutes(-590 + hour * 60),
            keys: customer === 'a' || customer === 'b' ? ['all', 'word:login'] : ['all'],
          }),
        )
    const learned = await Promise.all([1, 2, 3].map(() => learnSpikes(tenant, NOW, RULES)))
    // The last hour is over, but a late writer may still add to it.
    expect(learned.reduce((sum, hours) => sum + hours, 0)).toBe(9)
    expect(await learnSpikes(tenant, minutes(1), RULES)).toBe(1)
    const [row] = await tenant.rows<{ total: number; hours: number; tracked: number }>(
      `select b.total, (select count(*)::int from unnest(b.hours) as h where h > 0) as hours,
              l.tracked_keys as tracked
         from spike_baselines b join spike_learning l on l.tenant = b.tenant
        where b.tenant = 'learning' and b.key = 'word:login'`,
    )
    expect(row!.total / decayWeight(NOW.getTime())).toBeCloseTo(20, 0)
    expect(row).toMatchObject({ hours: 10, tracked: 2 })
    // Half of the little traffic says it, and ten hours are not much yet.
    const [volume] = (await ask(tenant, ['word:login'], minutes(1))).volumes
    expect(volume!.expected).toBeGreaterThan(2)
    expect(volume!.expected).toBeLessThan(6)
    // What no window needs any more is gone.
    await learnSpikes(tenant, minutes(400), RULES)
    expect(await countRows(tenant, 'observations', `tenant = 'learning'`)).toBe(0)
  })

  test('a busy key has a bounded number of rows, and its customers are still about right', async () => {
    const tenant = forTenant(db(), 'busy')
    await tenant.rows(
      `insert into observations (tenant, key, bucket, customer, weight, ticket)
         select 'busy', 'intent:bug', $1::timestamptz, n, case when n < 128 then 1 else 4 end, 1
           from generate_series(1, 400) n`,
      [minutes(-10).toISOString()],
    )
    const [volume] = (await ask(tenant, ['intent:bug'], NOW)).volumes
    expect(volume!.rows).toBe(MAX_ROWS)
    expect(volume!.customers).toBeGreaterThan(400)
  })

  test('an incident belongs to its keys: openers at once agree on one, and its first member tells of it once', async () => {
    const tenant = forTenant(db(), 'incident')
    const opening = { now: NOW, customers: 12, expected: 2, ratio: 6 }
    const keys = [['term:no signal', 'word:signal'], ['word:signal', 'word:phone'], ['word:signal']]
    const ids = await Promise.all(
      keys.map((given, n) => openIncident(tenant, { ...opening, id: `i${n}`, keys: given })),
    )
    expect(new Set(ids).size).toBe(1)
    const [id] = ids as [string]
    // Nobody is told before a ticket is there.
    expect(await countRows(tenant, 'outbox', `tenant = 'incident'`)).toBe(0)
    const join = { id, region: 'north', earlier: false, keys: ['word:phone'], ...opening }
    const records = ['x', 'y', 'z'].map((customer) =>
      aRecord({
        ticket: { customer: { id: customer } },
        incident: { ...join, customer: customerNumber(customer) },
      }),
    )
    await Promise.all(records.map((record) => recordTriage(tenant, record)))
    expect(await countRows(tenant, 'outbox', `tenant = 'incident' and type = 'spike.opened'`)).toBe(
      1,
    )
    expect(await listMembers(tenant, id, 10)).toHaveLength(3)
    const { volumes } = await ask(tenant, ['word:phone', 'word:other'], NOW)
    expect(volumes.map(({ incident }) => incident)).toEqual([id, null])
  })

  test('a person decides an incident once; its end is summed up, mutes its keys and is told', async () => {
    const tenant = forTenant(db(), 'ending')
    const opening = { now: NOW, customers: 12, expected: 2, ratio: 6 }
    const id = await openIncident(tenant, { ...opening, id: 'e1', keys: ['term:no signal'] })
    for (const [customer, region] of [
      ['a', 'north'],
      ['b', 'north'],
      ['c', 'south'],
    ] as const)
      await recordTriage(
        tenant,
        aRecord({
          ticket: { customer: { id: customer } },
          incident: {
            id,
            customer: customerNumber(customer),
            region,
            earlier: false,
            keys: [],
            customers: 12,
            expected: 2,
            ratio: 6,
          },
        }),
      )
    const by = { actor: 'lena', now: minutes(20), cooldownMinutes: 60 }
    const confirm = () => actOnIncident(tenant, id, { kind: 'confirm' }, by)
    const results = await Promise.all([confirm(), confirm()])
    expect(results.filter((result) => result?.ok === true)).toHaveLength(1)
    const closed = await actOnIncident(tenant, id, { kind: 'close', reason: 'fixed' }, by)
    expect(closed).toMatchObject({ ok: true, incident: { state: 'closed', closedBy: 'lena' } })
    expect((await findIncident(tenant, id))!.summary).toMatchObject({
      minutes: 20,
      tickets: 3,
      customers: 3,
      regions: { north: 2, south: 1 },
      peakCustomers: 12,
    })
    const { volumes } = await ask(tenant, ['term:no signal'], minutes(30))
    expect(volumes[0]).toMatchObject({ incident: null, mutedBelow: 13 })
    const later = await ask(tenant, ['term:no signal'], minutes(90))
    expect(later.volumes[0]!.mutedBelow).toBeNull()
    expect(await actOnIncident(tenant, id, { kind: 'confirm' }, by)).toMatchObject({ ok: false })
    expect(await actOnIncident(tenant, 'none', { kind: 'confirm' }, by)).toBeUndefined()
    const told = await tenant.rows<{ type: string }>(
      `select type from outbox where tenant = 'ending' and type like 'spike.%' order by id`,
    )
    expect(told.map(({ type }) => type)).toEqual([
      'spike.opened',
      'spike.confirmed',
      'spike.closed',
    ])
    expect(await countRows(tenant, 'audit', `tenant = 'ending' and action like 'spike.%'`)).toBe(2)
  })
})

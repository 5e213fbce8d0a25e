import { expect, test } from 'vitest'
import { forTenant, isoInstant } from '../../src/store/db.ts'
import { eraseCustomer } from '../../src/store/erase-customer.ts'
import { forgetExpired } from '../../src/store/forget-expired.ts'
import { checkStore } from '../../src/store/health.ts'
import {
  countActiveKeys,
  createKey,
  findCaller,
  listKeys,
  revokeKey,
} from '../../src/store/keys.ts'
import { findPolicy, rememberPolicy } from '../../src/store/policies.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { findReceipt } from '../../src/store/receipts.ts'
import { readRoster } from '../../src/store/roster.ts'
import { findTicket } from '../../src/store/tickets.ts'
import { vacuumQueues } from '../../src/store/vacuum.ts'
import { aRecord, NOW } from './a-record.ts'
import { countRows, onBothStores } from './stores.ts'

const minutes = (n: number) => new Date(NOW.getTime() + n * 60_000)
const by = { actor: 'root', now: NOW }

test.each([
  ['2026-11-20 11:00:00+00', '2026-11-20T11:00:00.000Z'],
  ['2026-11-20 11:00:00.12+00', '2026-11-20T11:00:00.120Z'],
  ['2026-11-20 16:30:00.123+05:30', '2026-11-20T11:00:00.123Z'],
  ['2026-11-20 03:00:00-08', '2026-11-20T11:00:00.000Z'],
])('isoInstant() reads %s', (printed, iso) => {
  expect(isoInstant(printed)).toBe(iso)
})

onBothStores((db) => {
  test('a key opens until it is revoked, and is nowhere in the store', async () => {
    const secret = new Uint8Array(32).fill(7)
    const { key } = await createKey(db(), {
      id: 'key-1',
      name: 'zendesk',
      roles: ['platform'],
      secret,
      ...by,
    })
    expect(key).toMatch(/^trg_[\w-]{43}$/)
    expect(await findCaller(db(), key)).toEqual({ name: 'zendesk', roles: ['platform'] })
    expect(await findCaller(forTenant(db(), 'other'), key)).toBeUndefined()
    expect(await findCaller(db(), `${key}x`)).toBeUndefined()
    expect(await findCaller(db(), 'trg_\0')).toBeUndefined()
    expect(await countActiveKeys(db())).toBe(1)
    expect(await listKeys(db())).toEqual([
      {
        id: 'key-1',
        prefix: key.slice(0, 10),
        name: 'zendesk',
        roles: ['platform'],
        createdAt: NOW.toISOString(),
        revokedAt: null,
      },
    ])
    const stored = JSON.stringify(await db().rows('select * from api_keys, audit'))
    expect(stored).not.toContain(key)

    expect(await revokeKey(db(), { id: 'key-1', ...by })).toBe(true)
    expect(await revokeKey(db(), { id: 'key-1', ...by })).toBe(false)
    expect(await findCaller(db(), key)).toBeUndefined()
    expect(await countActiveKeys(db())).toBe(0)
    expect(await countRows(db(), 'audit', `subject = 'key-1'`)).toBe(2)
    const weak = { id: 'k', name: 'n', roles: [], secret: new Uint8Array(15), ...by }
    await expect(createKey(db(), weak)).rejects.toThrow(/16 random bytes/)
  })

  test('a policy is kept as it was first seen', async () => {
    const policy = { hash: 'h1', source: 'id: saas\n', parsed: { id: 'saas', odd: 'a\0b' } }
    await rememberPolicy(db(), policy, NOW)
    await rememberPolicy(db(), { ...policy, source: 'other' }, minutes(1))
    expect(await findPolicy(db(), 'h1')).toMatchObject({
      ...policy,
      firstSeenAt: NOW.toISOString(),
    })
    expect(await findPolicy(db(), 'h2')).toBeUndefined()
  })

  test('the roster counts open tickets per owner', async () => {
    const tenant = forTenant(db(), 'roster')
    for (const owner of ['ana', 'ana', 'cleo']) await recordTriage(tenant, aRecord({ owner }))
    expect(await readRoster(tenant)).toEqual({ open: { ana: 2, cleo: 1 }, turns: {} })
    await tenant.rows(
      `update tickets set resolved_at = now() where tenant = 'roster' and owner = 'cleo'`,
    )
    expect(await readRoster(tenant)).toEqual({ open: { ana: 2 }, turns: {} })
  })

  test('erasing a customer leaves decisions and nothing that leads to the text', async () => {
    const customer = { id: 'gone\0' }
    const record = aRecord({ severity: 'P1', ticket: { customer } })
    await recordTriage(db(), record)
    const kept = aRecord({ ticket: { customer: { id: 'stays' } } })
    await recordTriage(db(), kept)
    const erasure = { customerId: 'gone\0', actor: 'root', now: NOW }
    expect(await eraseCustomer(db(), erasure)).toEqual({ tickets: 1, observations: 4 })
    expect(await eraseCustomer(db(), erasure)).toEqual({ tickets: 0, observations: 0 })
    expect(await findTicket(db(), 'zendesk', record.ticket.id)).toMatchObject({
      original: null,
      erasedAt: NOW.toISOString(),
      decision: { decisionId: record.receipt.decisionId },
    })
    expect(await countRows(db(), 'tickets', 'salt is null')).toBe(1)
    expect(await countRows(db(), 'tickets', `customer_id like 'gone%'`)).toBe(0)
    expect((await findReceipt(db(), record.receipt.decisionId))!.receipt).toEqual(record.receipt)
    expect((await findTicket(db(), 'zendesk', kept.ticket.id))!.original).toEqual(kept.ticket)
  })

  test('what has expired is forgotten, the rest is kept, and space comes back', async () => {
    const tenant = forTenant(db(), 'old')
    await recordTriage(tenant, aRecord({ key: 'old-key' }))
    await recordTriage(tenant, aRecord({ key: 'new-key', now: minutes(60 * 24 * 20) }))
    await forgetExpired(tenant, minutes(60 * 24 * 20))
    expect(await countRows(db(), 'idempotency', `tenant = 'old'`)).toBe(1)
    await vacuumQueues(db())
  })

  test('health says what is there', async () => {
    expect(await checkStore(db())).toEqual({ reachable: true, migrated: true, disk: null })
  })
})

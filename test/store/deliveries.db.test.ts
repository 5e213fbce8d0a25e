import { expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { forTenant } from '../../src/store/db.ts'
import {
  claimDeliveries,
  endpointsDue,
  listDeadLetters,
  markDelivered,
  markFailed,
  resendDeadLetters,
  routeDue,
} from '../../src/store/deliveries.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import {
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  listWebhooks,
  registerWebhook,
  rotateSecret,
} from '../../src/store/webhooks.ts'
import { aRecord, newId, NOW } from './a-record.ts'
import { countRows, onBothStores } from './stores.ts'

const minutes = (n: number) => new Date(NOW.getTime() + n * 60_000)
const by = { actor: 'root', now: NOW }

onBothStores((db) => {
  async function aHook(tenant: Db, events: readonly string[] = []) {
    const id = newId('hook')
    const url = `https://example.test/${id}`
    await registerWebhook(tenant, { id, kind: 'webhook', url, events, secret: 'whsec_s', ...by })
    return id
  }

  test('webhooks are registered, listed without their secret, rotated and deleted', async () => {
    const tenant = forTenant(db(), 'hooks')
    const id = await aHook(tenant, ['decision.made'])
    const [hook] = await listWebhooks(tenant)
    expect(hook).toEqual({
      id,
      kind: 'webhook',
      url: `https://example.test/${id}`,
      events: ['decision.made'],
      enabled: true,
      disabledBecause: null,
      createdAt: NOW.toISOString(),
    })
    expect(await listWebhooks(forTenant(db(), 'other'))).toEqual([])
    const slack = { kind: 'slack', url: 'https://hooks.slack.test/T0/secret', events: [] } as const
    await registerWebhook(tenant, { id: newId('hook'), ...slack, secret: 'whsec_unused', ...by })
    expect(await countRows(db(), 'audit', `after::text ~ 'whsec|T0'`)).toBe(0)

    await recordTriage(tenant, aRecord())
    await routeDue(tenant, NOW)
    const secretsAt = async (now: Date) =>
      (await endpointsDue(tenant, now)).find((endpoint) => endpoint.id === id)!.secrets
    expect(await secretsAt(NOW)).toEqual(['whsec_s'])
    const change = { id, secret: 'whsec_t', previousUntil: minutes(60), ...by }
    expect(await rotateSecret(tenant, change)).toBe(true)
    expect(await secretsAt(minutes(59))).toEqual(['whsec_t', 'whsec_s'])
    expect(await secretsAt(minutes(60))).toEqual(['whsec_t'])

    expect(await deleteWebhook(tenant, { id, ...by })).toBe(true)
    expect(await deleteWebhook(tenant, { id, ...by })).toBe(false)
    expect(await rotateSecret(tenant, change)).toBe(false)
  })

  test('an event gets one delivery per endpoint that wants it, however many replicas route', async () => {
    const tenant = forTenant(db(), 'routing')
    const all = await aHook(tenant)
    const some = await aHook(tenant, ['review.opened'])
    const off = await aHook(tenant)
    await disableWebhook(tenant, { id: off, because: 'test', ...by })
    for (let n = 0; n < 10; n++) await recordTriage(tenant, aRecord({ severity: 'P1' }))
    const routed = await Promise.all([1, 2, 3].map(() => routeDue(tenant, NOW, 15)))
    expect(routed.reduce((sum, one) => sum + one, 0)).toBe(20)
    expect(await routeDue(tenant, NOW)).toBe(0)
    expect(await countRows(db(), 'deliveries', `webhook = '${all}'`)).toBe(20)
    expect(await countRows(db(), 'deliveries', `webhook = '${some}'`)).toBe(10)
    expect(await countRows(db(), 'deliveries', `webhook = '${off}'`)).toBe(0)
    expect((await endpointsDue(tenant, NOW)).map(({ id }) => id)).toEqual([all, some].sort())
  })

  test('a delivery is claimed by one sender, comes back when its lease is over, and ends', async () => {
    const tenant = forTenant(db(), 'outbox')
    const hook = await aHook(tenant)
    const record = aRecord()
    await recordTriage(tenant, record)
    for (let n = 0; n < 9; n++) await recordTriage(tenant, aRecord())
    await routeDue(tenant, NOW)
    const claim = (now: Date, limit: number) =>
      claimDeliveries(tenant, hook, { now, limit, leaseSeconds: 30 })

    const claims = (await Promise.all([claim(NOW, 4), claim(NOW, 4), claim(NOW, 4)])).flat()
    expect(new Set(claims.map(({ id }) => id)).size).toBe(10)
    expect(claims).toHaveLength(10)
    const mine = claims.find(({ event }) => event.ticketId === record.ticket.id)!
    expect(mine).toMatchObject({
      attempts: 1,
      event: {
        type: 'decision.made',
        seq: 1,
        caller: 'zendesk',
        decisionId: record.receipt.decisionId,
        answer: record.answer,
      },
    })
    expect(await claim(NOW, 4)).toEqual([])

    const later = await claim(minutes(1), 10)
    expect(later).toHaveLength(10)
    const again = later.find(({ id }) => id === mine.id)!
    expect(again.attempts).toBe(2)
    // The sender that was too slow has nothing to say any more.
    expect(await markDelivered(tenant, mine, minutes(1))).toBe(false)
    expect(await markFailed(tenant, mine, { error: 'x', nextAttemptAt: null })).toBe(false)
    const retry = { error: 'HTTP 500\0', nextAttemptAt: minutes(5) }
    expect(await markFailed(tenant, again, retry)).toBe(true)
    expect(await claim(minutes(4), 10)).toHaveLength(9)
    expect(await claim(minutes(4.4), 10)).toEqual([])
    const due = await claim(minutes(6), 10)
    const last = due.find(({ id }) => id === mine.id)!
    expect(await markDelivered(tenant, last, minutes(6))).toBe(true)
    const given = due.find(({ id }) => id !== mine.id)!
    expect(await markFailed(tenant, given, { error: 'It answered 400', nextAttemptAt: null })).toBe(
      true,
    )
    expect(await claim(minutes(60), 20)).toHaveLength(8)

    expect(await listDeadLetters(tenant)).toMatchObject([
      { id: given.id, webhookId: hook, attempts: 4, lastError: 'It answered 400' },
    ])
    const plan = { ids: [given.id], actor: 'root', now: minutes(60) }
    expect(await resendDeadLetters(tenant, plan)).toBe(1)
    expect(await resendDeadLetters(tenant, { ...plan, ids: 'all' })).toBe(0)
    expect(await claim(minutes(60), 20)).toMatchObject([{ id: given.id, attempts: 1 }])
  })

  test('a disabled endpoint gets nothing more until it is enabled, and nothing is lost', async () => {
    const tenant = forTenant(db(), 'gone')
    const hook = await aHook(tenant)
    await recordTriage(tenant, aRecord())
    await routeDue(tenant, NOW)
    await disableWebhook(tenant, { id: hook, because: 'It answered 410: gone', ...by })
    expect(await endpointsDue(tenant, minutes(1))).toEqual([])
    expect(await listWebhooks(tenant)).toMatchObject([
      { enabled: false, disabledBecause: 'It answered 410: gone' },
    ])
    expect(await listDeadLetters(tenant)).toHaveLength(1)
    expect(await enableWebhook(tenant, { id: hook, ...by })).toBe(true)
    expect(await resendDeadLetters(tenant, { ids: 'all', ...by })).toBe(1)
    expect(await endpointsDue(tenant, NOW)).toMatchObject([{ id: hook }])
  })
})

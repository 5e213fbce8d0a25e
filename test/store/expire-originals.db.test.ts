import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { tickParts } from '../../src/compose/tick.ts'
import { expireOriginals } from '../../src/store/expire-originals.ts'
import { seal, verifyChain } from '../../src/store/seal.ts'
import { findTicket } from '../../src/store/tickets.ts'
import { tick } from '../../src/tick.ts'
import { criticalTicket, harmlessTicket, openApp } from '../support/app.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { aPolicy } from '../support/a-policy.ts'
import { countRows, onBothStores } from './stores.ts'

const DAY = 86_400_000
const START = Date.parse('2026-01-01T09:00:00Z')

onBothStores((db) => {
  describe('retention', () => {
    test('old tickets lose their words; decisions replay and the chain holds', async () => {
      let now = START
      const api = await openApp(db(), { now: () => new Date(now) })
      const old = await api.triage(harmlessTicket('old'))
      const held = await api.triage(criticalTicket('held'))
      now = START + 80 * DAY
      await api.triage(harmlessTicket('young'))
      now = START + 100 * DAY

      const parts = tickParts({
        db: db(),
        policy: compilePolicy(aPolicy({ retention: { originalsDays: 90 } })),
        newId: randomUUID,
      })
      const failed: unknown[] = []
      const run = () => tick({ parts, now: () => new Date(now), onError: (e) => failed.push(e) })
      expect(await run()).toMatchObject({ 'expire originals': 1 })
      expect(await run()).toMatchObject({ 'expire originals': 0 })
      expect(failed).toEqual([])

      expect(await findTicket(db(), null, 'old')).toMatchObject({
        original: null,
        erasedAt: new Date(now).toISOString(),
        decision: { decisionId: old.decisionId },
      })
      for (const id of ['held', 'young'])
        expect((await findTicket(db(), null, id))?.original, id).not.toBeNull()
      expect(await countRows(db(), 'tickets', `external_id = 'old' and salt is not null`)).toBe(0)
      expect(await countRows(db(), 'audit', `action = 'ticket.expired' and subject = 'old'`)).toBe(
        1,
      )

      for (const { decisionId } of [old, held])
        expect(await (await api.post(`/decisions/${decisionId}/replay`, '')).json()).toMatchObject({
          identical: true,
        })
      await seal(db(), new Date(now))
      expect(await verifyChain(db())).toMatchObject({ ok: true, unsealed: 0 })
    })

    test('takes the oldest first, in batches, and two replicas share the work', async () => {
      const total = 1_200
      await db().rows(
        `insert into tickets (tenant, caller, external_id, original, salt, content_hash, decision_id, revision, severity,
           type, team, owner, backup, standing, event_seq, created_at, updated_at)
         select 'default', 'c', 'many-' || n, '{}', 's', 'h', 'd-' || n, 1, 'P4', 'general', 't', 'o', 'b', 'auto', 1,
           $1::timestamptz + n * interval '1 second', $1::timestamptz + n * interval '1 second'
           from generate_series(1, ${total}) n`,
        [new Date(START).toISOString()],
      )
      const later = new Date(START + 200 * DAY)
      const first = await Promise.all([1, 2].map(() => expireOriginals(db(), 90, later)))
      expect(Math.max(...first)).toBe(500)
      expect(await countRows(db(), 'tickets', `external_id = 'many-1' and original is null`)).toBe(
        1,
      )
      let left = first.reduce((sum, n) => sum + n, 0)
      for (let done = 1; done > 0; left += done) done = await expireOriginals(db(), 90, later)
      expect(
        await countRows(db(), 'tickets', `external_id like 'many-%' and original is not null`),
      ).toBe(0)
      expect(
        await countRows(db(), 'audit', `subject like 'many-%' and action = 'ticket.expired'`),
      ).toBe(total)
    })
  })
})

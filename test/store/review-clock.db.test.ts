import { describe, expect, test } from 'vitest'
import { forTenant } from '../../src/store/db.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { releaseLapsed, takeDefaults, tellBackups } from '../../src/store/review-clock.ts'
import { findReview, transitionReview } from '../../src/store/reviews.ts'
import { readTicketHistory } from '../../src/store/tickets.ts'
import { simulateNight } from '../support/night.ts'
import { aRecord, NOW } from './a-record.ts'
import { onBothStores } from './stores.ts'

const minutesLater = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)
const people = [{ id: 'dana', name: 'Dana' }]
const pages = { critical: [{ id: 'carla', name: 'Carla' }], others: people }

onBothStores((db) => {
  test('a night without reviewers: each is told once, every default is marked, nothing leaves', async () => {
    const night = await simulateNight(forTenant(db(), 'night'), {
      criticals: 25,
      replicas: 3,
      seed: 5,
      minutes: 10,
    })
    expect(night).toEqual({
      criticals: 25,
      firstNoticeSeconds: 0,
      wrong: [],
      left: [],
      unmarked: 0,
      closed: 0,
    })
  })

  describe('one review', () => {
    async function held(plan: Parameters<typeof aRecord>[0] = {}) {
      const tenant = forTenant(db(), `clock-${Math.random()}`)
      const dueAt = minutesLater(5).toISOString()
      const review = { dueAt, backupAt: minutesLater(3).toISOString(), ...plan.review }
      const record = aRecord({ severity: 'P1', ...plan, review })
      await recordTriage(tenant, record)
      return { tenant, record, id: record.review!.id }
    }

    test('the default keeps severity and owner, pages the next tier, and goes on waiting', async () => {
      const { tenant, record, id } = await held()
      expect(await takeDefaults(tenant, minutesLater(4.99), pages)).toBe(0)
      expect(await takeDefaults(tenant, minutesLater(5), pages)).toBe(1)
      expect(await takeDefaults(tenant, minutesLater(6), pages)).toBe(0)
      expect(await findReview(tenant, id)).toMatchObject({
        state: 'pending',
        severity: 'P1',
        defaultedAt: minutesLater(5).toISOString(),
        decidedBy: null,
        version: 1,
      })
      const history = await readTicketHistory(tenant, 'zendesk', record.ticket.id)
      expect(history.at(-1)).toMatchObject({
        actor: 'review clock',
        action: 'review.defaulted',
        reason: 'default, not a person',
        after: { severity: 'P1', provisionalOwner: 'ana', paged: [{ id: 'carla' }] },
      })
      const by = { actor: 'rita', now: minutesLater(30) }
      expect(await transitionReview(tenant, id, { kind: 'approve', version: 1 }, by)).toMatchObject(
        {
          ok: true,
        },
      )
    })

    test('below P1 the next tier sleeps on', async () => {
      const { tenant } = await held({ severity: 'P3', held: true })
      await takeDefaults(tenant, minutesLater(5), pages)
      const [row] = await tenant.rows<{ payload: string }>(
        `select payload from outbox where tenant = $1 and type = 'page.requested'`,
        [tenant.tenant],
      )
      expect(JSON.parse(row!.payload)).toMatchObject({ people, marked: 'default, not a person' })
    })

    test('what a person has decided, and what is only sampled, is left alone', async () => {
      const { tenant, id } = await held()
      await recordTriage(
        tenant,
        aRecord({
          severity: 'P3',
          review: { kind: 'sample', dueAt: minutesLater(1).toISOString() },
        }),
      )
      await transitionReview(tenant, id, { kind: 'approve' }, { actor: 'rita', now: NOW })
      expect(await tellBackups(tenant, minutesLater(60), people)).toBe(0)
      expect(await takeDefaults(tenant, minutesLater(60), pages)).toBe(0)
    })

    test('a lapsed claim is put back once, with an entry in the audit', async () => {
      const { tenant, record, id } = await held()
      const by = { actor: 'rita', now: NOW }
      await transitionReview(tenant, id, { kind: 'claim', leaseMinutes: 10 }, by)
      expect(await releaseLapsed(tenant, minutesLater(9.9))).toBe(0)
      const passes = [1, 2, 3].map(() => releaseLapsed(tenant, minutesLater(10)))
      expect((await Promise.all(passes)).reduce((sum, one) => sum + one, 0)).toBe(1)
      expect(await findReview(tenant, id)).toMatchObject({ state: 'pending', claimedBy: null })
      const history = await readTicketHistory(tenant, 'zendesk', record.ticket.id)
      expect(history.at(-1)).toMatchObject({
        action: 'review.lapsed',
        before: { claimedBy: 'rita' },
      })
    })

    test('clock and person at the same moment, 30 rounds: the audit says both or one, never twice', async () => {
      for (let round = 0; round < 30; round++) {
        const { tenant, record, id } = await held()
        const by = { actor: 'rita', now: minutesLater(5) }
        const [decided] = await Promise.all([
          transitionReview(tenant, id, { kind: 'approve' }, by),
          takeDefaults(tenant, minutesLater(5), pages),
          takeDefaults(tenant, minutesLater(5), pages),
        ])
        expect(decided).toMatchObject({ ok: true })
        const history = await readTicketHistory(tenant, 'zendesk', record.ticket.id)
        const defaults = history.filter(({ action }) => action === 'review.defaulted')
        expect(defaults.length).toBeLessThanOrEqual(1)
        const seqs = await tenant.rows<{ seq: number }>(
          'select seq from outbox where tenant = $1 order by seq',
          [tenant.tenant],
        )
        expect(seqs.map(({ seq }) => seq)).toEqual(seqs.map((_, index) => index + 1))
      }
    })
  })
})

import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { tickParts } from '../../src/compose/tick.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { forTenant } from '../../src/store/db.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { releaseLapsed, takeDefaults, tellBackups } from '../../src/store/review-clock.ts'
import { findReview, transitionReview } from '../../src/store/reviews.ts'
import { readTicketHistory } from '../../src/store/tickets.ts'
import { readQueueMark } from '../../src/store/desk.ts'
import { tick } from '../../src/tick.ts'
import { criticalTicket, openApp } from '../support/app.ts'
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

  describe('a ticket that keeps changing', () => {
    async function busy() {
      const tenant = forTenant(db(), `busy-${Math.random()}`)
      const { compiled } = await loadPolicy('policies/saas.yaml')
      const phrases = createPhraseScorer(compiled.policy.phrases, '1')
      const clock = { now: new Date('2026-03-09T14:00:00.000Z') }
      const now = () => clock.now
      const app = await openApp(tenant, { scorers: [phrases], now })
      const parts = tickParts({ db: tenant, policy: compiled, newId: randomUUID })
      const failed: unknown[] = []
      const pass = () => tick({ parts, now, onError: (error) => failed.push(error) })
      const told = async () =>
        (
          await tenant.rows<{ type: string; payload: string; at: string }>(
            `select type, payload, available_at as at from outbox
              where tenant = $1 and type in ('page.requested', 'review.defaulted') order by ticket, seq`,
            [tenant.tenant],
          )
        ).map(({ type, payload, at }) => {
          const { kind = '', severity } = JSON.parse(payload) as { kind?: string; severity: string }
          return `${severity} ${kind || type} ${at.slice(11, 19)}`
        })
      return { app, clock, pass, told, failed }
    }
    const later = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1_000)

    test('40 minutes of revisions every 150 s: one page to the backup, one default, each in time', async () => {
      const { app, clock, pass, told, failed } = await busy()
      const start = clock.now
      const ticket = criticalTicket()
      for (let second = 0; second <= 40 * 60; second += 30) {
        clock.now = later(start, second)
        if (second % 150 === 0)
          await app.triage({ ...ticket, body: `${ticket.body} Still so after ${second} s.` })
        await pass()
      }
      const ofReview = (await told()).filter((line) => !line.includes('clock.'))
      expect(ofReview).toEqual([
        'P1 backup 14:03:00',
        'P1 review.defaulted 14:05:00',
        'P1 default 14:05:00',
      ])
      const { reviews } = (await (await app.get('/reviews')).json()) as {
        reviews: { defaultedAt: string; dueAt: string }[]
      }
      expect(reviews).toMatchObject([
        { dueAt: '2026-03-09T14:05:00.000Z', defaultedAt: '2026-03-09T14:05:00.000Z' },
      ])
      expect(failed).toEqual([])
    }, 120_000)

    test('every revision replays to the same bytes', async () => {
      const { app, clock } = await busy()
      const start = clock.now
      const ticket = criticalTicket()
      for (const second of [0, 100, 400]) {
        clock.now = later(start, second)
        const { decisionId } = await app.triage({ ...ticket, body: `${ticket.body} ${second}` })
        const replayed = await app.post(`/decisions/${decisionId}/replay`, '')
        expect(await replayed.json()).toMatchObject({ identical: true })
      }
    })

    test('a ticket that is sent again after it was solved is a new wait', async () => {
      const { app, clock, pass, told } = await busy()
      const start = clock.now
      const ticket = criticalTicket()
      await app.triage(ticket)
      clock.now = later(start, 360)
      await pass()
      await app.post(`/tickets/${ticket.id}/events`, { id: 'solved', type: 'resolved' })
      clock.now = later(start, 3_600)
      await app.triage({ ...ticket, body: `${ticket.body} It is back.` })
      clock.now = later(start, 3_600 + 301)
      await pass()
      expect((await told()).filter((line) => line.includes('review.defaulted'))).toEqual([
        'P1 review.defaulted 14:06:00',
        'P1 review.defaulted 15:05:01',
      ])
    })

    test('whoever was told of a P2 is told of the P1 that it became', async () => {
      const { app, clock, pass, told } = await busy()
      const start = clock.now
      const { severity } = await app.triage({ id: 'grows', body: 'Something is not as it was.' })
      expect(severity).toBe('P2')
      clock.now = later(start, 3 * 3_600)
      await pass()
      await app.triage({ ...criticalTicket('grows') })
      await pass()
      const defaults = (await told()).filter((line) => line.includes('review.defaulted'))
      expect(defaults.map((line) => line.slice(0, 2))).toEqual(['P2', 'P1'])
    })

    test('an open page sees that the default was taken', async () => {
      const { app, clock, pass } = await busy()
      const tenant = forTenant(db(), `marks-${Math.random()}`)
      const record = aRecord({ severity: 'P1', review: { dueAt: minutesLater(5).toISOString() } })
      await recordTriage(tenant, record)
      const before = await readQueueMark(tenant, minutesLater(5))
      await takeDefaults(tenant, minutesLater(5), pages)
      expect((await readQueueMark(tenant, minutesLater(5))).mark).not.toBe(before.mark)

      const { review } = await app.triage(criticalTicket())
      const stateOf = async () => {
        const page = await (await app.get(`/review/live?chosen=${review!.id}`)).text()
        return /data-state="([^"]*)"/.exec(page)?.[1]
      }
      const open = await stateOf()
      expect(open).toBeDefined()
      clock.now = later(clock.now, 301)
      await pass()
      expect(await stateOf()).not.toBe(open)
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

    test('the page to a backup who judges blind keeps the suggestion to itself', async () => {
      async function pageOf(blind: boolean) {
        const { tenant } = await held({ review: { blind } })
        expect(await tellBackups(tenant, minutesLater(3), people)).toBe(1)
        const [row] = await tenant.rows<{ payload: string }>(
          `select payload from outbox where tenant = $1 and type = 'page.requested'`,
          [tenant.tenant],
        )
        return JSON.parse(row!.payload) as object
      }
      expect(await pageOf(false)).toMatchObject({ kind: 'backup', severity: 'P1', people })
      const blind = await pageOf(true)
      expect(blind).toMatchObject({ kind: 'backup', people })
      expect(blind).not.toHaveProperty('severity')
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

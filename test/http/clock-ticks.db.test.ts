import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { tickParts } from '../../src/compose/tick.ts'
import type { Answer } from '../../src/domain/answer.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { tick } from '../../src/tick.ts'
import type { TestApp } from '../support/app.ts'
import { openApp, shippedModel } from '../support/app.ts'
import type { TestPostgres } from '../support/store.ts'
import { startPostgres } from '../support/store.ts'

let server: TestPostgres
let db: Db
let app: TestApp
let pass: () => Promise<Readonly<Record<string, number>>>
let now = new Date('2026-03-09T14:00:00.000Z')
const failed: unknown[] = []

beforeAll(async () => {
  server = await startPostgres()
  db = openPostgres(await server.createDatabase())
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const phrases = createPhraseScorer(compiled.policy.phrases, compiled.policy.version)
  app = await openApp(db, { scorers: [phrases, await shippedModel()], now: () => now })
  const parts = tickParts({ db, policy: compiled, newId: randomUUID })
  pass = () => tick({ parts, now: () => now, onError: (error) => failed.push(error) })
}, 60_000)
afterAll(async () => {
  await db.close()
  await server.stop()
})

/** A Monday at which Europe and America are at work. P4: first response and update within one business day. */
const question = (id: string) => ({
  id,
  subject: 'Export to CSV',
  body: 'Hello, how can I export my contacts to a CSV file? Thank you very much.',
  customer: { id: `C-${id}`, tier: 'starter' },
})

type Event = { type: string; payload: string }
type Told = { type: string; clock?: string }
const eventsOf = async (id: string): Promise<readonly Told[]> =>
  (
    await db.rows<Event>(
      `select o.type, o.payload from outbox o join tickets t on t.id = o.ticket where t.external_id = $1 order by o.seq`,
      [id],
    )
  ).map(({ type, payload }) => ({ type, ...(JSON.parse(payload) as Record<string, unknown>) }))
const told = async (id: string) =>
  (await eventsOf(id)).filter(({ type }) => type.startsWith('clock.') || type.startsWith('page.'))
const clear = () => db.rows('update clocks set next_at = null')

describe('clocks that run out', () => {
  test('a warning and a miss are each told once, with the page that the policy wants', async () => {
    now = new Date('2026-03-09T14:00:00.000Z')
    const first = await app.triage(question('K-1'))
    expect(first.severity).toBe('P4')
    // One business day from 10:00 in New York is 10:00 on Tuesday; 75 % of it is gone at 16:00.
    now = new Date('2026-03-09T19:59:59.000Z')
    expect(await pass()).toMatchObject({ 'tell clocks': 0 })
    now = new Date('2026-03-09T20:00:00.000Z')
    expect(await pass()).toMatchObject({ 'tell clocks': 2, 'decide again': 1 })
    // Raised to P3, its first response was due before the raise: told as well, and then there is nothing more.
    expect(await pass()).toMatchObject({ 'tell clocks': 1, 'decide again': 0 })
    expect(await pass()).toMatchObject({ 'tell clocks': 0, 'decide again': 0 })
    const first_response = (await told('K-1')).filter(({ clock }) => clock === 'first_response')
    expect(first_response.slice(0, 2)).toMatchObject([
      { type: 'clock.warned', warning: '75%', dueAt: '2026-03-10T14:00:00.000Z' },
      { type: 'page.requested', kind: 'clock.warned', people: [{ id: first.route.owner.id }] },
    ])
    expect(failed).toEqual([])
  })

  test('a warning is a fact: the ticket is decided again, and only raised', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    const first = await app.triage(question('K-2'))
    now = new Date('2026-03-09T20:00:00.000Z')
    await pass()
    const view = (await (await app.get('/tickets/K-2')).json()) as {
      severity: string
      decision: { decisionId: string; revision: number }
      timeline: { sentence: string }[]
    }
    expect(view).toMatchObject({ severity: 'P3', decision: { revision: 2 } })
    const receipt = (await (
      await app.get(`/decisions/${view.decision.decisionId}`)
    ).json()) as Receipt
    expect(receipt).toMatchObject({
      follows: first.decisionId,
      facts: { values: { 'sla.warned': ['first_response', 'update'] } },
      sla: { warned: ['first_response', 'update'], breached: [] },
    })
    expect(receipt.decision.reasons.map(({ rule }) => rule)).toContain('sla-imminent')
    const replayed = await app.post(`/decisions/${view.decision.decisionId}/replay`, '')
    expect(await replayed.json()).toMatchObject({ identical: true })
    expect(view.timeline.map(({ sentence }) => sentence).join('\n')).toContain(
      'Raised from P4 to P3, counted from the same beginning; first response due Monday 9 March, 18:00 UTC',
    )
    // Four business hours from 10:00 were over at 14:00, before the raise: told once, and no reason for another raise.
    await pass()
    await pass()
    const late = (await told('K-2')).filter(({ type }) => type === 'clock.breached')
    expect(late).toMatchObject([{ clock: 'first_response', bornLate: true }])
    expect((await (await app.get('/tickets/K-2')).json()) as object).toMatchObject({
      severity: 'P3',
      decision: { revision: 2 },
    })
  })

  test('a miss without a warning before it is told as a miss alone, and counts as a breach', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    await app.triage(question('K-3'))
    now = new Date('2026-03-10T14:00:00.000Z')
    await pass()
    const clocks = (await told('K-3')).filter(({ type }) => type.startsWith('clock.'))
    expect(clocks.slice(0, 2)).toMatchObject([
      { type: 'clock.breached', clock: 'first_response', bornLate: false },
      { type: 'clock.breached', clock: 'update', bornLate: false },
    ])
    const view = (await (await app.get('/tickets/K-3')).json()) as {
      decision: { decisionId: string }
    }
    const receipt = (await (
      await app.get(`/decisions/${view.decision.decisionId}`)
    ).json()) as Receipt
    expect(receipt.facts.values).toMatchObject({
      'sla.breached': ['first_response', 'update'],
      'history.breaches': 2,
    })
    expect(receipt.decision.severity).toBe('P2')
  })

  test('an answered and solved ticket has nothing to tell', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    await app.triage(question('K-4'))
    await app.post('/tickets/K-4/events', { id: 'solved', type: 'resolved' })
    now = new Date('2026-03-20T14:00:00.000Z')
    expect(await pass()).toMatchObject({ 'tell clocks': 0 })
    expect(await told('K-4')).toEqual([])
  })

  const happens = (id: string, event: Record<string, unknown>) =>
    app.post(`/tickets/${id}/events`, { id: `event ${JSON.stringify(event)}`, ...event })
  const firstResponseOf = async (id: string) => {
    const view = (await (await app.get(`/tickets/${id}`)).json()) as {
      clocks: { kind: string; state: string; breachedAt: string | null }[]
    }
    return view.clocks.find(({ kind }) => kind === 'first_response')
  }

  test('a miss is told although the answer came late and before anybody looked', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    await app.triage(question('K-7'))
    now = new Date('2026-03-10T14:15:00.000Z')
    await happens('K-7', { type: 'replied' })
    await pass()
    await pass()
    const breaches = (await told('K-7')).filter(({ clock }) => clock === 'first_response')
    // Nobody is called out of bed for what was answered meanwhile.
    expect(breaches).toMatchObject([{ type: 'clock.breached', bornLate: false }])
    expect(await firstResponseOf('K-7')).toMatchObject({
      state: 'missed',
      breachedAt: '2026-03-10T14:00:00.000Z',
    })
    const view = (await (await app.get('/tickets/K-7')).json()) as {
      decision: { decisionId: string }
    }
    const receipt = (await (
      await app.get(`/decisions/${view.decision.decisionId}`)
    ).json()) as Receipt
    expect(receipt.facts.values['sla.breached']).toContain('first_response')
    expect(failed).toEqual([])
  })

  test('a miss that was none, as the answer was told late, does not stay', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    await app.triage(question('K-8'))
    now = new Date('2026-03-10T14:00:00.000Z')
    await pass()
    expect(await firstResponseOf('K-8')).toMatchObject({ breachedAt: '2026-03-10T14:00:00.000Z' })
    now = new Date('2026-03-10T14:01:00.000Z')
    await happens('K-8', { type: 'replied', occurredAt: '2026-03-09T14:30:00Z' })
    expect(await firstResponseOf('K-8')).toMatchObject({ state: 'met', breachedAt: null })
  })

  test('what had ended in time is no miss when the ticket is raised later', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    await app.triage(question('K-9'))
    now = new Date('2026-03-09T20:30:00.000Z')
    await happens('K-9', { type: 'replied' })
    await app.triage({
      ...question('K-9'),
      body: 'All customer records were deleted during the import. We cannot process any orders.',
    })
    await pass()
    const breaches = (await told('K-9')).filter(({ clock }) => clock === 'first_response')
    expect(breaches.filter(({ type }) => type === 'clock.breached')).toEqual([])
    expect(await firstResponseOf('K-9')).toMatchObject({ state: 'missed', breachedAt: null })
  })

  test('many replicas in the same moment write each notice once, and events stay gapless', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    const ids = Array.from({ length: 12 }, (_, place) => `K-many-${place}`)
    for (const id of ids) await app.triage(question(id))
    now = new Date('2026-03-09T20:00:00.000Z')
    await Promise.all(Array.from({ length: 8 }, pass))
    await pass()
    for (const id of ids) {
      const events = await eventsOf(id)
      const notices = events.flatMap(({ type, clock }) =>
        type === 'clock.warned' ? `${clock}` : [],
      )
      expect(notices.toSorted()).toEqual(['first_response', 'update'])
      expect(events.filter(({ type }) => type === 'decision.made')).toHaveLength(2)
    }
    const gaps = await db.rows(
      'select ticket from outbox group by ticket having count(*) <> max(seq) or min(seq) <> 1',
    )
    expect(gaps).toEqual([])
    expect(failed).toEqual([])
  })

  test('what a person decided is told of and paged, never revised', async () => {
    await clear()
    now = new Date('2026-03-09T14:00:00.000Z')
    const held: Answer = await app.triage({
      ...question('K-5'),
      body: 'All customer records were deleted during the import. We cannot process any orders.',
    })
    await app.post(`/reviews/${held.review!.id}/approve`, {})
    now = new Date('2026-03-09T14:15:00.000Z')
    await pass()
    expect((await told('K-5')).map(({ type }) => type)).toContain('clock.breached')
    expect(await (await app.get('/tickets/K-5')).json()).toMatchObject({
      standing: 'approved',
      decision: { revision: 1 },
    })
  })

  test('a reopened ticket whose owner has gone home goes to somebody who is there', async () => {
    await clear()
    // 10:00 in Berlin, where Maya is at work.
    now = new Date('2026-03-09T09:00:00.000Z')
    const first = await app.triage(question('K-6'))
    await app.post('/tickets/K-6/events', { id: 'solved', type: 'resolved' })
    // 17:00 in New York: Berlin is asleep.
    now = new Date('2026-03-09T21:00:00.000Z')
    await app.post('/tickets/K-6/events', { id: 'again', type: 'reopened' })
    await pass()
    const view = (await (await app.get('/tickets/K-6')).json()) as { owner: string }
    expect(first.route.owner.id).toBe('maya')
    expect(view.owner).not.toBe('maya')
    expect(failed).toEqual([])
  })
})

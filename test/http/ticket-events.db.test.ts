import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

let db: Db
let app: TestApp
/** A Monday; tests move it. */
let now = new Date('2026-03-09T10:00:00.000Z')

beforeAll(async () => {
  db = await openTestPglite()
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const phrases = createPhraseScorer(compiled.policy.phrases, compiled.policy.version)
  app = await openApp(db, { scorers: [phrases], now: () => now })
}, 60_000)
afterAll(() => db.close())

type Clock = { kind: string; dueAt: string; state: string; metAt: string | null }
type Ticket = {
  clocks: readonly Clock[]
  resolvedAt: string | null
  severity: string
  history: readonly { action: string }[]
}

const ticketOf = async (id: string) => (await (await app.get(`/tickets/${id}`)).json()) as Ticket
const clockOf = async (id: string, kind: string) =>
  (await ticketOf(id)).clocks.find((clock) => clock.kind === kind)!
let sent = 0
async function send(id: string, body: Record<string, unknown>) {
  const response = await app.post(`/tickets/${id}/events`, { id: `event-${++sent}`, ...body })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
async function opened(id: string, at: string) {
  now = new Date(at)
  await app.triage(criticalTicket(id))
  return id
}

describe('POST /tickets/:id/events', () => {
  test('an answer meets the first response and starts the next update', async () => {
    const id = await opened('E-1', '2026-03-09T10:00:00.000Z')
    now = new Date('2026-03-09T10:10:00.000Z')
    expect(await send(id, { type: 'replied' })).toMatchObject({
      status: 200,
      body: { replayed: false },
    })
    expect(await clockOf(id, 'first_response')).toMatchObject({
      state: 'met',
      dueAt: '2026-03-09T10:15:00.000Z',
      metAt: '2026-03-09T10:10:00.000Z',
    })
    expect(await clockOf(id, 'update')).toMatchObject({
      state: 'running',
      dueAt: '2026-03-09T10:40:00.000Z',
    })
  })

  test('nothing runs while we wait for the customer', async () => {
    const id = await opened('E-2', '2026-03-09T10:00:00.000Z')
    await send(id, { type: 'paused', occurredAt: '2026-03-09T10:00:00Z' })
    now = new Date('2026-03-09T12:00:00.000Z')
    expect(await clockOf(id, 'resolution')).toMatchObject({ state: 'paused' })
    await send(id, { type: 'customer_replied' })
    expect(await clockOf(id, 'resolution')).toMatchObject({
      state: 'running',
      dueAt: '2026-03-09T16:00:00.000Z',
    })
  })

  test('a solved ticket has an end and no load; reopened it goes on with what was left', async () => {
    const id = await opened('E-3', '2026-03-09T10:00:00.000Z')
    now = new Date('2026-03-09T11:00:00.000Z')
    await send(id, { type: 'resolved' })
    expect(await ticketOf(id)).toMatchObject({ resolvedAt: '2026-03-09T11:00:00.000Z' })
    expect(await clockOf(id, 'resolution')).toMatchObject({ state: 'met' })
    now = new Date('2026-03-10T11:00:00.000Z')
    await send(id, { type: 'reopened' })
    expect(await ticketOf(id)).toMatchObject({ resolvedAt: null })
    expect(await clockOf(id, 'resolution')).toMatchObject({ dueAt: '2026-03-10T14:00:00.000Z' })
  })

  test('a merged ticket stops, and the older opening counts for the one that goes on', async () => {
    const older = await opened('E-4', '2026-03-09T10:00:00.000Z')
    const younger = await opened('E-5', '2026-03-09T11:00:00.000Z')
    expect((await send(older, { type: 'merged', into: younger })).status).toBe(200)
    expect(await clockOf(older, 'resolution')).toMatchObject({ state: 'stopped' })
    expect(await clockOf(younger, 'resolution')).toMatchObject({
      dueAt: '2026-03-09T14:00:00.000Z',
    })
  })

  test('the oldest opening counts through a chain of merges', async () => {
    const a = await opened('M-1', '2026-03-09T10:00:00.000Z')
    const b = await opened('M-2', '2026-03-09T11:00:00.000Z')
    const c = await opened('M-3', '2026-03-09T12:00:00.000Z')
    expect((await send(a, { type: 'merged', into: b })).status).toBe(200)
    expect((await send(b, { type: 'merged', into: c })).status).toBe(200)
    expect(await clockOf(c, 'resolution')).toMatchObject({ dueAt: '2026-03-09T14:00:00.000Z' })
  })

  test('an answer given before the merge counts for the ticket that goes on', async () => {
    const older = await opened('M-4', '2026-03-09T10:00:00.000Z')
    now = new Date('2026-03-09T10:05:00.000Z')
    await send(older, { type: 'replied' })
    const younger = await opened('M-5', '2026-03-09T10:20:00.000Z')
    await send(older, { type: 'merged', into: younger })
    expect(await clockOf(younger, 'first_response')).toMatchObject({
      state: 'met',
      dueAt: '2026-03-09T10:15:00.000Z',
      metAt: '2026-03-09T10:05:00.000Z',
    })
    expect(await clockOf(younger, 'update')).toMatchObject({ dueAt: '2026-03-09T10:35:00.000Z' })
  })

  test('two tickets cannot go on as each other', async () => {
    const first = await opened('M-6', '2026-03-09T10:00:00.000Z')
    const second = await opened('M-7', '2026-03-09T10:00:00.000Z')
    const merge = { id: 'merge', type: 'merged', into: second }
    expect((await send(first, merge)).status).toBe(200)
    const back = await send(second, { type: 'merged', into: first })
    expect(back).toMatchObject({ status: 422, body: { errors: [{ pointer: '/into' }] } })
    expect(await clockOf(second, 'resolution')).toMatchObject({ state: 'running' })
    // Sent again after its target was merged itself, an event is still the one that was recorded.
    const third = await opened('M-8', '2026-03-09T10:00:00.000Z')
    await send(second, { type: 'merged', into: third })
    expect(await send(first, merge)).toMatchObject({ status: 200, body: { replayed: true } })
  })

  test('the same event again changes nothing, another one under its id is a conflict', async () => {
    const id = await opened('E-6', '2026-03-09T10:00:00.000Z')
    const event = { id: 'same', type: 'replied' }
    expect((await send(id, event)).body).toMatchObject({ replayed: false })
    const before = await ticketOf(id)
    now = new Date('2026-03-09T10:20:00.000Z')
    expect((await send(id, event)).body).toMatchObject({ replayed: true })
    expect(await ticketOf(id)).toEqual(before)
    expect(await send(id, { id: 'same', type: 'paused' })).toMatchObject({ status: 409 })
  })

  test('csat and outcome are kept and move no clock', async () => {
    const id = await opened('E-7', '2026-03-09T10:00:00.000Z')
    const { clocks } = await ticketOf(id)
    await send(id, { type: 'csat', score: 2, comment: 'Too slow \u0000' })
    await send(id, { type: 'outcome', severity: 'P2', note: 'A known fault' })
    const after = await ticketOf(id)
    expect(after.clocks).toEqual(clocks)
    expect(after.history.map(({ action }) => action)).toEqual([
      'decision.made',
      'ticket.csat',
      'ticket.outcome',
    ])
  })

  test.each([
    [
      'an event of the future',
      { type: 'replied', occurredAt: '2026-03-09T10:30:00Z' },
      '/occurredAt',
    ],
    ['no real time', { type: 'replied', occurredAt: '2026-02-30T10:30:00Z' }, '/occurredAt'],
    ['the year 0', { type: 'replied', occurredAt: '0000-06-01T10:00:00Z' }, '/occurredAt'],
    ['an unknown kind', { type: 'exploded' }, '/type'],
    ['a score out of range', { type: 'csat', score: 9 }, '/score'],
    ['an outcome without content', { type: 'outcome' }, '/'],
    ['an unknown ticket to merge into', { type: 'merged', into: 'nowhere' }, '/into'],
    ['itself to merge into', { type: 'merged', into: 'E-8' }, '/into'],
  ])('%s is refused with the field', async (_, event, pointer) => {
    now = new Date('2026-03-09T10:00:00.000Z')
    await app.triage(criticalTicket('E-8'))
    const { status, body } = await send('E-8', event)
    expect([status, (body['errors'] as { pointer: string }[])[0]!.pointer]).toEqual([422, pointer])
  })

  test('an unknown ticket is a 404', async () => {
    expect((await send('never', { type: 'replied' })).status).toBe(404)
  })

  test('changed content opens a solved ticket again and its clocks never restart', async () => {
    const id = await opened('E-9', '2026-03-09T10:00:00.000Z')
    now = new Date('2026-03-09T11:00:00.000Z')
    await send(id, { type: 'resolved' })
    now = new Date('2026-03-09T13:00:00.000Z')
    await app.triage({ ...criticalTicket(id), body: 'It is down again. All data were deleted.' })
    expect(await ticketOf(id)).toMatchObject({ resolvedAt: null })
    expect(await clockOf(id, 'resolution')).toMatchObject({
      state: 'running',
      dueAt: '2026-03-09T16:00:00.000Z',
    })
  })

  test('no event was answered with a 500', () => {
    expect(app.unexpected).toEqual([])
  })
})

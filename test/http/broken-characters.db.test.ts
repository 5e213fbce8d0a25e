import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { tickParts } from '../../src/compose/tick.ts'
import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Incident } from '../../src/domain/incident.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { tick } from '../../src/tick.ts'
import { onBothStores } from '../store/stores.ts'
import { harmlessTicket, shippedModel } from '../support/app.ts'
import type { RunningDesk } from '../support/desk.ts'
import { openDesk } from '../support/desk.ts'

/** Characters that PostgreSQL does not find in a document without failing, in what customers and reviewers write. */
const BROKEN = ['NUL \0 inside', 'Thanks for your help \ud83d', '\ude00 and the other half']
const HOUR = 3_600_000

onBothStores((db) => {
  let clock = Date.parse('2026-03-09T14:00:00.000Z')
  let policy: CompiledPolicy
  let desk: RunningDesk
  let lead: Record<string, string>

  beforeAll(async () => {
    policy = (await loadPolicy('policies/saas.yaml')).compiled
    const { phrases, version } = policy.policy
    const scorers = [createPhraseScorer(phrases, version), await shippedModel()]
    desk = await openDesk(db(), { now: () => new Date(clock), scorers })
    lead = await desk.keyOf('Lea', 'lead')
  }, 60_000)
  afterAll(() => desk.close())

  async function pass(): Promise<void> {
    const failed: unknown[] = []
    const parts = tickParts({ db: db(), policy, newId: randomUUID })
    await tick({ parts, now: () => new Date(clock), onError: (error) => failed.push(error) })
    expect(failed).toEqual([])
  }

  test.each(BROKEN)('a ticket that says %j lives on as any other', async (said) => {
    const ticket = { ...harmlessTicket(), subject: `Export ${said}` }
    const first = await desk.triage({ ...ticket, body: `${ticket.body} ${said}` }, desk.platform)
    const event = { id: 'e-1', type: 'customer_replied', occurredAt: new Date(clock).toISOString() }
    const told = await desk.post(`/tickets/${ticket.id}/events`, event, desk.platform)
    expect(told.status, await told.clone().text()).toBe(200)
    const second = await desk.triage({ ...ticket, body: `Changed. ${said}` }, desk.platform)
    expect(second).toMatchObject({ revision: 2, follows: first.decisionId })
    expect((await desk.get(`/tickets/${ticket.id}`, desk.platform)).status).toBe(200)
    // Its targets are missed and told.
    clock += 100 * HOUR
    await pass()
    const missed = await db().rows('select breached_at from clocks where breached_at is not null')
    expect(missed.length).toBeGreaterThan(0)
    expect(desk.unexpected).toEqual([])
  })

  test('so does one whose reviewer writes that', async () => {
    const body = `We suffered a data breach. ${BROKEN[0]}`
    const held = await desk.triage({ id: randomUUID(), body }, desk.platform)
    expect(held.disposition).toBe('review')
    const rita = await desk.keyOf('Rita', 'reviewer')
    const changes = { severity: 'P2', message: `Dear customer, ${BROKEN[0]}` }
    const override = { changes, reason: BROKEN[1] }
    const done = await desk.post(`/reviews/${held.review!.id}/override`, override, rita)
    expect(done.status, await done.clone().text()).toBe(200)
    expect((await desk.get(`/tickets/${held.ticketId}`, rita)).status).toBe(200)
    expect((await desk.get('/reviews/quality', lead)).status).toBe(200)
    await db().rows(`update reviews set kind = 'sample' where id = $1`, [held.review!.id])
    await pass()
    expect(desk.unexpected).toEqual([])
  })

  test('and an incident of many such tickets, also where its examples are cut inside an emoji', async () => {
    const words = 'The checkout page shows a white screen. '
    const says = (n: number) =>
      n % 2 === 0 ? `${words.padEnd(199, '.')}🙂` : `${words} ${BROKEN[n % BROKEN.length]}`
    for (let n = 0; n < 45; n++) {
      const ticket = { id: `crowd-${n}`, body: says(n), customer: { id: `crowd-${n}` } }
      await desk.triage(ticket, desk.platform)
    }
    await pass()
    const { spikes } = (await (await desk.get('/spikes', lead)).json()) as { spikes: Incident[] }
    expect(spikes).toHaveLength(1)
    const closed = await desk.post(`/spikes/${spikes[0]!.id}/close`, {}, lead)
    expect(closed.status, await closed.clone().text()).toBe(200)
    const { summary } = (await closed.json()) as Incident
    expect(summary!.examples).toHaveLength(5)
    for (const example of summary!.examples) expect(example).toBe(example.toWellFormed())
    await pass()
    expect(desk.unexpected).toEqual([])
  }, 120_000)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Answer } from '../../src/domain/answer.ts'
import type { Incident } from '../../src/domain/incident.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import type { RunningDesk } from '../support/desk.ts'
import { openDesk } from '../support/desk.ts'
import { openTestPglite } from '../support/store.ts'
import { countRows } from '../store/stores.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
let db: Db
let desk: RunningDesk
let clock = Date.UTC(2026, 10, 17, 9)

beforeAll(async () => {
  db = await openTestPglite()
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const { phrases, version } = compiled.policy
  desk = await openDesk(db, {
    now: () => new Date(clock),
    scorers: [createPhraseScorer(phrases, version)],
  })
}, 120_000)
afterAll(async () => {
  await desk.close()
  await db.close()
})

const send = (id: string, customer: string | undefined, body: string): Promise<Answer> =>
  desk.triage({ id, body, ...(customer && { customer: { id: customer } }) }, desk.platform)

describe('a customer who writes again', () => {
  const FIRST = 'The invoice export fails with error e4012 whenever I choose March.'

  test('about the same is linked and counted, with the earlier tickets named in the reason', async () => {
    expect((await send('r-1', 'ruth', FIRST)).links).toBeUndefined()
    clock += DAY
    const other = await send('r-x', 'ruth', 'Where do I change the language of the menu?')
    expect(other.links).toBeUndefined()
    clock += DAY
    await send('r-2', 'ruth', 'The invoice export still fails with the same error e4012.')
    clock += DAY
    const third = await send('r-3', 'ruth', 'Invoice export: error e4012 again. Any news?')
    expect(third.links).toMatchObject([
      { kind: 'repeat', ticketId: 'r-2' },
      { kind: 'repeat', ticketId: 'r-1' },
    ])
    const reason = third.reasons.find(({ rule }) => rule === 'third-contact')
    expect(reason!.sentence).toBe('Contact 3 about the same in 7 days, after r-2, r-1')
    // Nobody else's tickets count, and a week later they are no contact any more.
    expect((await send('s-1', 'sam', FIRST)).links).toBeUndefined()
    clock += 8 * DAY
    expect((await send('r-4', 'ruth', FIRST)).links).toBeUndefined()
  })

  test('at another platform is counted, and no ticket of that platform is named', async () => {
    const words = 'The label printer prints every barcode twice since Tuesday.'
    const other = await desk.keyOf('freshdesk', 'platform')
    const first = { id: 'secret-1', body: words, customer: { id: 'olga' } }
    await desk.triage(first, other)
    await desk.triage({ ...first, id: 'secret-2', body: `${words} Again!` }, other)
    const third = await send('o-3', 'olga', `${words} Please help.`)
    const reason = third.reasons.find(({ rule }) => rule === 'third-contact')
    expect(reason!.sentence).toBe('Contact 3 about the same in 7 days, after 2 of another platform')
    expect(JSON.stringify(third)).not.toContain('secret-')
  })

  test('after a promised time has passed is told so, and after reopening twice', async () => {
    const about = 'The webhook for new orders is not delivered to our warehouse.'
    await send('p-1', 'pia', about)
    clock += 3 * DAY
    const late = await send('p-2', 'pia', `${about} You promised an update.`)
    expect(late.reasons.map(({ rule }) => rule)).toContain('promise-passed')
    for (const [n, type] of ['resolved', 'reopened', 'resolved', 'reopened'].entries()) {
      clock += MINUTE
      const event = { id: `e-${n}`, type, occurredAt: new Date(clock).toISOString() }
      const response = await desk.post('/tickets/p-1/events', event, desk.platform)
      expect(response.status, await response.clone().text()).toBeLessThan(300)
    }
    const again = await send('p-3', 'pia', `${about} It came back.`)
    expect(again.reasons.map(({ rule }) => rule)).toContain('came-back-twice')
  })

  test('in the very same words within minutes is folded, said so, and still a ticket of its own', async () => {
    const words = 'The scanner app closes as soon as I open the camera.'
    const first = await send('d-1', 'dora', words)
    clock += 2 * MINUTE
    const resent = await send('d-2', 'dora', words)
    expect(resent.links).toMatchObject([{ kind: 'resend', ticketId: 'd-1' }])
    expect(resent.reasons.find(({ rule }) => rule === 'core.resend')!.sentence).toContain('d-1')
    expect(resent.severity).toBe(first.severity)
    expect(resent.route.owner.name).toBeTruthy()
    expect(await countRows(db, 'tickets', `external_id = 'd-2' and owner <> ''`)).toBe(1)
    // A third sending is folded with the first too, and nothing of it is a further contact.
    clock += MINUTE
    const third = await send('d-3', 'dora', words)
    expect(third.links).toMatchObject([{ kind: 'resend', ticketId: 'd-1' }])
    expect(third.reasons.map(({ rule }) => rule)).not.toContain('third-contact')
    // Other words, other people, no customer at all, or later: not folded.
    expect((await send('d-4', 'dan', words)).links).toBeUndefined()
    await send('d-5', undefined, words)
    expect((await send('d-6', undefined, words)).links).toBeUndefined()
    clock += 20 * MINUTE
    expect((await send('d-7', 'dora', words)).links?.[0]).toMatchObject({ kind: 'repeat' })
  })
})

describe('GET and POST /spikes', () => {
  let incident: Incident

  beforeAll(async () => {
    for (let n = 0; n < 45; n++)
      await send(`crowd-${n}`, `crowd-${n}`, 'The checkout page shows a white screen.')
  }, 120_000)

  test('list what is open, for everybody; one with its tickets, for reviewers and leads', async () => {
    const response = await desk.get('/spikes', desk.platform)
    const { spikes } = (await response.json()) as { spikes: Incident[] }
    expect(spikes).toHaveLength(1)
    incident = spikes[0]!
    expect(incident).toMatchObject({ state: 'candidate', decidedBy: null, summary: null })
    expect((await desk.get(`/spikes/${incident.id}`, desk.platform)).status).toBe(403)
    const lead = await desk.keyOf('Lea', 'lead')
    const whole = (await (await desk.get(`/spikes/${incident.id}`, lead)).json()) as {
      tickets: { ticketId: string }[]
    }
    expect(whole.tickets.some(({ ticketId }) => ticketId === 'crowd-44')).toBe(true)
    expect((await desk.get('/spikes/none', lead)).status).toBe(404)
    expect((await desk.get('/spikes?state=odd', lead)).status).toBe(422)
  })

  test('only people decide, a rejection says why, and nobody decides twice', async () => {
    const path = `/spikes/${incident.id}/reject`
    expect((await desk.post(path, { reason: 'x' }, desk.platform)).status).toBe(403)
    const rita = await desk.keyOf('Rita', 'reviewer')
    const empty = await desk.post(path, {}, rita)
    expect(empty.status).toBe(422)
    expect(JSON.stringify(await empty.json())).toContain('reason')
    const done = await desk.post(path, { reason: 'A load test of ours' }, rita)
    expect(await done.json()).toMatchObject({ state: 'rejected', decidedBy: 'Rita' })
    const again = await desk.post(`/spikes/${incident.id}/confirm`, {}, rita)
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ current: { state: 'rejected' } })
    expect((await desk.post('/spikes/none/close', {}, rita)).status).toBe(404)
  })

  test('a platform is told what is said, not what others wrote or who decided', async () => {
    await db.rows(
      `update incidents set notice = 'draft', decided_by = 'Rita', summary = $2::text::json where id = $1`,
      [incident.id, JSON.stringify({ minutes: 1, tickets: 1, examples: ['the white screen'] })],
    )
    const path = '/spikes?state=all'
    const rita = await desk.keyOf('Rita', 'reviewer')
    const theirs = await (await desk.get(path, rita)).text()
    const seen = await (await desk.get(path, desk.platform)).text()
    for (const words of ['white screen"]', 'draft', 'Rita', 'load test']) {
      expect(theirs).toContain(words)
      expect(seen).not.toContain(words)
    }
    expect(seen).toContain(incident.key)
  })

  test('what a person rejected raises nothing, until twice as many say it', async () => {
    const quiet = await send('after-1', 'after-1', 'The checkout page shows a white screen.')
    expect(quiet.signals.spikes).toEqual([])
    let opened: Answer | undefined
    let sent = 0
    while (opened === undefined && sent < 80) {
      const answer = await send(
        `more-${sent}`,
        `more-${sent}`,
        'The checkout page shows a white screen.',
      )
      if (answer.signals.spikes.length > 0) opened = answer
      sent++
    }
    expect(opened!.signals.spikes[0]!.customers).toBeGreaterThanOrEqual(incident.customers * 2)
    expect(opened!.signals.spikes[0]!.incident).not.toBe(incident.id)
  }, 120_000)
})

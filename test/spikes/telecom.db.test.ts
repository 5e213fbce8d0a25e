import { mkdir } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { tickParts } from '../../src/compose/tick.ts'
import type { Answer } from '../../src/domain/answer.ts'
import type { Incident } from '../../src/domain/incident.ts'
import type { Db } from '../../src/store/db.ts'
import { findReceipt } from '../../src/store/receipts.ts'
import { tick } from '../../src/tick.ts'
import { countRows } from '../store/stores.ts'
import { findChromium, launchChromium } from '../support/chromium.ts'
import type { RunningDesk } from '../support/desk.ts'
import { openDesk } from '../support/desk.ts'
import { openTestPglite } from '../support/store.ts'
import { NO_SIGNAL, NORMAL } from './telecom-messages.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** The next Tuesday at eight, as a browser keeps no session that ended before today; the outage begins on Wednesday. */
const START = nextTuesday(Date.now()) + 8 * HOUR
const OUTAGE = START + 25 * HOUR

/** Missed targets page people too; those are not meant here. */
const INCIDENT_PAGE = `type = 'page.requested' and payload ->> 'kind' = 'incident'`

/** A day and a half of a telecom, compressed: normal traffic, a regional outage, its end. */
describe('a regional outage', () => {
  let db: Db
  let desk: RunningDesk
  let browser: Browser | undefined
  let clock = START
  const now = () => new Date(clock)
  let pass: () => Promise<unknown>
  const failed: unknown[] = []

  beforeAll(async () => {
    db = await openTestPglite()
    desk = await openDesk(db, { now })
    if (findChromium() !== undefined) browser = await launchChromium()
    const { compiled } = await loadPolicy('policies/saas.yaml')
    let id = 0
    const parts = tickParts({ db, policy: compiled, newId: () => `revision-${++id}` })
    pass = () => tick({ parts, now, onError: (error) => failed.push(error) })
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await desk.close()
    await db.close()
  })

  const send = async (id: string, customer: string, body: string, region: string) =>
    desk.triage({ id, body, customer: { id: customer, region } }, desk.platform)
  const incidents = async (state = 'open') => {
    const response = await desk.get(`/spikes?state=${state}`, await lookAs('reviewer'))
    return ((await response.json()) as { spikes: Incident[] }).spikes
  }

  test('is one incident with the right team, told once, and every ticket is owned', async () => {
    await pass()
    for (let hour = 0; hour < 25; hour++) {
      for (let n = 0; n < 5; n++) {
        clock = START + hour * HOUR + n * 11 * MINUTE
        const number = hour * 5 + n
        const answer = await send(
          `normal-${number}`,
          `c-${number}`,
          NORMAL[number % NORMAL.length]!,
          number % 2 === 0 ? 'north' : 'south',
        )
        expect(answer.signals.spikes, answer.ticketId).toEqual([])
      }
      clock = START + (hour + 1) * HOUR + 61_000
      await pass()
    }
    expect(await incidents()).toEqual([])

    const answers: Answer[] = []
    for (let n = 0; n < 41; n++) {
      clock = OUTAGE + 2 * MINUTE + n * 25_000
      const body =
        n === 20
          ? 'No signal, and after the restart all my customer records were deleted from the phone. We are losing money every minute.'
          : NO_SIGNAL[n % NO_SIGNAL.length]!
      answers.push(await send(`outage-${n}`, `n-${n}`, body, 'north'))
      if (n % 4 === 3) await pass()
    }
    await pass()
    expect(failed).toEqual([])

    const open = await incidents()
    expect(open).toHaveLength(1)
    const [incident] = open as [Incident]
    expect(incident.key).toContain('signal')
    const firstMember = answers.findIndex(({ signals }) => signals.spikes.length > 0)
    expect(firstMember).toBeGreaterThanOrEqual(4)
    expect(firstMember).toBeLessThanOrEqual(9)
    const last = answers.at(-1)!
    expect(last).toMatchObject({ severity: 'P1', route: { team: 'network-operations' } })
    expect(last.reasons.map(({ sentence }) => sentence).join('\n')).toMatch(/\d+ customers report/)
    for (const answer of answers) {
      expect(answer.route.owner.name).toBeTruthy()
      expect(answer.clocks.length).toBeGreaterThan(0)
    }
    // Its own floor: this one would be critical without any outage, and is reviewed alone.
    const loss = answers[20]!
    expect(loss.disposition).toBe('review')
    expect(loss.reasons.some(({ rule, floor }) => rule === 'stopped-or-lost' && floor)).toBe(true)
    expect(new Set(answers.map(({ review }) => review?.id).filter(Boolean)).size).toBe(
      answers.filter(({ review }) => review !== undefined).length,
    )

    // People are told once, of the regions that report it, and the message to customers is a draft.
    const pages = await db.rows<{ payload: string }>(
      `select payload from outbox where ${INCIDENT_PAGE}`,
    )
    expect(pages).toHaveLength(1)
    expect(JSON.parse(pages[0]!.payload)).toMatchObject({
      kind: 'incident',
      people: ['fatima', 'george'],
    })
    const [paged] = await incidents()
    expect(paged!.notice).toContain('north')
    expect(await countRows(db, 'outbox', `type = 'spike.opened'`)).toBe(1)

    // The first ones were decided before anybody could know: linked, and raised by a revision of their own.
    const lead = await lookAs('lead')
    const whole = (await (await desk.get(`/spikes/${incident.id}`, lead)).json()) as {
      tickets: { ticketId: string; earlier: boolean }[]
    }
    const linked = new Map(whole.tickets.map((ticket) => [ticket.ticketId, ticket]))
    for (let n = 0; n < 41; n++) expect(linked.has(`outage-${n}`), `outage-${n}`).toBe(true)
    const raised = await db.rows<{ decision_id: string; revision: number; severity: string }>(
      `select decision_id, revision, severity from tickets where external_id like 'outage-%' and revision > 1`,
    )
    for (const { decision_id: id, severity } of raised) {
      expect(['P1', 'P2']).toContain(severity)
      const { values } = (await findReceipt(db, id))!.receipt.facts
      expect(values).toMatchObject({ 'spike.incident': incident.id, 'spike.region': 'north' })
      const replayed = await desk.post(`/decisions/${id}/replay`, {}, lead)
      expect(await replayed.json()).toMatchObject({ identical: true })
    }
    const stillLow = answers
      .slice(0, firstMember)
      .filter(({ severity }) => severity === 'P3' || severity === 'P4')
    expect(raised.length).toBeGreaterThanOrEqual(stillLow.length)
  }, 240_000)

  test('is watched, confirmed and ends by itself with a summary', async () => {
    const [incident] = (await incidents()) as [Incident]
    if (browser !== undefined) {
      const ann = await desk.signIn(browser, 'Ann Keller')
      const page = await ann.newPage()
      page.on('pageerror', (error) => desk.failures.push(error.message))
      await page.setViewportSize({ width: 1200, height: 1000 })
      await page.goto('/review/spikes')
      await page.locator('.spike-chart polyline.now').waitFor()
      const before = await page.locator('.spike-chart figcaption').textContent()
      // The chart moves without a reload.
      clock = OUTAGE + 25 * MINUTE
      await send('outage-late', 'n-late', NO_SIGNAL[0], 'south')
      await pass()
      await expect
        .poll(() => page.locator('.spike-chart figcaption').textContent(), { timeout: 15_000 })
        .not.toBe(before)
      if (process.env['SCREENSHOTS'] !== undefined) {
        await mkdir('docs/spikes', { recursive: true })
        await page.screenshot({ path: 'docs/spikes/page.png', fullPage: true })
      }
      await page.getByRole('button', { name: 'It is an incident' }).click()
      await page.getByText('Confirmed by Ann Keller').waitFor()
      expect(desk.failures).toEqual([])
      await ann.close()
    } else {
      await desk.post(`/spikes/${incident.id}/confirm`, {}, await lookAs('reviewer'))
    }
    expect((await incidents())[0]).toMatchObject({ state: 'confirmed' })

    // The customers stop writing; the window empties, half an hour later it is over.
    for (let minutes = 30; minutes <= 130; minutes += 5) {
      clock = OUTAGE + minutes * MINUTE
      await pass()
    }
    expect(failed).toEqual([])
    expect(await incidents()).toEqual([])
    const [closed] = (await incidents('closed')) as [Incident]
    expect(closed).toMatchObject({ id: incident.id, closedBy: 'clock' })
    expect(closed.summary!.customers).toBeGreaterThanOrEqual(41)
    expect(closed.summary!.regions['north']).toBe(41)
    expect(closed.summary!.examples.length).toBe(5)
    expect(closed.peakCustomers).toBeGreaterThanOrEqual(30)
    expect(await countRows(db, 'outbox', INCIDENT_PAGE)).toBe(1)
    expect(await countRows(db, 'outbox', `type = 'spike.closed'`)).toBe(1)
    // Every ticket of the day has an owner, whatever became of the incident.
    expect(await countRows(db, 'tickets', `owner = '' or backup = '' or owner = backup`)).toBe(0)
    // What comes back smaller within the cooldown opens nothing.
    for (let n = 0; n < 8; n++) await send(`again-${n}`, `a-${n}`, NO_SIGNAL[n]!, 'north')
    expect(await incidents()).toEqual([])
  }, 120_000)

  async function lookAs(role: 'lead' | 'reviewer'): Promise<Record<string, string>> {
    return desk.keyOf(role, role)
  }
})

function nextTuesday(ms: number): number {
  const midnight = Math.ceil(ms / (24 * HOUR)) * 24 * HOUR
  return midnight + ((9 - new Date(midnight).getUTCDay()) % 7) * 24 * HOUR
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import type { Db } from '../../src/store/db.ts'
import { criticalTicket, harmlessTicket } from '../support/app.ts'
import { findChromium, launchChromium, NO_CHROMIUM } from '../support/chromium.ts'
import type { RunningDesk } from '../support/desk.ts'
import { openDesk } from '../support/desk.ts'
import { openTestPglite } from '../support/store.ts'

const hasChromium = findChromium() !== undefined
if (!hasChromium) console.warn(`\n${NO_CHROMIUM}\n`)

const SOON = { timeout: 10_000 }

/** The shipped procedure, with everything that asks people to look twice. */
const RULES = {
  undo_seconds: 30,
  four_eyes: { when: { 'customer.regulated': true } },
  samples: { share: 1, blind: 1 },
}

describe.skipIf(!hasChromium)('looking twice', () => {
  let folder: string
  let db: Db
  let desk: RunningDesk
  let browser: Browser
  let ann: BrowserContext
  let bea: BrowserContext
  let reviewer: Record<string, string>
  let ahead = 0

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'triage-desk-'))
    const policyFile = join(folder, 'policy.yaml')
    const policy = parseDocument(readFileSync('policies/saas.yaml', 'utf8'))
    for (const [rule, value] of Object.entries(RULES)) policy.setIn(['review', rule], value)
    writeFileSync(policyFile, policy.toString())
    db = await openTestPglite()
    desk = await openDesk(db, { policyFile, now: () => new Date(Date.now() + ahead) })
    reviewer = await desk.keyOf('reader', 'reviewer')
    browser = await launchChromium()
    ann = await desk.signIn(browser, 'Ann')
    bea = await desk.signIn(browser, 'Bea')
  })
  afterAll(async () => {
    await browser?.close()
    await desk?.close()
    await db?.close()
    rmSync(folder, { recursive: true })
  })

  async function open(context: BrowserContext, id: string): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`/review/${id}`)
    await page.locator('#live[data-state=on]').waitFor(SOON)
    return page
  }

  const reviewOf = async (id: string) =>
    (await (await desk.get(`/reviews/${id}`, reviewer)).json()) as {
      state: string
      decidedBy: string | null
      severity: string | null
      outcome: { kind: string } | null
      proposal: { by: string } | null
      supersededBy: string | null
    }
  const hold = async (ticket: object = criticalTicket()) =>
    (await desk.triage(ticket, desk.platform)).review!.id

  test('a decision is taken back with u, and the ticket is held again', async () => {
    const id = await hold()
    const page = await open(ann, id)
    await page.keyboard.press('a')
    await page.locator('#done').getByRole('button', { name: /Undo/ }).waitFor(SOON)
    expect(await reviewOf(id)).toMatchObject({ state: 'approved', decidedBy: 'Ann' })
    await page.keyboard.press('u')
    await page.getByText('You have it for').waitFor(SOON)
    expect(await reviewOf(id)).toMatchObject({ state: 'claimed', decidedBy: null, outcome: null })

    await page.keyboard.press('a')
    await page.locator('#done').waitFor(SOON)
    ahead += 31_000
    // A change of the queue tells the page what time it is; without one it hears so every fifteen seconds only.
    await hold()
    await page.locator('form[data-key=u]').waitFor({ state: 'detached', ...SOON })
    expect((await reviewOf(id)).state).toBe('approved')
    await page.close()
  })

  test('where two people must agree, the first proposes and only the other one can confirm', async () => {
    const ticket = criticalTicket()
    const id = await hold({ ...ticket, customer: { ...ticket.customer, regulated: true } })
    const [first, second] = [await open(ann, id), await open(bea, id)]
    await first.keyboard.press('a')
    await first.goto(`/review/${id}`)
    await first.getByText('Another person must agree with you').waitFor(SOON)
    expect(await first.locator('form[data-key=a]').count()).toBe(0)
    expect(await reviewOf(id)).toMatchObject({ state: 'pending', proposal: { by: 'Ann' } })

    await second.getByRole('button', { name: /Agree with Ann/ }).waitFor(SOON)
    await second.keyboard.press('a')
    await second.locator('#done').waitFor(SOON)
    expect(await reviewOf(id)).toMatchObject({ state: 'approved', decidedBy: 'Bea' })
    await first.close()
    await second.close()
  })

  test('a blind sample shows the words and nothing of the suggestion until it is judged', async () => {
    const ticket = harmlessTicket()
    const answer = await desk.triage(ticket, desk.platform)
    expect(answer.disposition).toBe('auto')
    const { reviews } = (await (await desk.get('/reviews?kind=sample', reviewer)).json()) as {
      reviews: { id: string; ticketId: string }[]
    }
    const { id } = reviews.find(({ ticketId }) => ticketId === ticket.id)!
    const page = await open(ann, id)
    const card = await page.locator('.card').innerText()
    expect(card).toContain('export my contacts')
    for (const told of ['how to', answer.route.owner.name, answer.reasons[0]!.sentence])
      expect(card).not.toContain(told)
    for (const part of ['SUGGESTION', 'SCORES', 'WHY', 'HISTORY', 'CLOCKS'])
      expect(card).not.toContain(part)
    expect(await page.locator('.card mark').count()).toBe(0)
    expect(await page.locator(`#line-${id}`).innerText()).toContain('?')

    await page.getByLabel('Severity').selectOption('P3')
    await page.getByLabel('Type').selectOption(answer.type)
    await page.getByLabel('Team').selectOption(answer.route.team)
    await page.getByRole('button', { name: 'Judge' }).click()
    await page.locator('#done').waitFor(SOON)
    const expected = answer.severity === 'P3' ? 'approved' : 'overridden'
    expect((await reviewOf(id)).state).toBe(expected)
    await page.close()
  })

  test('a ticket that changed while it was read must be looked at again, and what was typed stays', async () => {
    const ticket = criticalTicket()
    const id = await hold(ticket)
    const page = await open(ann, id)
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: 'Change, then approve' }).waitFor(SOON)
    // This browser does not hear of the change.
    await page.route('**/review/live*', (route) => route.abort())
    const again = { ...ticket, body: `${ticket.body} And now the backups are gone as well.` }
    await desk.triage(again, desk.platform)

    await page.getByLabel('Severity').selectOption('P2')
    await page.locator('#reason').fill('There is a way around it')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('alert').waitFor(SOON)
    expect((await reviewOf(id)).outcome).toBeNull()
    expect(await page.getByRole('alert').textContent()).toContain('decided anew')
    expect(await page.locator('.words').first().textContent()).toContain('the backups are gone')
    // Seen now, and sent again as it was typed.
    expect(await page.locator('#reason').inputValue()).toBe('There is a way around it')
    await page.locator('#reason').focus()
    await page.keyboard.press('Control+Enter')
    await page.locator('#done').waitFor(SOON)
    const { supersededBy } = await reviewOf(id)
    expect(await reviewOf(supersededBy!)).toMatchObject({ state: 'overridden', severity: 'P2' })
    await page.close()
  })
})

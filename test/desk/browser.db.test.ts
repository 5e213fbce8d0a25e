import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDeliverer } from '../../src/compose/deliverer.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import { createNodePost } from '../../src/delivery/post-node.ts'
import type { Action } from '../../src/domain/decision.ts'
import { showInstant } from '../../src/domain/show-instant.ts'
import { registerWebhook } from '../../src/store/webhooks.ts'
import { onBothStores } from '../store/stores.ts'
import { criticalTicket } from '../support/app.ts'
import { findChromium, launchChromium, NO_CHROMIUM } from '../support/chromium.ts'
import type { RunningDesk } from '../support/desk.ts'
import { openDesk } from '../support/desk.ts'
import { startReceiver } from '../support/receiver.ts'

const hasChromium = findChromium() !== undefined
if (!hasChromium) console.warn(`\n${NO_CHROMIUM}\n`)

/** What a test waits for at most; the desk itself shows changes within about a second. */
const SOON = { timeout: 10_000 }

type Envelope = {
  readonly data: {
    readonly actions?: Action[]
    readonly decision?: { readonly actions?: Action[] }
  }
}

describe.skipIf(!hasChromium)('the desk in Chromium', () => {
  onBothStores((db) => {
    let desk: RunningDesk
    let browser: Browser
    let ann: BrowserContext
    let bea: BrowserContext
    let reader: Record<string, string>
    /** How far the service's clock is ahead of real time. */
    let ahead = 0

    beforeAll(async () => {
      const now = () => new Date(Date.now() + ahead)
      desk = await openDesk(db(), { now })
      reader = await desk.keyOf('reader', 'reviewer')
      browser = await launchChromium()
      ann = await desk.signIn(browser, 'Ann')
      bea = await desk.signIn(browser, 'Bea')
    })
    afterAll(async () => {
      await browser?.close()
      await desk?.close()
    })

    async function hold(ticket: object = criticalTicket()): Promise<string> {
      const { review } = await desk.triage(ticket, desk.platform)
      return review!.id
    }

    async function open(context: BrowserContext, path = '/review'): Promise<Page> {
      const page = await context.newPage()
      page.on('pageerror', (error) => desk.failures.push(error.message))
      page.on('dialog', (dialog) => {
        desk.failures.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      await page.goto(path)
      await page.locator('#live[data-state=on]').waitFor(SOON)
      return page
    }

    /** A webhook endpoint of the platform, behind the real deliverer. */
    async function listenAsPlatform() {
      const receiver = await startReceiver(() => ({ status: 204 }))
      const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
      const now = () => new Date(Date.now() + ahead)
      const { compiled } = await loadPolicy('policies/saas.yaml')
      const post = createNodePost({ allowPrivate: true })
      const onError = (error: unknown) => void desk.failures.push(String(error))
      const { url } = receiver
      const hook = { id: randomUUID(), kind: 'webhook', url, events: [], secret } as const
      await registerWebhook(db(), { ...hook, actor: 'root', now: now() })
      const publicUrl = 'https://triage.example.test'
      const deliverer = openDeliverer({ db: db(), policy: compiled, post, publicUrl, now, onError })
      return {
        /** All actions in all events so far, each event verified. */
        actionsSent: async () => {
          await deliverer.pass()
          await deliverer.settled()
          return receiver.received.flatMap(({ body, headers }) => {
            const event = new Webhook(secret).verify(body, headers) as Envelope
            return event.data.actions ?? event.data.decision?.actions ?? []
          })
        },
        close: () => receiver.close(),
      }
    }

    const stateOf = async (id: string) =>
      (await (await desk.get(`/reviews/${id}`, reader)).json()) as {
        state: string
        decisionId: string
        decidedBy: string
        claimedBy: string | null
        outcome: { kind: string; changes?: object; reason?: string }
      }

    test('a critical ticket appears without a reload, is overridden by keyboard alone, and the platform is sent exactly that', async () => {
      const platform = await listenAsPlatform()
      const page = await open(ann)
      await page.evaluate('window.notReloaded = true')
      const id = await hold()
      await page.locator(`#line-${id}`).waitFor(SOON)
      expect(await platform.actionsSent()).toEqual([])
      expect(await page.locator('#announcer').textContent()).toContain('New critical ticket')

      // j goes down the queue until this ticket is the chosen one.
      for (let steps = 0; steps < 20 && !page.url().endsWith(id); steps++) {
        const before = page.url()
        const card = await page.locator('.card').getAttribute('data-review')
        if (card === id) break
        await page.keyboard.press('j')
        await page.waitForURL((url) => url.href !== before, SOON)
      }
      await page.locator(`.card[data-review="${id}"]`).waitFor(SOON)
      await page.keyboard.press('o')
      await page.getByRole('heading', { name: 'Change, then approve' }).waitFor(SOON)
      expect((await stateOf(id)).claimedBy).toBe('Ann')
      expect(await page.evaluate('document.activeElement.id')).toBe('severity')

      await page.keyboard.type('P2')
      for (let tabs = 0; tabs < 20; tabs++) {
        await page.keyboard.press('Tab')
        const value = await page.evaluate('document.activeElement.value')
        if (value === 'Too severe') break
      }
      await page.keyboard.press('Space')
      for (let tabs = 0; tabs < 20; tabs++) {
        await page.keyboard.press('Tab')
        if ((await page.evaluate('document.activeElement.id')) === 'reason') break
      }
      await page.keyboard.type('a test account, and a decision typed with o, a and d')
      await page.keyboard.press('Control+Enter')
      await page.locator('#done').waitFor(SOON)

      expect(await stateOf(id)).toMatchObject({
        state: 'overridden',
        decidedBy: 'Ann',
        outcome: {
          changes: { severity: 'P2' },
          reason: 'Too severe: a test account, and a decision typed with o, a and d',
        },
      })
      expect(await page.evaluate('window.notReloaded')).toBe(true)

      const { decisionId } = await stateOf(id)
      const receipt = (await (
        await desk.get(`/decisions/${decisionId}`, desk.platform)
      ).json()) as {
        ticketId: string
        decision: { proposed: Action[] }
      }
      const P2 = { severity: 'P2', priority: 'high' }
      // While it can be taken back, it stays in the house.
      expect(await platform.actionsSent()).toEqual([])
      ahead += 11_000
      const { clocks } = (await (
        await desk.get(`/tickets/${receipt.ticketId}`, desk.platform)
      ).json()) as { clocks: { kind: string; dueAt: string }[] }
      // The draft promises what a P2 is owed.
      const promised = ['update', 'resolution'].map((owed) =>
        showInstant(clocks.find(({ kind }) => kind === owed)!.dueAt),
      )
      expect(await platform.actionsSent()).toEqual(
        receipt.decision.proposed.map((action) => {
          if (action.kind === 'set_priority') return { ...action, ...P2 }
          if (action.kind === 'draft_reply') {
            const times = promised.values()
            const body = action.body.replace(
              /\w+day \d+ \w+, [\d:]+ UTC/g,
              () => times.next().value!,
            )
            // A P2 is answered in writing: the call was owed to the P1 alone.
            const { channel, ...written } = action
            expect(channel).toBe('phone')
            return { ...written, body }
          }
          if (action.kind !== 'add_tags') return action
          const tags = action.tags.map((tag) => tag.replace('P1', 'P2').replace('critical', 'high'))
          return { ...action, tags }
        }),
      )
      await platform.close()
      await page.close()
    })

    test('the second of two sees at once who was first', async () => {
      const id = await hold()
      const [first, second] = [await open(ann, `/review/${id}`), await open(bea, `/review/${id}`)]
      await first.keyboard.press('a')
      await first.locator('#done').waitFor(SOON)
      await second.locator('.notice', { hasText: 'approved by Ann' }).waitFor(SOON)
      expect(await second.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
      await first.close()
      await second.close()
    })

    test('whoever loses the race itself is told why and shown how it stands', async () => {
      const id = await hold()
      const [first, second] = [await open(ann, `/review/${id}`), await open(bea, `/review/${id}`)]
      // This browser hears of nothing any more.
      await second.route('**/review/live*', (route) => route.abort())
      await first.keyboard.press('a')
      await first.locator('#done').waitFor(SOON)
      await second.keyboard.press('a')
      await second.getByRole('alert').waitFor(SOON)
      expect(await second.getByRole('alert').textContent()).toContain('approved')
      expect(await second.locator('.notice').textContent()).toContain('by Ann')
      expect((await stateOf(id)).decidedBy).toBe('Ann')
      await first.close()
      await second.close()
    })

    test('a claim that runs out gives the card back to the others, without a reload', async () => {
      const id = await hold()
      const [first, second] = [await open(ann, `/review/${id}`), await open(bea, `/review/${id}`)]
      await first.keyboard.press('c')
      await first.getByText('You have it for').waitFor(SOON)
      await second.locator('.notice', { hasText: 'Ann has it for' }).waitFor(SOON)
      expect(await second.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
      ahead += 11 * 60_000
      await second.getByRole('button', { name: /^Approve/ }).waitFor(SOON)
      await second.keyboard.press('a')
      await second.locator('#done').waitFor(SOON)
      expect((await stateOf(id)).decidedBy).toBe('Bea')
      await first.close()
      await second.close()
    })

    test('what comes while the connection is lost is there once it is back', async () => {
      const page = await open(ann)
      await ann.setOffline(true)
      desk.dropConnections()
      await page.locator('#live[data-state=lost]').waitFor(SOON)
      const id = await hold()
      await ann.setOffline(false)
      await page.locator(`#line-${id}`).waitFor(SOON)
      await page.locator('#live[data-state=on]').waitFor(SOON)
      expect(await page.locator(`#line-${id}`).count()).toBe(1)
      await page.close()
    })

    test('hostile text is shown and does nothing', async () => {
      const body = [
        '<script>alert("body")</script><img src=x onerror=alert(1)>',
        '"><svg onload=alert(2)> </textarea></article><form action=https://evil.example>',
        'Please re\u200bfund \u202eyenom eht\u202c to me, javascript:alert(3)',
        'המערכת נפלה והלקוחות שלנו לא יכולים לשלם',
        'All customer records were deleted. '.repeat(1_500),
      ].join('\n')
      const id = await hold({
        ...criticalTicket(),
        subject: '</title><script>alert(0)</script>',
        body,
      })
      const page = await open(ann, `/review/${id}`)
      const card = page.locator('.card')
      expect(await card.getByRole('heading', { level: 1 }).textContent()).toBe(
        '</title><script>alert(0)</script>',
      )
      const words = page.locator('.words').first()
      expect(await words.textContent()).toContain('<script>alert("body")</script><img src=x')
      expect(await words.locator('i').allTextContents()).toEqual(['ZWSP', 'RLO', 'PDF'])
      expect(await card.locator('script, img, svg[onload], form[action^=http]').count()).toBe(0)
      const directions = await page.evaluate(
        `[...document.querySelectorAll('.words:not(.excerpts) p')].map((line) => getComputedStyle(line).direction)`,
      )
      expect(directions).toEqual(['ltr', 'ltr', 'ltr', 'rtl', 'ltr'])

      await page.getByRole('link', { name: /^Read all/ }).click()
      await page.waitForURL('**?text=all', SOON)
      expect((await words.textContent())!.length).toBeGreaterThan(50_000)
      await page.close()
      expect(desk.failures).toEqual([])
    })

    test('the help opens with ?, names every key, and gives the focus back', async () => {
      const page = await open(ann)
      await page.locator('a.line').first().focus()
      const focused = await page.evaluate('document.activeElement.id')
      await page.keyboard.press('?')
      const dialog = page.getByRole('dialog', { name: 'Keys' })
      for (const key of ['j', 'k', 'a', 'o', 'd', 'c', 'u', '?'])
        expect(await dialog.locator('kbd').allTextContents()).toContain(key)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      expect(await page.evaluate('document.activeElement.id')).toBe(focused)
      await page.close()
    })

    test('without JavaScript the same forms decide', async () => {
      const id = await hold()
      const plain = await desk.signIn(browser, 'Cleo', { javaScriptEnabled: false })
      const page = await plain.newPage()
      await page.goto(`/review/${id}`)
      await page.getByRole('button', { name: /^Not an escalation/ }).click()
      await page.getByRole('button', { name: 'Dismiss' }).click()
      // No reason yet: told so, with the form still open.
      expect(await page.getByRole('alert').textContent()).toContain('A reason is required')
      await page.locator('label', { hasText: 'Duplicate' }).click()
      await page.locator('label', { hasText: 'P3' }).click()
      await page.getByRole('button', { name: 'Dismiss' }).click()
      await page.locator('#done').waitFor(SOON)
      expect(await stateOf(id)).toMatchObject({
        state: 'dismissed',
        decidedBy: 'Cleo',
        outcome: { severity: 'P3', reason: 'Duplicate' },
      })
      await plain.close()
    })

    test('a lead reads and cannot decide', async () => {
      const id = await hold()
      const lead = await desk.signIn(browser, 'Lena', { role: 'lead' })
      const page = await open(lead, `/review/${id}`)
      expect(await page.getByText('it does not decide').count()).toBe(1)
      expect(await page.locator('form[action*="/approve"]').count()).toBe(0)
      await lead.close()
    })

    test('a page is small enough for a slow network', async () => {
      const id = await hold()
      for (let count = 0; count < 25; count++) await hold()
      const page = await open(ann, `/review/${id}`)
      const size = await page.evaluate(
        `performance.getEntriesByType('navigation')[0].decodedBodySize`,
      )
      expect(size).toBeLessThan(60_000)
      await page.close()
    })
  })
})

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { findChromium, launchChromium, NO_CHROMIUM } from '../support/chromium.ts'
import type { RunningDesk } from '../support/desk.ts'
import { openDesk } from '../support/desk.ts'
import { openTestPglite } from '../support/store.ts'
import { DESK_TICKETS } from './desk-tickets.ts'

const hasChromium = findChromium() !== undefined
if (!hasChromium) console.warn(`\n${NO_CHROMIUM}\n`)

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const LOOKS = [
  { look: 'light', colorScheme: 'light', viewport: { width: 1360, height: 900 } },
  { look: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 900 } },
  { look: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const

type Finding = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }

describe.skipIf(!hasChromium)('axe finds nothing serious', () => {
  let db: Db
  let desk: RunningDesk
  let browser: Browser
  let id: string

  beforeAll(async () => {
    db = await openTestPglite()
    desk = await openDesk(db)
    browser = await launchChromium()
    const ids = []
    for (const { ticket } of DESK_TICKETS)
      ids.push((await desk.triage(ticket, desk.platform)).review!.id)
    id = ids[0]!
  })
  afterAll(async () => {
    await browser?.close()
    await desk?.close()
    await db?.close()
  })

  test.each(LOOKS)('in $look', async ({ colorScheme, viewport }) => {
    const context = await browser.newContext({
      baseURL: desk.url,
      colorScheme,
      viewport,
      bypassCSP: true,
    })
    const outside = await context.newPage()
    await outside.goto('/review/sign-in')
    const found = [await audit(outside, 'sign-in')]
    await context.close()

    const inside = await desk.signIn(browser, 'Ann', { colorScheme, viewport, bypassCSP: true })
    const page = await inside.newPage()
    const PAGES = [
      '',
      `/${id}`,
      `/${id}?form=override`,
      `/${id}?form=dismiss`,
      '/history',
      '/quality',
    ]
    for (const path of PAGES) {
      await page.goto(`/review${path}`)
      if (path === '' || path.includes(id)) await page.locator('#live[data-state=on]').waitFor()
      found.push(await audit(page, path.replace(id, 'card')))
    }
    await page.evaluate(`document.getElementById('help').showModal()`)
    found.push(await audit(page, 'help'))
    await inside.close()
    expect(found.flat()).toEqual([])
  })

  async function audit(page: Page, name: string): Promise<string[]> {
    await page.evaluate(AXE)
    const { violations } = await page.evaluate<{ violations: Finding[] }>('axe.run(document)')
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap((finding) =>
        finding.nodes.map((node) => `${name}: ${finding.id} ${node.html} ${node.failureSummary}`),
      )
  }
})

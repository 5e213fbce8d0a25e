/*
 * Pictures of every page of the desk in docs/desk/: light, dark and on a phone. Run: npm run screenshots
 */
import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { launchChromium } from '../support/chromium.ts'
import { openDesk } from '../support/desk.ts'
import { openTestPglite } from '../support/store.ts'
import { decideMorning, DESK_TICKETS } from './desk-tickets.ts'

const FOLDER = 'docs/desk'
const MINUTE = 60_000

/** The clock of the service: real time, moved on while tickets come in. */
let ahead = 0
const now = () => new Date(Date.now() + ahead)

const db = await openTestPglite()
const desk = await openDesk(db, { now })
const browser = await launchChromium()
await mkdir(FOLDER, { recursive: true })

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1240, height: 800 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1240, height: 800 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const

const ALL = ['queue', 'override', 'dismiss', 'history', 'quality', 'sign-in']
/** A wide window shows queue and card together; the dark pages differ in colours only. */
const SHOWN: Readonly<Record<(typeof LOOKS)[number]['name'], readonly string[]>> = {
  light: ALL,
  dark: ['queue', 'override', 'quality'],
  phone: [...ALL, 'card'],
}

try {
  const ann = await desk.signIn(browser, 'Ann Keller')
  await decideMorning(desk, (minutes) => (ahead += minutes * MINUTE))
  const ids: string[] = []
  for (const { ticket, minutesLater } of DESK_TICKETS) {
    const { review } = await desk.triage(ticket, desk.platform)
    if (review !== undefined) ids.push(review.id)
    ahead += minutesLater * MINUTE
  }
  await ann.close()

  for (const { name, colorScheme, viewport } of LOOKS) {
    const context = await desk.signIn(browser, 'Ann Keller', { colorScheme, viewport })
    const page = await context.newPage()
    const shoot = async (what: string) => {
      if (SHOWN[name].includes(what)) await picture(page, `${what}-${name}`)
    }
    await page.goto('/review')
    await page.locator('#live[data-state=on]').waitFor()
    await shoot('queue')
    await page.goto(`/review/${ids[0]}`)
    await shoot('card')
    await page.getByRole('button', { name: /^Change/ }).click()
    await page.getByRole('heading', { name: 'Change, then approve' }).waitFor()
    await shoot('override')
    await page.goto(`/review/${ids[0]}?form=dismiss`)
    await shoot('dismiss')
    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: /Put it back/ }).click()
    await page.getByRole('button', { name: /Take it/ }).waitFor()
    for (const place of ['history', 'quality']) {
      await page.goto(`/review/${place}`)
      await shoot(place)
    }
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key').waitFor()
    await shoot('sign-in')
    await context.close()
  }
} finally {
  await browser.close()
  await desk.close()
  await db.close()
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png` })
  console.log(`${FOLDER}/${name}.png`)
}

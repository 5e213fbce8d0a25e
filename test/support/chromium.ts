import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Where this machine has Chromium: `CHROMIUM_PATH`, or one of the usual places; undefined when there is none. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH']
  if (given === undefined || given === '') return USUAL_PLACES.find((path) => existsSync(path))
  if (existsSync(given)) return given
  throw new Error(`CHROMIUM_PATH names ${given}, which does not exist`)
}

/** Why browser tests did not run; loud, because they are part of the promise. */
export const NO_CHROMIUM =
  'SKIPPED: no Chromium on this machine. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.'

/** A headless browser that asks nobody but us for anything. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error(NO_CHROMIUM)
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

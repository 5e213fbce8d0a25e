import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Db } from '../../src/store/db.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { findReview } from '../../src/store/reviews.ts'
import { aRecord } from '../store/a-record.ts'
import type { TestApp } from '../support/app.ts'
import { openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

let db: Db
let api: TestApp
let id: string

beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db, { scorers: [] })
  id = randomUUID()
  await recordTriage(db, aRecord({ severity: 'P1', now: new Date(), review: { id } }))
})
afterAll(() => db.close())

/** Sends the form of the card as a browser without script does. */
async function override(fields: Record<string, string>): Promise<Response> {
  const page = await api.get(`/review/${id}?form=override`)
  const cookie = page.headers.get('set-cookie')!.split(';')[0]!
  const csrf = /name="csrf" value="([0-9a-f]{64})"/.exec(await page.text())![1]!
  return api.app.request(`/review/${id}/override`, {
    method: 'POST',
    headers: {
      cookie,
      origin: 'http://localhost',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ csrf, reason: 'Ana is away', ...fields }).toString(),
  })
}

test('an emptied draft is no approval of the draft', async () => {
  const { policy } = (await loadPolicy('policies/saas.yaml')).compiled
  const person = Object.keys(policy.people).at(-1)!
  const refused = await override({ owner: person, message: ' \r\n ' })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toContain('The message is empty: write one, or leave the draft.')
  expect(await findReview(db, id)).toMatchObject({ state: 'pending' })

  // As it stands it is left alone.
  expect((await override({ owner: person, message: 'We are on it.' })).status).toBe(303)
  expect(await findReview(db, id)).toMatchObject({ state: 'overridden', owner: person })
})

test('what was decided about a ticket that changed before anybody was told is shown as such', async () => {
  const [before, after] = [randomUUID(), randomUUID()]
  const first = aRecord({ severity: 'P1', now: new Date(), review: { id: before } })
  await recordTriage(db, first)
  expect((await api.post(`/reviews/${before}/approve`, {})).status).toBe(200)
  const next = aRecord({
    severity: 'P1',
    now: new Date(),
    ticket: { id: first.ticket.id, body: 'It was something else' },
    follows: first.receipt,
    review: { id: after },
  })
  await recordTriage(db, next)
  const page = await (await api.get(`/review/${before}`)).text()
  expect(page).toContain('nothing of it happens')
  expect(page).toContain(`href="/review/${after}"`)
})

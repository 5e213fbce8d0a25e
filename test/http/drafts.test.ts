import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

let db: Db
let api: TestApp
let now = new Date('2026-10-02T14:00:00.000Z')
beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db, { now: () => now })
})
afterAll(() => db.close())

type Drafts = { progress: string; resolution: string; handOff: string }
const draftsOf = async (id: string) =>
  ((await (await api.get(`/tickets/${id}`)).json()) as { drafts: Drafts }).drafts

test('a ticket has drafts with its people and the times that its clocks allow, and a passed time promises nothing', async () => {
  const answer = await api.triage({ ...criticalTicket('D-1'), createdAt: now.toISOString() })
  const drafts = await draftsOf('D-1')
  const { owner, backup } = answer.route
  expect(drafts.progress).toContain('by Friday 2 October, 14:30 UTC')
  expect(drafts.progress).toContain(owner.name)
  expect(drafts.resolution).toContain(owner.name)
  expect(drafts.handOff).toContain('P1 (')
  expect(drafts.handOff).toContain(`${backup.name} backs up`)

  now = new Date('2026-10-02T14:45:00.000Z')
  expect((await draftsOf('D-1')).progress).toContain('again as soon as we can')
})

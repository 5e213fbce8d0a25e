import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/store/open-postgres.ts'
import type { Db } from '../../src/store/db.ts'
import type { TestApp } from '../support/app.ts'
import { openApp } from '../support/app.ts'
import type { TestPostgres } from '../support/store.ts'
import { openTestPglite, startPostgres } from '../support/store.ts'
import { SCENARIOS } from './scenario-tickets.ts'

/** A Wednesday in working time of the default calendars, so that owners do not depend on the day of the test. */
const NOW = new Date('2026-11-18T15:00:00Z')

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

describe.each(['pglite', 'postgres'] as const)('through POST /triage on %s', (dialect) => {
  let db: Db
  let api: TestApp
  beforeAll(async () => {
    db =
      dialect === 'pglite' ? await openTestPglite() : openPostgres(await postgres.createDatabase())
    api = await openApp(db, { now: () => NOW })
  })
  afterAll(() => db.close())

  test.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
    '%s',
    async (id, { ticket, crowd = 0, expected }) => {
      for (let at = 0; at < crowd; at++)
        await api.triage({
          ...ticket,
          id: `${id} ${at}`,
          customer: { ...ticket.customer, id: `crowd-${at}` },
        })
      const answer = await api.triage({ ...ticket, id })
      const { severity, type, disposition, route } = answer
      expect({ severity, type, disposition, team: route.team }).toEqual(expected)
      expect(answer.actions.length > 0).toBe(disposition === 'auto')
      expect(route.owner.name).not.toBe(route.backup.name)
      expect(answer.reasons.every((reason) => reason.sentence.length > 0)).toBe(true)
    },
  )
})

import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, openApp } from '../support/app.ts'
import type { TestPostgres } from '../support/store.ts'
import { startPostgres } from '../support/store.ts'

let server: TestPostgres
let db: Db
let app: TestApp

beforeAll(async () => {
  server = await startPostgres()
  db = openPostgres(await server.createDatabase())
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const phrases = createPhraseScorer(compiled.policy.phrases, compiled.policy.version)
  app = await openApp(db, { scorers: [phrases] })
}, 60_000)
afterAll(async () => {
  await db.close()
  await server.stop()
})

const ROUNDS = Array.from({ length: 50 }, (_, round) => round)
const revise = async (id: string, round: number) =>
  app.post('/triage', { ...criticalTicket(id), body: `All data were deleted, ${round} times.` })
/** A little later each round, so that some come while the revision holds the ticket. */
const send = async (id: string, round: number, event: Record<string, unknown>) => {
  await setTimeout(round % 10)
  return (await app.post(`/tickets/${id}/events`, event)).status
}
const kindsOf = async (id: string) =>
  (
    await db.rows<{ kind: string }>(
      `select e.kind from ticket_events e join tickets t on t.id = e.ticket
        where t.external_id = $1 and e.event_id not like 'revision %'`,
      [id],
    )
  ).map(({ kind }) => kind)

test('an event that comes while its ticket is revised is kept', async () => {
  await app.triage(criticalTicket('R-1'))
  const statuses: number[] = []
  for (const round of ROUNDS) {
    const [, status] = await Promise.all([
      revise('R-1', round),
      send('R-1', round, { id: `event-${round}`, type: 'customer_replied' }),
    ])
    statuses.push(status)
  }
  expect(statuses).toEqual(ROUNDS.map(() => 200))
  expect(await kindsOf('R-1')).toHaveLength(ROUNDS.length)
})

test('a merge into a ticket that is being revised reaches it', async () => {
  await app.triage(criticalTicket('R-2'))
  for (const round of ROUNDS) await app.triage(criticalTicket(`R-2-${round}`))
  const statuses: number[] = []
  for (const round of ROUNDS) {
    const [, status] = await Promise.all([
      revise('R-2', round),
      send(`R-2-${round}`, round, { id: 'merge', type: 'merged', into: 'R-2' }),
    ])
    statuses.push(status)
  }
  expect(statuses).toEqual(ROUNDS.map(() => 200))
  expect(await kindsOf('R-2')).toEqual(ROUNDS.map(() => 'absorbed'))
  expect(app.unexpected).toEqual([])
})

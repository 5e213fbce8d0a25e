import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import { countRows, onBothStores } from '../store/stores.ts'
import type { TestApp } from '../support/app.ts'
import { harmlessTicket, openApp } from '../support/app.ts'

/** Two replicas on one store; what the second one waits for lies in a hook. */

onBothStores((db) => {
  async function replicas(between: (first: TestApp) => Promise<unknown>) {
    const { compiled } = await loadPolicy('policies/saas.yaml')
    const { phrases, version } = compiled.policy
    const scorers = [createPhraseScorer(phrases, version)]
    const first = await openApp(db(), { scorers })
    let waited = false
    const slow: Db = {
      ...db(),
      rows: async (text, params) => {
        if (READS_STANDING.test(text) && !waited) {
          waited = true
          await between(first)
        }
        return db().rows(text, params)
      },
    }
    return { first, second: await openApp(slow, { scorers }), waited: () => waited }
  }

  test.each(['standing', 'resolved'])(
    'the same new content at two replicas is decided once; the ticket is %s then',
    async (state) => {
      const before = harmlessTicket(randomUUID())
      const ticket = { ...before, body: 'How can I import my contacts?' }
      const resolved = { id: 'e-1', type: 'resolved', occurredAt: new Date().toISOString() }
      const { first, second, waited } = await replicas(async (other) => {
        await other.triage(ticket)
        if (state === 'resolved')
          expect((await other.post(`/tickets/${ticket.id}/events`, resolved)).status).toBe(200)
      })
      await first.triage(before)
      const late = await second.triage(ticket)
      expect(waited()).toBe(true)
      expect(late).toEqual(await first.triage(ticket))
      expect(late.revision).toBe(2)
      expect(await countRows(db(), 'receipts', `receipt::text like '%${ticket.id}%'`)).toBe(2)
    },
    20_000,
  )

  test('a ticket that others change all the time is refused, with when to ask again', async () => {
    const ticket = harmlessTicket(randomUUID())
    const { first } = await replicas(async () => {})
    await first.triage(ticket)
    let edits = 0
    const restless: Db = {
      ...db(),
      rows: async (text, params) => {
        const rows = await db().rows(text, params)
        // Changed again before the second replica can write.
        if (READS_STANDING.test(text))
          await first.triage({ ...ticket, body: `Edit ${(edits += 1)}` })
        return rows as never
      },
    }
    const second = await openApp(restless, { scorers: [] })
    const refused = await second.post('/triage', { ...ticket, body: 'The last word' })
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
  }, 60_000)
})

/** The statement that reads the decision which a stale record does not follow. */
const READS_STANDING = /t\.standing, t\.owner, t\.resolved_at,\s+r\.receipt/

import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Answer } from '../../src/domain/answer.ts'
import type { Role } from '../../src/domain/api-key.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import { createKey } from '../../src/store/keys.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

type Key = Record<string, string>
type Entry = { action: string; before: unknown; after: unknown; reason: string | null }
type Seen = {
  severity: string
  standing: string
  clocks: { kind: string; dueAt: string }[]
  timeline: { sentence: string }[]
  history: Entry[]
}

let db: Db
let api: TestApp
let zendesk: Key
let freshdesk: Key
let rita: Key
let now = new Date('2026-03-09T14:00:00.000Z')
const secondsPass = (seconds: number) => (now = new Date(now.getTime() + seconds * 1_000))

beforeAll(async () => {
  db = await openTestPglite()
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const phrases = createPhraseScorer(compiled.policy.phrases, '1')
  api = await openApp(db, { scorers: [phrases], now: () => now })
  zendesk = await keyOf('zendesk', 'platform')
  freshdesk = await keyOf('freshdesk', 'platform')
  rita = await keyOf('rita', 'reviewer')
})
afterAll(async () => {
  expect(api.unexpected).toEqual([])
  await db.close()
})

async function keyOf(name: string, role: Role): Promise<Key> {
  const secret = randomBytes(32)
  const made = { id: randomUUID(), name, roles: [role], secret, actor: 'test', now }
  return { authorization: `Bearer ${(await createKey(db, made)).key}` }
}

const read = async <T>(path: string, key: Key) => (await (await api.get(path, key)).json()) as T
const held = () => api.triage(criticalTicket(), zendesk)
const reviewPath = ({ review }: Answer) => `/reviews/${review!.id}`

test('a platform reads its own tickets and nobody else’s', async () => {
  const answer = await held()
  const paths = [
    reviewPath(answer),
    `/decisions/${answer.decisionId}`,
    `/tickets/${answer.ticketId}`,
  ]
  for (const path of paths) {
    expect((await api.get(path, zendesk)).status).toBe(200)
    expect((await api.get(path, rita)).status).toBe(200)
    expect((await api.get(path, freshdesk)).status).toBe(404)
  }
  const replay = `/decisions/${answer.decisionId}/replay`
  expect((await api.post(replay, '', zendesk)).status).toBe(200)
  expect((await api.post(replay, '', freshdesk)).status).toBe(404)
})

describe('a decision that can still be taken back', () => {
  const override = { changes: { severity: 'P3' }, reason: 'one user only' }

  test('is none for the platform, and one afterwards', async () => {
    const answer = await held()
    const ticket = `/tickets/${answer.ticketId}`
    const before = await read<Seen>(ticket, zendesk)
    secondsPass(1)
    expect((await api.post(`${reviewPath(answer)}/override`, override, rita)).status).toBe(200)
    secondsPass(5)
    const meanwhile = await read<Seen>(ticket, zendesk)
    expect(meanwhile).toEqual({ ...before, updatedAt: expect.any(String) as string })
    expect(await read(reviewPath(answer), zendesk)).toMatchObject({
      state: 'pending',
      severity: 'P1',
      decidedBy: null,
      outcome: null,
      undoUntil: null,
    })
    expect(await read<Seen>(ticket, rita)).toMatchObject({
      severity: 'P3',
      standing: 'overridden',
    })

    secondsPass(6)
    const after = await read<Seen>(ticket, zendesk)
    expect(after).toMatchObject({ severity: 'P3', standing: 'overridden' })
    const told = after.history.find(({ action }) => action === 'review.overridden')
    expect(told).toMatchObject({ before: null, after: null, reason: 'one user only' })
    expect(await read(reviewPath(answer), zendesk)).toMatchObject({
      state: 'overridden',
      outcome: { kind: 'overridden' },
    })
  })

  test('and that a newer decision overtook never happened', async () => {
    const ticket = criticalTicket()
    const answer = await api.triage(ticket, zendesk)
    await api.post(`${reviewPath(answer)}/approve`, {}, rita)
    secondsPass(2)
    await api.triage({ ...ticket, body: `${ticket.body} And more.` }, zendesk)
    for (const seconds of [0, 60]) {
      secondsPass(seconds)
      const seen = await read<object>(reviewPath(answer), zendesk)
      expect(seen).toMatchObject({ state: 'superseded', decidedBy: null, outcome: null })
    }
    const { history } = await read<Seen>(`/tickets/${ticket.id}`, zendesk)
    expect(JSON.stringify(history)).not.toContain('draft_reply')
  })
})

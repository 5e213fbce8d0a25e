import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/domain/api-key.ts'
import type { Db } from '../../src/store/db.ts'
import { createKey } from '../../src/store/keys.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import type { RecordPlan } from '../store/a-record.ts'
import { aRecord } from '../store/a-record.ts'
import type { TestApp } from '../support/app.ts'
import { openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

type View = {
  state: string
  severity: string | null
  decidedBy: string | null
  proposal: { by: string; outcome: object | null } | null
  outcome: { kind: string; changes?: object } | null
}
type Person = Record<string, string>

let db: Db
let api: TestApp
let rita: Person
let sam: Person

beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db, { scorers: [] })
  rita = await keyOf('rita', 'reviewer')
  sam = await keyOf('sam', 'reviewer')
})
afterAll(async () => {
  expect(api.unexpected).toEqual([])
  await db.close()
})

async function keyOf(name: string, role: Role): Promise<Person> {
  const secret = randomBytes(32)
  const by = { actor: 'test', now: new Date() }
  const { key } = await createKey(db, { id: randomUUID(), name, roles: [role], secret, ...by })
  return { authorization: `Bearer ${key}` }
}

async function open(plan: RecordPlan): Promise<string> {
  const record = aRecord({ now: new Date(), ...plan, review: { id: randomUUID(), ...plan.review } })
  await recordTriage(db, record)
  return record.review!.id
}
const answer = async (id: string, by: Person, severity: string) => {
  const judged = { severity, type: 'technical', team: 'platform' }
  return (await (await api.post(`/reviews/${id}/answer`, judged, by)).json()) as View
}
const read = async (id: string, by: Person) =>
  (await (await api.get(`/reviews/${id}`, by)).json()) as View

describe('two people judge without the suggestion, which is P1', () => {
  const blind = () => open({ severity: 'P1', review: { blind: true, fourEyes: true } })

  test('the second one’s agreement with the suggestion is none with the first one', async () => {
    const id = await blind()
    await answer(id, rita, 'P3')
    expect(await answer(id, sam, 'P1')).toMatchObject({
      state: 'pending',
      decidedBy: null,
      proposal: { by: 'sam' },
    })
  })

  test('two who judge the same decide it', async () => {
    const id = await blind()
    await answer(id, rita, 'P3')
    expect(await answer(id, sam, 'P3')).toMatchObject({
      state: 'overridden',
      severity: 'P3',
      decidedBy: 'sam',
      proposal: { by: 'rita' },
      outcome: { kind: 'overridden', changes: { severity: 'P3' } },
    })
    const other = await blind()
    await answer(other, rita, 'P1')
    expect(await answer(other, sam, 'P1')).toMatchObject({ state: 'approved', decidedBy: 'sam' })
  })

  test('one person who judges twice is one person, and is not told whether it was the suggestion', async () => {
    const id = await blind()
    for (const severity of ['P1', 'P1', 'P3', 'P3'])
      expect(await answer(id, rita, severity)).toMatchObject({
        state: 'pending',
        proposal: { by: 'rita', outcome: null },
      })
  })

  test('the second one does not see what the first one said', async () => {
    const id = await blind()
    const given = { severity: 'P4', type: 'billing', team: 'billing', reason: 'an old invoice' }
    await api.post(`/reviews/${id}/answer`, given, rita)
    expect(await read(id, sam)).toMatchObject({ proposal: { by: 'rita', outcome: null } })
    const signedIn = await api.app.request('/review/sign-in', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'http://localhost',
      },
      body: new URLSearchParams({ key: sam['authorization']!.slice('Bearer '.length) }).toString(),
    })
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
    const page = await (await api.get(`/review/${id}`, { cookie })).text()
    expect(page).toContain('It counts once another person agrees')
    for (const told of ['an old invoice', 'overridden']) expect(page).not.toContain(told)
  })
})

test('no filter and no name of a skill tells what a blind review hides', async () => {
  const id = await open({ severity: 'P2', review: { kind: 'sample', blind: true } })
  const listed = async (filter: string) => {
    const page = await (await api.get(`/reviews?limit=200${filter}`, rita)).json()
    return (page as { reviews: { id: string; suggestedReviewer: object | null }[] }).reviews
  }
  const shown = (await listed('')).find((review) => review.id === id)!
  expect(shown.suggestedReviewer === null || 'because' in shown.suggestedReviewer).toBe(true)
  expect(shown.suggestedReviewer ?? { because: null }).toMatchObject({ because: null })
  for (const filter of ['severity=P2', 'team=platform', 'owner=ana'])
    expect((await listed(`&${filter}`)).map((review) => review.id)).not.toContain(id)
  await answer(id, sam, 'P2')
  const decided = await listed('&state=decided&severity=P2&team=platform&owner=ana')
  expect(decided.map((review) => review.id)).toContain(id)
})

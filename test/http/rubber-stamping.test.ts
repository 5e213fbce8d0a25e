import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { createKey } from '../../src/store/keys.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { aRecord } from '../store/a-record.ts'
import type { TestApp } from '../support/app.ts'
import { openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

type Person = Record<string, string>
type Reviewer = {
  reviewer: string
  decided: number
  rubberStamping: { flagged: boolean; flaggedAt: number | null }
}

let db: Db
let api: TestApp
let now = new Date('2026-03-09T14:00:00.000Z')
const secondsPass = (seconds: number) => (now = new Date(now.getTime() + seconds * 1_000))

beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db, { scorers: [], now: () => now })
})
afterAll(() => db.close())

async function keyOf(name: string): Promise<Person> {
  const made = { id: randomUUID(), name, roles: ['reviewer'] as const, actor: 'test', now }
  const { key } = await createKey(db, { ...made, secret: randomBytes(32) })
  return { authorization: `Bearer ${key}` }
}

/** Reviews of tickets of twelve words. */
const open = (count: number) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const record = aRecord({ severity: 'P1', now })
      await recordTriage(db, record)
      return record.review!.id
    }),
  )

async function act(verb: string, ids: readonly string[], by: Person, apartSeconds = 0) {
  for (const id of ids) {
    secondsPass(apartSeconds)
    const body = verb === 'claim' ? { leaseMinutes: 60 } : {}
    expect((await api.post(`/reviews/${id}/${verb}`, body, by)).status).toBe(200)
  }
}

async function stampingOf(name: string, by: Person) {
  const quality = await (await api.get('/reviews/quality', by)).json()
  const found = (quality as { reviewers: Reviewer[] }).reviewers.find(
    ({ reviewer }) => reviewer === name,
  )!
  expect(found.decided).toBe(40)
  return found.rubberStamping
}

test('40 approvals one second apart are flagged, whether or not anything was claimed', async () => {
  const swift = await keyOf('swift')
  await act('approve', await open(40), swift, 1)
  expect((await stampingOf('swift', swift)).flaggedAt).toBeLessThanOrEqual(40)

  secondsPass(3_600)
  const hoarder = await keyOf('hoarder')
  const taken = await open(40)
  await act('claim', taken, hoarder, 1)
  await act('approve', taken, hoarder, 1)
  expect((await stampingOf('hoarder', hoarder)).flaggedAt).toBeLessThanOrEqual(40)
})

test('who reads two and then decides both is not', async () => {
  const careful = await keyOf('careful')
  for (let pair = 0; pair < 20; pair++) {
    const two = await open(2)
    await act('claim', two, careful)
    secondsPass(60)
    await act('approve', two, careful, 1)
  }
  expect(await stampingOf('careful', careful)).toMatchObject({ flagged: false })
})

test('the time of somebody else’s lapsed claim is not that of who decides', async () => {
  const [ann, bea] = [await keyOf('ann'), await keyOf('bea')]
  const [id] = await open(1)
  await act('claim', [id!], ann)
  secondsPass(3_601)
  await act('approve', [id!], bea)
  const review = await (await api.get(`/reviews/${id}`, bea)).json()
  expect(review).toMatchObject({ decidedBy: 'bea', claimedBy: null, claimedAt: null })
})

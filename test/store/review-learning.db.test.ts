import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { exportedReviewSchema, rulingOf } from '../../eval/import/exported-review.ts'
import { casesOfReviews } from '../../eval/import/recorded-cases.ts'
import { exportedLine } from '../../src/cli/exported-line.ts'
import { reviewParts } from '../../src/compose/review-parts.ts'
import { routeParts } from '../../src/compose/route-parts.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import { reviewQuality } from '../../src/domain/review-quality.ts'
import type { ReviewCommand } from '../../src/domain/review-state.ts'
import { viewOf } from '../../src/domain/review-view.ts'
import { forTenant, type Db } from '../../src/store/db.ts'
import { readDecidedReviews } from '../../src/store/export-reviews.ts'
import { readJudgedReviews } from '../../src/store/judged-reviews.ts'
import { listReviews } from '../../src/store/list-reviews.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { transitionReview } from '../../src/store/reviews.ts'
import { readRoster } from '../../src/store/roster.ts'
import { listDemotions, restoreRoute } from '../../src/store/route-modes.ts'
import { openApp } from '../support/app.ts'
import { aRecord, NOW, type RecordPlan } from './a-record.ts'
import { countRows, onBothStores } from './stores.ts'

const secondsLater = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000)
const approve: ReviewCommand = { kind: 'approve' }
const correct: ReviewCommand = { kind: 'override', changes: { type: 'billing' }, reason: 'Money' }
const reassign: ReviewCommand = { kind: 'override', changes: { owner: 'cleo' }, reason: 'Leave' }

onBothStores((db) => {
  async function decided(
    tenant: Db,
    actor: string,
    command: ReviewCommand,
    plan: RecordPlan = {},
    seconds = 60,
  ) {
    const record = aRecord({ severity: 'P1', ...plan })
    await recordTriage(tenant, record)
    const id = record.review!.id
    const claim = { kind: 'claim', leaseMinutes: 10 } as const
    await transitionReview(tenant, id, claim, { actor, now: NOW })
    const by = { actor, now: secondsLater(seconds) }
    const result = await transitionReview(tenant, id, command, by)
    expect(result).toMatchObject({ ok: true })
    return record
  }

  test('statistics say who decided what, how fast and how well', async () => {
    const tenant = forTenant(db(), 'quality')
    for (let n = 0; n < 3; n++) await decided(tenant, 'rita', approve, {}, 30)
    await decided(tenant, 'rita', reassign, {}, 90)
    await decided(tenant, 'sam', correct)
    await decided(tenant, 'sam', { kind: 'dismiss', severity: 'P4', reason: 'Spam' })
    const planted = { kind: 'known', expected: { type: 'billing', planted: true } } as const
    await decided(tenant, 'sam', approve, { severity: 'P3', review: planted }, 2)
    await decided(tenant, 'rita', correct, { severity: 'P3', review: planted })

    const quality = reviewQuality(await readJudgedReviews(tenant, secondsLater(-1)), {
      since: NOW.toISOString(),
      risk: 0.05,
      modeOf: () => 'auto',
    })
    expect(quality).toMatchObject({ decided: 6, defaulted: 0 })
    expect(quality.routes).toMatchObject([
      {
        route: 'technical',
        decided: 6,
        approved: 3,
        overridden: 2,
        dismissed: 1,
        // Another owner does not make a suggestion wrong.
        agreement: 1 - 2 / 6,
        // P1 is never automated, so nothing here can be.
        automatable: { share: 0 },
      },
    ])
    expect(quality.overrideReasons).toEqual([
      { reason: 'Leave', count: 1 },
      { reason: 'Money', count: 1 },
      { reason: 'Spam', count: 1 },
    ])
    expect(quality.reviewers).toMatchObject([
      {
        reviewer: 'rita',
        decided: 4,
        agreement: 1,
        medianSeconds: 30,
        knownJudged: 1,
        knownRight: 1,
      },
      { reviewer: 'sam', decided: 2, agreement: 0, knownJudged: 1, knownRight: 0 },
    ])
    expect(await readJudgedReviews(tenant, secondsLater(200))).toEqual([])
  })

  test('every decision by a person is a labelled case that the evals read', async () => {
    const tenant = forTenant(db(), 'export')
    await decided(tenant, 'rita', correct)
    await decided(tenant, 'rita', approve, { severity: 'P3', review: { kind: 'known' } })
    const waiting = aRecord({ severity: 'P1' })
    await recordTriage(tenant, waiting)
    const lines = []
    for await (const review of readDecidedReviews(tenant)) lines.push(review)
    expect(lines).toHaveLength(1)
    const [line] = lines
    const { decision } = line!.receipt
    const read = exportedReviewSchema.parse({
      ticket: line!.original,
      decision,
      outcome: line!.outcome,
      reviewer: line!.reviewer,
    })
    expect(rulingOf(read)).toEqual({ severity: 'P1', type: 'billing', team: 'platform' })
  })

  test('an exported case keeps what the rules read and the caller, and names no customer', async () => {
    const tenant = forTenant(db(), 'export-cases')
    const ticket = { id: 'T-7', customer: { id: 'acme', tier: 'enterprise' } }
    for (const caller of ['zendesk', 'own code'])
      await decided(tenant, 'rita', approve, { ticket, caller })
    const lines = []
    for await (const review of readDecidedReviews(tenant)) lines.push(exportedLine(review, false))
    expect(lines[0]?.ticket).toMatchObject({ id: 'T-7', impact: { affectedUsers: 340 } })
    expect(JSON.stringify(lines)).not.toMatch(/acme|zendesk|own code/)
    const cases = casesOfReviews(lines.map((line) => exportedReviewSchema.parse(line)))
    expect(cases).toMatchObject(
      lines.map(({ decision, now }) => ({ id: `T-7 ${decision.id}`, now })),
    )
    expect(cases).toHaveLength(2)
  })

  test('items with a known answer join the queue at their share, look like samples and stay in the house', async () => {
    const tenant = forTenant(db(), 'exercises')
    const { compiled } = await loadPolicy('policies/saas.yaml')
    const samples = { share: 0, blind: 0, known: 0.2 }
    const review = { ...compiled.policy.review, samples }
    const policy = { ...compiled, policy: { ...compiled.policy, review } }
    const parts = reviewParts({ db: tenant, policy, newId: randomUUID })
    const plant = async () => parts.find(({ name }) => name === 'plant exercises')!.run(NOW)

    expect(await plant()).toBe(0)
    for (let n = 0; n < 5; n++) await decided(tenant, 'rita', approve)
    const before = await readRoster(tenant)
    const told = await countRows(db(), 'outbox', `tenant = 'exercises'`)
    expect(await plant()).toBe(1)
    expect(await plant()).toBe(0)
    const { reviews } = await listReviews(tenant, { kinds: ['known'] })
    expect(reviews).toHaveLength(1)
    const [exercise] = reviews
    const view = viewOf(exercise!, { now: NOW, suggestedReviewer: null })
    expect(JSON.stringify(view)).not.toContain('known')
    expect(view.order.sentence).toContain(`(${exercise!.severity},`)
    expect(await readRoster(tenant)).toEqual(before)

    const by = { actor: 'rita', now: secondsLater(9) }
    await transitionReview(tenant, exercise!.id, { kind: 'claim', leaseMinutes: 1 }, by)
    await transitionReview(tenant, exercise!.id, approve, by)
    expect(await countRows(db(), 'outbox', `tenant = 'exercises'`)).toBe(told)
    const judged = await readJudgedReviews(tenant, NOW)
    const { expected, fields } = judged.find(({ kind }) => kind === 'known')!
    expect(expected!.planted).toBe(expected!.severity !== fields.severity)
    // One in six is below the share of one in five.
    expect(await plant()).toBe(1)
  })

  test('an item with a known answer looks like any sample, and its answer can be taken back', async () => {
    const tenant = forTenant(db(), `exercise-${Math.random()}`)
    const { compiled } = await loadPolicy('policies/saas.yaml')
    const review = { ...compiled.policy.review, samples: { share: 0, blind: 0, known: 1 } }
    const policy = { ...compiled, policy: { ...compiled.policy, review } }
    const parts = reviewParts({ db: tenant, policy, newId: randomUUID })
    const now = new Date()
    const sample = async () => {
      const id = randomUUID()
      const record = aRecord({ severity: 'P3', now, review: { kind: 'sample', id } })
      await recordTriage(tenant, record)
      return id
    }
    const decidedBefore = await sample()
    const app = await openApp(tenant, { scorers: [] })
    const samples = async () =>
      (
        (await (await app.get('/reviews?kind=sample')).json()) as {
          reviews: { id: string; caller: string | null; order: { doubt: number } }[]
        }
      ).reviews
    expect((await app.post(`/reviews/${decidedBefore}/approve`, {})).status).toBe(200)
    await parts.find(({ name }) => name === 'plant exercises')!.run(now)
    const other = await sample()
    const listed = await samples()
    expect(listed).toHaveLength(2)
    expect(new Set(listed.map(({ caller, order }) => `${caller} ${order.doubt}`)).size).toBe(1)
    expect(JSON.stringify(listed)).not.toContain('service exercise')

    for (const { id } of listed) {
      const page = await (await app.get(`/review/${id}`)).text()
      expect(page).toContain('A sample: it was decided automatically')
      for (const told of ['service exercise', 'set by hand', 'could be scored', 'scored by'])
        expect(page).not.toContain(told)
      // An item that nobody sent has no clocks, no history and no scores.
      for (const part of ['clocks', 'history', 'scores', 'because'])
        expect(page).not.toMatch(new RegExp(`id="${part}-title"|class="plain ${part}"`))
    }

    const exercise = listed.find(({ id }) => id !== other)!.id
    expect((await app.post(`/reviews/${exercise}/approve`, {})).status).toBe(200)
    const back = await app.post(`/reviews/${exercise}/undo`, {})
    expect(await back.json()).toMatchObject({ state: 'claimed', decidedBy: null })
    expect((await app.post(`/reviews/${exercise}/approve`, {})).status).toBe(200)
  })

  describe('a route that drifts', () => {
    async function sampled(tenant: Db, count: number, isWrong: (n: number) => boolean) {
      for (let n = 0; n < count; n++) {
        const review = { kind: 'sample', route: 'billing' } as const
        await decided(tenant, 'rita', isWrong(n) ? correct : approve, { severity: 'P3', review }, n)
      }
    }
    const demote = async (tenant: Db, now: Date) => {
      const { compiled } = await loadPolicy('policies/saas.yaml')
      const [part] = routeParts({ db: tenant, policy: compiled })
      return part!.run(now)
    }

    test('loses its mode once, and only a person gives it back', async () => {
      const tenant = forTenant(db(), 'drift')
      await sampled(tenant, 12, (n) => n % 2 === 0)
      const passes = [1, 2, 3].map(() => demote(tenant, secondsLater(100)))
      expect((await Promise.all(passes)).reduce((sum, one) => sum + one, 0)).toBe(1)
      expect(await listDemotions(tenant)).toMatchObject([
        {
          route: 'billing',
          mode: 'suggest',
          because: expect.stringContaining('6 of 12') as string,
        },
      ])
      expect((await readRoster(tenant)).demoted).toEqual(['billing'])
      expect(await demote(tenant, secondsLater(200))).toBe(0)

      const restore = { route: 'billing', actor: 'lena', now: secondsLater(300) }
      expect(await restoreRoute(tenant, restore)).toBe(true)
      expect(await restoreRoute(tenant, restore)).toBe(false)
      expect((await readRoster(tenant)).demoted).toBeUndefined()
      // What was judged before counts no more.
      expect(await demote(tenant, secondsLater(400))).toBe(0)
      expect(await countRows(db(), 'audit', `subject = 'billing' and tenant = 'drift'`)).toBe(2)
    })

    test('good samples cost nothing', async () => {
      const tenant = forTenant(db(), 'steady')
      await sampled(tenant, 20, (n) => n === 7)
      expect(await demote(tenant, secondsLater(100))).toBe(0)
    })
  })
})

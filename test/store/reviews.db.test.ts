import { expect, test } from 'vitest'
import type { Review } from '../../src/domain/review-state.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { listReviews } from '../../src/store/list-reviews.ts'
import { findReview, transitionReview } from '../../src/store/reviews.ts'
import { findTicket, readTicketHistory } from '../../src/store/tickets.ts'
import { forTenant } from '../../src/store/db.ts'
import { aRecord, NOW } from './a-record.ts'
import { onBothStores } from './stores.ts'

const minutesLater = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)
const claim = { kind: 'claim', leaseMinutes: 10 } as const

onBothStores((db) => {
  async function aHeldTicket(plan: Parameters<typeof aRecord>[0] = {}) {
    const record = aRecord({ severity: 'P1', ...plan })
    await recordTriage(db(), record)
    return { record, reviewId: record.review!.id, ticketId: record.ticket.id }
  }
  const act = (id: string, actor: string, command: Parameters<typeof transitionReview>[2]) =>
    transitionReview(db(), id, command, { actor, now: NOW })
  const events = (decisionId: string) =>
    db().rows<{ type: string; payload: string; seq: number }>(
      'select type, payload, seq from outbox where decision_id = $1 order by seq',
      [decisionId],
    )

  test('claim, then approve: review, ticket, audit and events agree', async () => {
    const { record, reviewId, ticketId } = await aHeldTicket()
    expect(await act(reviewId, 'rita', claim)).toMatchObject({
      ok: true,
      review: { state: 'claimed', claimedBy: 'rita', version: 2 },
    })
    const approved = await act(reviewId, 'rita', { kind: 'approve' })
    expect(approved).toMatchObject({ ok: true, review: { state: 'approved', version: 3 } })
    expect(await findReview(db(), reviewId)).toEqual((approved as { review: Review }).review)
    expect((await findTicket(db(), 'zendesk', ticketId))!.standing).toBe('approved')

    const history = await readTicketHistory(db(), 'zendesk', ticketId)
    expect(history.map(({ actor, action }) => ({ actor, action }))).toEqual([
      { actor: 'zendesk', action: 'decision.made' },
      { actor: 'rita', action: 'review.claimed' },
      { actor: 'rita', action: 'review.approved' },
    ])
    expect(history.at(-1)).toMatchObject({
      before: { state: 'claimed' },
      after: { state: 'approved', outcome: { kind: 'approved' } },
    })
    const sent = await events(record.receipt.decisionId)
    expect(sent.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 decision.made',
      '2 review.opened',
      '3 review.claimed',
      '4 review.decided',
    ])
    expect(JSON.parse(sent.at(-1)!.payload)).toMatchObject({
      outcome: 'approved',
      decidedBy: 'rita',
      actions: record.receipt.decision.proposed,
    })
  })

  test('an override moves the ticket and its clocks', async () => {
    const { record, reviewId, ticketId } = await aHeldTicket()
    const dueAt = minutesLater(90).toISOString()
    const clocks = [{ kind: 'resolution', dueAt, target: '90m', calendar: 'always' }] as const
    const changes = { severity: 'P2', owner: 'cleo', message: 'Dear\0customer' } as const
    await act(reviewId, 'rita', { kind: 'override', changes, reason: 'Ana\0is away', clocks })
    const ticket = (await findTicket(db(), 'zendesk', ticketId))!
    expect(ticket).toMatchObject({ severity: 'P2', owner: 'cleo', standing: 'overridden' })
    expect(ticket.clocks.find(({ kind }) => kind === 'resolution')).toMatchObject({ dueAt })
    expect(ticket.clocks).toHaveLength(3)
    expect((await findReview(db(), reviewId))!.outcome).toMatchObject({ changes })
    const [last] = (await events(record.receipt.decisionId)).slice(-1)
    expect(JSON.parse(last!.payload)).toMatchObject({ outcome: 'overridden', changes })
  })

  test('a dismissal keeps owner and clocks', async () => {
    const { reviewId, ticketId } = await aHeldTicket()
    const before = (await findTicket(db(), 'zendesk', ticketId))!
    await act(reviewId, 'rita', { kind: 'dismiss', severity: 'P4', reason: 'Spam' })
    const after = (await findTicket(db(), 'zendesk', ticketId))!
    expect(after).toMatchObject({ severity: 'P4', standing: 'dismissed', owner: before.owner })
    expect(after.clocks).toEqual(before.clocks)
  })

  test('a lost race is a value with the current state', async () => {
    const { reviewId } = await aHeldTicket()
    await act(reviewId, 'rita', claim)
    expect(await act(reviewId, 'sam', { kind: 'approve' })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('rita has claimed it') as string,
      current: { state: 'claimed', claimedBy: 'rita' },
    })
    expect(await act(reviewId, 'rita', { kind: 'approve', version: 1 })).toMatchObject({
      ok: false,
      stale: true,
      current: { version: 2 },
    })
    expect(await act('none', 'rita', claim)).toBeUndefined()
    const elsewhere = forTenant(db(), 'other')
    expect(await findReview(elsewhere, reviewId)).toBeUndefined()
  })

  test('a claim that ran out may be taken over', async () => {
    const { reviewId } = await aHeldTicket()
    await act(reviewId, 'rita', claim)
    const early = { actor: 'sam', now: minutesLater(9) }
    expect(await transitionReview(db(), reviewId, claim, early)).toMatchObject({ ok: false })
    const late = { actor: 'sam', now: minutesLater(11) }
    expect(await transitionReview(db(), reviewId, claim, late)).toMatchObject({
      ok: true,
      review: { claimedBy: 'sam' },
    })
  })

  test('two reviewers, 40 rounds: one wins each, and the losers hear who', async () => {
    for (let round = 0; round < 40; round++) {
      const { record, reviewId } = await aHeldTicket()
      const results = await Promise.all([
        act(reviewId, 'rita', { kind: 'approve' }),
        act(reviewId, 'sam', { kind: 'dismiss', severity: 'P3', reason: 'No outage' }),
      ])
      expect(results.filter((result) => result!.ok)).toHaveLength(1)
      const lost = results.find((result) => !result!.ok) as { current: Review }
      expect(['approved', 'dismissed']).toContain(lost.current.state)
      const decided = (await events(record.receipt.decisionId)).filter(
        ({ type }) => type === 'review.decided',
      )
      expect(decided).toHaveLength(1)
    }
  })

  test('a person and a new revision at the same time, 40 rounds: never both', async () => {
    for (let round = 0; round < 40; round++) {
      const { record, reviewId, ticketId } = await aHeldTicket()
      const { decisionId, revision } = record.receipt
      const next = aRecord({
        severity: 'P1',
        ticket: { id: ticketId, body: 'More words' },
        follows: { decisionId, revision },
      })
      const [result, outcome] = await Promise.all([
        act(reviewId, 'rita', { kind: 'approve' }),
        recordTriage(db(), next),
      ])
      expect(outcome.kind).toBe('recorded')
      const state = (await findReview(db(), reviewId))!.state
      expect(state).toBe(result!.ok ? 'approved' : 'superseded')
      const ticket = (await findTicket(db(), 'zendesk', ticketId))!
      expect(ticket).toMatchObject({ standing: 'held', reviewId: next.review?.id })
    }
  })

  test('the queue comes in pages by rank, with filters; what is decided comes newest first', async () => {
    const tenant = forTenant(db(), 'queue')
    const due = [5, 1, 4, 2, 3]
    for (const minutes of due)
      await recordTriage(
        tenant,
        aRecord({
          severity: 'P1',
          now: minutesLater(minutes),
          owner: minutes > 2 ? 'ana' : 'cleo',
          // Due later and worth more: the rank decides, not the due time.
          review: { rankAt: minutesLater(-minutes).toISOString() },
        }),
      )
    await recordTriage(tenant, aRecord({ severity: 'P2', held: true, now: minutesLater(9) }))
    await recordTriage(tenant, aRecord({ severity: 'P3', review: { kind: 'sample' } }))

    const seen: Review[] = []
    let cursor: string | undefined
    do {
      const page = await listReviews(tenant, { limit: 2, ...(cursor !== undefined && { cursor }) })
      seen.push(...page.reviews)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(seen.map(({ dueAt }) => dueAt)).toEqual(
      [5, 4, 3, 2, 1, 0, 9].map((minutes) => minutesLater(minutes + 15).toISOString()),
    )
    const [first, second] = seen
    const by = { actor: 'rita', now: NOW }
    await transitionReview(tenant, first!.id, { kind: 'approve' }, by)
    const count = async (query: Parameters<typeof listReviews>[1]) =>
      (await listReviews(tenant, query)).reviews.length
    expect(await count({})).toBe(6)
    expect(await count({ kinds: ['sample', 'known'] })).toBe(1)
    expect(await count({ states: ['approved'] })).toBe(1)
    expect(await count({ states: ['approved', 'pending'] })).toBe(7)
    expect(await count({ states: ['claimed'] })).toBe(0)
    expect(await count({ severity: 'P2' })).toBe(1)
    expect(await count({ owner: 'cleo' })).toBe(2)
    expect(await count({ team: 'platform' })).toBe(6)
    expect(await count({ reviewer: 'rita' })).toBe(0)
    await transitionReview(
      tenant,
      second!.id,
      { kind: 'dismiss', severity: 'P4', reason: 'A drill' },
      { actor: 'rita', now: minutesLater(1) },
    )
    const closed = { states: ['approved', 'dismissed'], reviewer: 'rita' } as const
    const newest = await listReviews(tenant, { ...closed, limit: 1 })
    expect(newest.reviews.map(({ id }) => id)).toEqual([second!.id])
    const older = await listReviews(tenant, { ...closed, cursor: newest.next! })
    expect(older.reviews.map(({ id }) => id)).toEqual([first!.id])
    await expect(listReviews(tenant, { cursor: newest.next! })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    expect(await count({ team: 'none' })).toBe(0)
    await expect(listReviews(tenant, { cursor: '%%%' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})

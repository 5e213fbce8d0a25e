import { describe, expect, test } from 'vitest'
import type { Review, ReviewCommand } from '../../src/domain/review-state.ts'
import { routeDue } from '../../src/store/deliveries.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { findReview, transitionReview } from '../../src/store/reviews.ts'
import { findTicket, readTicketHistory } from '../../src/store/tickets.ts'
import type { RecordPlan } from './a-record.ts'
import { aRecord, NOW } from './a-record.ts'
import { onBothStores } from './stores.ts'

const secondsLater = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000)
const claim = { kind: 'claim', leaseMinutes: 10 } as const
const approve = { kind: 'approve' } as const
const override = { kind: 'override', changes: { owner: 'cleo' }, reason: 'Ana is away' } as const

onBothStores((db) => {
  async function aHeldTicket(plan: RecordPlan = {}) {
    const record = aRecord({ severity: 'P1', ...plan })
    await recordTriage(db(), record)
    return { record, reviewId: record.review!.id, ticketId: record.ticket.id }
  }
  const act = (id: string, actor: string, command: ReviewCommand, now = NOW, undoSeconds = 0) =>
    transitionReview(db(), id, command, { actor, now, undoSeconds })
  const eventsOf = (decisionId: string) =>
    db().rows<{ seq: number; type: string; available_at: string; payload: string }>(
      'select seq, type, available_at, payload from outbox where decision_id = $1 order by seq',
      [decisionId],
    )

  describe('the ticket changes while somebody reviews it', () => {
    async function changedUnderReview(leaseUntil: Date) {
      const { record, reviewId, ticketId } = await aHeldTicket()
      await act(reviewId, 'rita', claim, new Date(leaseUntil.getTime() - 10 * 60_000))
      const next = aRecord({
        severity: 'P1',
        ticket: { id: ticketId, body: 'It has become worse' },
        follows: record.receipt,
        now: secondsLater(60),
      })
      await recordTriage(db(), next)
      return { before: reviewId, after: next.review!.id, ticketId }
    }

    test('the claim goes over to the new review, and the old one says where', async () => {
      const { before, after, ticketId } = await changedUnderReview(secondsLater(300))
      expect(await act(before, 'rita', approve)).toMatchObject({
        ok: false,
        reason: 'Cannot approve this review: it is superseded',
        current: { supersededBy: after },
      })
      expect(await findReview(db(), after)).toMatchObject({
        state: 'claimed',
        claimedBy: 'rita',
        leaseUntil: secondsLater(300).toISOString(),
        changedAt: secondsLater(60).toISOString(),
      })
      expect(await act(after, 'sam', approve, secondsLater(61))).toMatchObject({ ok: false })
      const history = await readTicketHistory(db(), 'zendesk', ticketId)
      expect(history.map(({ action }) => action)).toEqual([
        'decision.made',
        'review.claimed',
        'review.superseded',
        'decision.made',
        'review.carried_over',
      ])
    })

    test('whoever decides then names the version that they saw', async () => {
      const { after } = await changedUnderReview(secondsLater(300))
      const unseen = await act(after, 'rita', approve, secondsLater(61))
      expect(unseen).toMatchObject({ ok: false, stale: true, current: { version: 1 } })
      const seen = await act(after, 'rita', { ...approve, version: 1 }, secondsLater(62))
      expect(seen).toMatchObject({ ok: true, review: { state: 'approved' } })
    })

    test('a claim that had run out is not carried over', async () => {
      const { after } = await changedUnderReview(secondsLater(59))
      expect(await findReview(db(), after)).toMatchObject({ state: 'pending', changedAt: null })
    })
  })

  describe('four eyes', () => {
    const regulated = { review: { fourEyes: true } } as const

    test('the second person is another one; then the first decision counts', async () => {
      const { record, reviewId, ticketId } = await aHeldTicket(regulated)
      await act(reviewId, 'rita', claim)
      expect(await act(reviewId, 'rita', override)).toMatchObject({
        ok: true,
        review: { state: 'pending', claimedBy: null, owner: 'ana', proposal: { by: 'rita' } },
      })
      expect(await act(reviewId, 'rita', approve)).toMatchObject({
        ok: false,
        reason: 'Cannot approve this review: another person must agree with your decision',
      })
      expect(await act(reviewId, 'sam', approve)).toMatchObject({
        ok: true,
        review: { state: 'overridden', decidedBy: 'sam', owner: 'cleo' },
      })
      expect(await findTicket(db(), 'zendesk', ticketId)).toMatchObject({ owner: 'cleo' })
      const events = await eventsOf(record.receipt.decisionId)
      expect(events.map(({ type }) => type)).toEqual([
        'decision.made',
        'review.opened',
        'review.claimed',
        'review.proposed',
        'review.decided',
      ])
      expect(events[3]!.payload).not.toContain('"actions"')
      expect(JSON.parse(events[4]!.payload)).toMatchObject({
        outcome: 'overridden',
        decidedBy: 'sam',
        proposedBy: 'rita',
      })
    })

    test('a second person who disagrees makes a proposal of their own', async () => {
      const { reviewId } = await aHeldTicket(regulated)
      await act(reviewId, 'rita', approve)
      await act(reviewId, 'sam', override)
      expect(await act(reviewId, 'sam', approve)).toMatchObject({ ok: false })
      expect(await act(reviewId, 'rita', approve)).toMatchObject({
        ok: true,
        review: { state: 'overridden', decidedBy: 'rita', proposal: { by: 'sam' } },
      })
    })

    test('the database refuses one person, and refuses to forget the rule', async () => {
      const { reviewId } = await aHeldTicket(regulated)
      const write = (set: string) =>
        db().rows(`update reviews set ${set} where id = $1`, [reviewId])
      await expect(write(`state = 'approved', decided_by = 'rita'`)).rejects.toThrow(
        /reviews_four_eyes/,
      )
      await expect(
        write(`state = 'approved', decided_by = 'rita', proposed_by = 'rita'`),
      ).rejects.toThrow(/reviews_four_eyes/)
      await expect(write('four_eyes = false')).rejects.toThrow(/four eyes/)
    })
  })

  describe('undo', () => {
    const clocks = [
      {
        kind: 'resolution',
        dueAt: secondsLater(5_000).toISOString(),
        target: '90m',
        calendar: 'always',
      },
    ] as const
    const lower: ReviewCommand = {
      kind: 'override',
      changes: { severity: 'P2', owner: 'cleo' },
      reason: 'One user',
      clocks,
    }

    test('in time it puts ticket, clocks and claim back, and nobody has heard of the decision', async () => {
      const { record, reviewId, ticketId } = await aHeldTicket()
      const before = (await findTicket(db(), 'zendesk', ticketId))!
      await act(reviewId, 'rita', lower, NOW, 10)
      expect(await findTicket(db(), 'zendesk', ticketId)).toMatchObject({ severity: 'P2' })
      await routeAll(secondsLater(9))
      expect(await act(reviewId, 'rita', { kind: 'undo' }, secondsLater(9))).toMatchObject({
        ok: true,
        review: { state: 'claimed', claimedBy: 'rita', decidedBy: null, outcome: null },
      })
      const after = (await findTicket(db(), 'zendesk', ticketId))!
      expect(after).toEqual({ ...before, updatedAt: secondsLater(9).toISOString() })
      const events = await eventsOf(record.receipt.decisionId)
      expect(events.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
        '1 decision.made',
        '2 review.opened',
        '3 review.undone',
      ])
      expect(events[2]!.payload).not.toContain('actions')
      expect(await act(reviewId, 'rita', approve, secondsLater(20))).toMatchObject({ ok: true })
    })

    test('not by another person, not too late, not when a sender has it, not when open', async () => {
      const { reviewId } = await aHeldTicket()
      expect(await act(reviewId, 'rita', { kind: 'undo' })).toMatchObject({ ok: false })
      await act(reviewId, 'rita', lower, NOW, 10)
      expect(await act(reviewId, 'sam', { kind: 'undo' }, secondsLater(5))).toMatchObject({
        ok: false,
        reason: 'Cannot undo this review: only rita may, who decided it',
      })
      expect(await act(reviewId, 'rita', { kind: 'undo' }, secondsLater(10))).toMatchObject({
        ok: false,
        reason: expect.stringContaining('possible until') as string,
      })
      await routeAll(secondsLater(11))
      // A clock that is behind does not bring back what a sender has.
      expect(await act(reviewId, 'rita', { kind: 'undo' }, secondsLater(9))).toMatchObject({
        ok: false,
        reason: 'Cannot undo this review: others have been told of the decision',
        current: { state: 'overridden' },
      })
    })

    test('not when the ticket has a newer decision', async () => {
      const { record, reviewId, ticketId } = await aHeldTicket()
      await act(reviewId, 'rita', lower, NOW, 10)
      const next = aRecord({
        severity: 'P1',
        ticket: { id: ticketId, body: 'More' },
        follows: record.receipt,
      })
      await recordTriage(db(), next)
      expect(await act(reviewId, 'rita', { kind: 'undo' })).toMatchObject({ ok: false })
      expect(await findTicket(db(), 'zendesk', ticketId)).toMatchObject({
        standing: 'held',
        severity: 'P1',
        reviewId: next.review!.id,
      })
    })

    test('what was approved and not told yet does not happen once the ticket changed', async () => {
      const { record, reviewId, ticketId } = await aHeldTicket()
      await act(reviewId, 'rita', approve, secondsLater(1), 30)
      const next = aRecord({
        severity: 'P1',
        ticket: { id: ticketId, body: 'It was something else' },
        follows: record.receipt,
        now: secondsLater(5),
      })
      await recordTriage(db(), next)
      await routeAll(secondsLater(60))
      const told = await eventsOf(record.receipt.decisionId)
      expect(told.map(({ type }) => type)).toEqual([
        'decision.made',
        'review.opened',
        'review.superseded',
      ])
      expect(told.map(({ payload }) => payload).join('')).not.toContain('draft_reply')
      const refused = await act(reviewId, 'rita', { kind: 'undo' }, secondsLater(6))
      expect(refused).toMatchObject({
        ok: false,
        reason:
          'Cannot undo this review: the ticket changed and was decided anew; nobody outside was told of your decision',
        current: { state: 'approved', undo: null, supersededBy: next.review!.id },
      })
      const history = await readTicketHistory(db(), 'zendesk', ticketId)
      expect(history.map(({ action }) => action)).toEqual([
        'decision.made',
        'review.approved',
        'review.withdrawn',
        'decision.made',
      ])
    })

    test('what others have been told of stands, whatever the ticket says next', async () => {
      const { record, reviewId, ticketId } = await aHeldTicket()
      await act(reviewId, 'rita', approve, NOW, 10)
      await routeAll(secondsLater(11))
      await recordTriage(
        db(),
        aRecord({
          severity: 'P1',
          ticket: { id: ticketId, body: 'More' },
          follows: record.receipt,
          now: secondsLater(20),
        }),
      )
      const told = await eventsOf(record.receipt.decisionId)
      expect(told.map(({ type }) => type)).toContain('review.decided')
      expect(await act(reviewId, 'rita', { kind: 'undo' }, secondsLater(21))).toMatchObject({
        reason: expect.stringContaining('that was possible until') as string,
      })
    })

    test('undo and sender at the same moment, 30 rounds: never both', async () => {
      for (let round = 0; round < 30; round++) {
        const { record, reviewId } = await aHeldTicket()
        await act(reviewId, 'rita', approve, NOW, 10)
        await routeAll(NOW)
        const [undone] = await Promise.all([
          act(reviewId, 'rita', { kind: 'undo' }, secondsLater(9)),
          routeAll(secondsLater(11)),
        ])
        expect(await stateOf(record.receipt.decisionId)).toBe(undone!.ok ? 'undone' : 'routed')
      }
    })
  })

  describe('samples', () => {
    const blind = { severity: 'P3', review: { kind: 'sample', blind: true } } as const

    test('a sample holds nothing, and approving it does nothing again', async () => {
      const { record, reviewId, ticketId } = await aHeldTicket({
        severity: 'P3',
        review: { kind: 'sample' },
      })
      expect(await findTicket(db(), 'zendesk', ticketId)).toMatchObject({
        standing: 'auto',
        reviewId: null,
      })
      const done = await act(reviewId, 'rita', approve)
      expect(done).toMatchObject({ ok: true, review: { outcome: { actions: [] } } })
      expect(record.receipt.decision.proposed).not.toEqual([])
    })

    test('a blind one is answered, never approved', async () => {
      const { reviewId } = await aHeldTicket(blind)
      expect(await act(reviewId, 'rita', approve)).toMatchObject({
        ok: false,
        reason: 'Cannot approve this review: it is blind, answer it instead',
      })
      const answered = await act(reviewId, 'rita', { ...approve, unseen: true })
      expect((answered as { review: Review }).review.state).toBe('approved')
    })

    test('an exercise is told to nobody', async () => {
      const { record, reviewId } = await aHeldTicket({ severity: 'P3', review: { kind: 'known' } })
      await act(reviewId, 'rita', claim)
      await act(reviewId, 'rita', approve)
      expect(await eventsOf(record.receipt.decisionId)).toEqual([])
    })
  })

  test('only its holder renews a claim, and only while it lasts', async () => {
    const { reviewId } = await aHeldTicket()
    const renew = { kind: 'renew', leaseMinutes: 10 } as const
    expect(await act(reviewId, 'rita', renew)).toMatchObject({ ok: false })
    await act(reviewId, 'rita', claim)
    expect(await act(reviewId, 'sam', renew, secondsLater(300))).toMatchObject({ ok: false })
    expect(await act(reviewId, 'rita', renew, secondsLater(300))).toMatchObject({
      ok: true,
      review: { leaseUntil: secondsLater(900).toISOString() },
    })
    expect(await act(reviewId, 'rita', renew, secondsLater(901))).toMatchObject({
      ok: false,
      reason: 'Cannot renew this claim: it has run out, claim the review again',
    })
  })

  const routeAll = (now: Date) => routeDue(db(), now, 10_000)
  async function stateOf(decisionId: string): Promise<string> {
    const [row] = await db().rows<{ type: string; state: string }>(
      'select type, state from outbox where decision_id = $1 and seq = 3',
      [decisionId],
    )
    return row!.type === 'review.undone' ? 'undone' : row!.state
  }
})

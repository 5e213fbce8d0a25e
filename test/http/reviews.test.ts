import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../../src/domain/answer.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Db } from '../../src/store/db.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { aRecord } from '../store/a-record.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, openApp } from '../support/app.ts'
import type { TestPostgres } from '../support/store.ts'
import { openTestPglite, startPostgres } from '../support/store.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'

type View = {
  id: string
  state: string
  severity: string
  owner: string
  version: number
  outcome: { kind: string; actions: { kind: string }[] } | null
}
type Conflict = { status: number; detail: string; current: View }

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

describe.each(['pglite', 'postgres'] as const)('held tickets on %s', (dialect) => {
  let db: Db
  let api: TestApp

  beforeAll(async () => {
    db =
      dialect === 'pglite' ? await openTestPglite() : openPostgres(await postgres.createDatabase())
    const { compiled } = await loadPolicy('policies/saas.yaml')
    // Phrases alone: every ticket is held, and nothing here depends on the model.
    api = await openApp(db, { scorers: [createPhraseScorer(compiled.policy.phrases, '1')] })
  })
  afterAll(async () => {
    expect(api.unexpected).toEqual([])
    await db.close()
  })

  async function held(): Promise<{ answer: Answer; reviewId: string }> {
    const answer = await api.triage(criticalTicket())
    return { answer, reviewId: answer.review!.id }
  }
  const act = (id: string, verb: string, body: unknown = {}) =>
    api.post(`/reviews/${id}/${verb}`, body)

  test('a held ticket waits in the queue, the most urgent first, with nothing allowed', async () => {
    const { answer, reviewId } = await held()
    expect(answer.actions).toEqual([])
    const { reviews } = (await (await api.get('/reviews?severity=P1&limit=200')).json()) as {
      reviews: (View & { order: { score: number; sentence: string } })[]
    }
    expect(reviews.map((review) => review.id)).toContain(reviewId)
    const scores = reviews.map((review) => review.order.score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(reviews[0]!.order.sentence).toMatch(
      /^Consequence .* × doubt .* \(P1, .*\), \d+ min left$/,
    )
  })

  test('pages through the queue without losing or repeating one', async () => {
    await Promise.all([held(), held(), held()])
    const seen: string[] = []
    let cursor = ''
    do {
      const page = (await (await api.get(`/reviews?limit=2${cursor}`)).json()) as {
        reviews: View[]
        next: string | null
      }
      seen.push(...page.reviews.map((review) => review.id))
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(3)
  })

  test('approve lets the proposed actions happen and tells the ticket', async () => {
    const { answer, reviewId } = await held()
    expect((await act(reviewId, 'claim')).status).toBe(200)
    const done = (await (await act(reviewId, 'approve', { reason: 'clear outage' })).json()) as View
    expect(done).toMatchObject({ state: 'approved', outcome: { kind: 'approved' } })
    expect(done.outcome!.actions.map((action) => action.kind)).toContain('assign')
    const ticket = (await (await api.get(`/tickets/${answer.ticketId}`)).json()) as {
      history: { action: string; reason: string | null }[]
    }
    expect(ticket.history.map((entry) => entry.action)).toEqual(
      expect.arrayContaining(['decision.made', 'review.claimed', 'review.approved']),
    )
  })

  test('a lost race is 409 with the current state', async () => {
    const { reviewId } = await held()
    const answers = await Promise.all(
      ['approve', 'approve', 'approve', 'approve'].map((verb) => act(reviewId, verb)),
    )
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([
      200, 409, 409, 409,
    ])
    const lost = (await answers.find((answer) => answer.status === 409)!.json()) as Conflict
    expect(lost.current).toMatchObject({ id: reviewId, state: 'approved' })
  })

  test('override changes named fields, completes them from the policy and keeps the clock start', async () => {
    const { answer, reviewId } = await held()
    const response = await act(reviewId, 'override', {
      changes: { severity: 'P2', team: 'billing' },
      reason: 'an invoice, not an outage',
    })
    const done = (await response.json()) as View & { team: string; backup: string }
    expect(response.status).toBe(200)
    expect(done).toMatchObject({ state: 'overridden', severity: 'P2', team: 'billing' })
    expect(done.owner).not.toBe(done.backup)
    const ticket = (await (await api.get(`/tickets/${answer.ticketId}`)).json()) as {
      severity: string
      clocks: { kind: string; dueAt: string }[]
    }
    expect(ticket.severity).toBe('P2')
    const created = answer.clocks.find((clock) => clock.kind === 'first_response')!
    const changed = ticket.clocks.find((clock) => clock.kind === 'first_response')!
    // P1 answers within 15 minutes, P2 within the hour, both from the same moment.
    expect(Date.parse(changed.dueAt) - Date.parse(created.dueAt)).toBe(45 * 60_000)
  })

  test('the draft names the new owner; words of a person stay as they are', async () => {
    const draftOf = async (changes: Record<string, string>) => {
      const { reviewId } = await held()
      const given = { changes, reason: 'knows this customer' }
      expect((await act(reviewId, 'override', given)).status).toBe(200)
      // The answer keeps it back until it can no longer be undone.
      const [row] = await db.rows<{ outcome: string }>(
        'select outcome::text from reviews where id = $1',
        [reviewId],
      )
      const { actions } = JSON.parse(row!.outcome) as {
        actions: { kind: string; body?: string; channel?: string }[]
      }
      return actions.find(({ kind }) => kind === 'draft_reply')
    }
    const { policy } = (await loadPolicy('policies/saas.yaml')).compiled
    const [owner, { name, role }] = Object.entries(policy.people).at(-1)!
    const draft = await draftOf({ owner })
    expect(draft?.body).toContain(`I am ${name}, ${role}`)
    expect(draft?.channel).toBe('phone')
    const worded = await draftOf({ owner, severity: 'P2', message: 'We write to you.' })
    expect(worded).not.toHaveProperty('channel')
    expect(worded?.body).toBe('We write to you.')
  })

  test('override refuses names that the policy does not know', async () => {
    const { reviewId } = await held()
    const response = await act(reviewId, 'override', { changes: { owner: 'nobody' }, reason: 'x' })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ pointer: '/changes/owner' }] })
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'no ticket is given to %s, whom no policy names',
    async (nobody) => {
      const { reviewId } = await held()
      for (const field of ['owner', 'backup']) {
        const response = await act(
          reviewId,
          'override',
          `{"changes":{"${field}":"${nobody}"},"reason":"x"}`,
        )
        expect(response.status).toBe(422)
        expect(await response.json()).toMatchObject({
          errors: [{ pointer: `/changes/${field}` }],
        })
      }
    },
  )

  test('a draft is never emptied', async () => {
    const { reviewId } = await held()
    for (const message of ['', '   '])
      expect(
        (await act(reviewId, 'override', { changes: { message }, reason: 'shorter' })).status,
      ).toBe(422)
  })

  test('what was sampled does only what a person changed', async () => {
    const sample = async () => {
      const record = aRecord({ severity: 'P3', review: { kind: 'sample' } })
      await recordTriage(db, record)
      return record.review!.id
    }
    const actionsAfter = async (verb: string, body: object) => {
      const id = await sample()
      expect((await act(id, verb, body)).status).toBe(200)
      const [row] = await db.rows<{ outcome: string }>(
        'select outcome::text from reviews where id = $1',
        [id],
      )
      return (JSON.parse(row!.outcome) as { actions: { kind: string }[] }).actions
    }
    const reason = 'looked at it again'
    const changed = (changes: object) => actionsAfter('override', { changes, reason })
    expect(await changed({ type: 'billing' })).toEqual([])
    expect(await changed({ severity: 'P2' })).toMatchObject([
      { kind: 'set_priority', severity: 'P2' },
      { kind: 'add_tags', tags: ['triage', 'severity:P2'] },
    ])
    expect(await changed({ message: 'We called you.' })).toMatchObject([
      { kind: 'draft_reply', body: 'We called you.' },
    ])
    expect(await actionsAfter('dismiss', { severity: 'P4', reason })).toMatchObject([
      { kind: 'set_priority', severity: 'P4' },
    ])
  })

  test('after a dismissal the clocks stay whatever happens to the ticket next', async () => {
    const { answer, reviewId } = await held()
    await act(reviewId, 'dismiss', { severity: 'P4', reason: 'a drill' })
    const ticket = async () =>
      (await (await api.get(`/tickets/${answer.ticketId}`)).json()) as {
        severity: string
        clocks: { kind: string; dueAt: string; target: string }[]
        timeline: { sentence: string }[]
      }
    const promised = ({ clocks }: Awaited<ReturnType<typeof ticket>>) =>
      clocks.map(({ kind, dueAt, target }) => ({ kind, dueAt, target }))
    const before = await ticket()
    const event = { id: 'more', type: 'customer_replied' }
    expect((await api.post(`/tickets/${answer.ticketId}/events`, event)).status).toBe(200)
    const after = await ticket()
    expect(after.severity).toBe('P4')
    expect(promised(after)).toEqual(promised(before))
    expect(after.timeline.map(({ sentence }) => sentence).join('\n')).not.toContain('P4')
  })

  test('dismiss needs a lower severity and a reason; owner and clocks stay', async () => {
    const { answer, reviewId } = await held()
    expect((await act(reviewId, 'dismiss', { severity: 'P3' })).status).toBe(422)
    expect((await act(reviewId, 'dismiss', { severity: 'P1', reason: 'no' })).status).toBe(409)
    const done = (await (
      await act(reviewId, 'dismiss', { severity: 'P3', reason: 'a drill' })
    ).json()) as View
    expect(done).toMatchObject({ state: 'dismissed', owner: answer.route.owner.id })
    const ticket = (await (await api.get(`/tickets/${answer.ticketId}`)).json()) as {
      clocks: { kind: string; dueAt: string }[]
    }
    for (const clock of answer.clocks.filter(({ kind }) => kind !== 'review'))
      expect(ticket.clocks.find(({ kind }) => kind === clock.kind)?.dueAt).toBe(clock.dueAt)
  })

  test('release puts a claim back, and only its holder may', async () => {
    const { reviewId } = await held()
    expect((await act(reviewId, 'release')).status).toBe(409)
    await act(reviewId, 'claim', { leaseMinutes: 5 })
    const back = (await (await act(reviewId, 'release')).json()) as View
    expect(back.state).toBe('pending')
  })

  test('a changed ticket takes the open review of the old decision away and opens one for the new', async () => {
    const { answer, reviewId } = await held()
    const changed = await api.triage({
      id: answer.ticketId,
      body: 'It has become worse: the backups are gone too.',
    })
    expect(changed.disposition).toBe('review')
    expect(await (await api.get(`/reviews/${reviewId}`)).json()).toMatchObject({
      state: 'superseded',
    })
    expect((await act(reviewId, 'approve')).status).toBe(409)
    expect((await act(changed.review!.id, 'approve')).status).toBe(200)
  })

  test('a blind review hides its suggestion until it is answered', async () => {
    const record = aRecord({
      severity: 'P3',
      ticket: { id: `blind-${dialect}` },
      review: { id: `blind-${dialect}`, kind: 'sample', blind: true },
    })
    await recordTriage(db, record)
    const id = record.review!.id
    const hidden = await (await api.get(`/reviews/${id}`)).json()
    expect(hidden).toMatchObject({ severity: null, type: null, team: null, owner: null })
    expect(JSON.stringify(hidden)).not.toContain('P3')
    expect((await act(id, 'approve')).status).toBe(409)
    const answer = { severity: 'P2', type: 'technical', team: 'platform' }
    expect(await (await act(id, 'answer', answer)).json()).toMatchObject({
      state: 'overridden',
      severity: 'P2',
      outcome: { changes: { severity: 'P2' } },
    })
  })

  test('a decision can be taken back for some seconds, and quality counts what stands', async () => {
    const { reviewId } = await held()
    const done = (await (await act(reviewId, 'approve')).json()) as { undoUntil: string }
    expect(Date.parse(done.undoUntil)).toBeGreaterThan(Date.now())
    expect(await (await act(reviewId, 'undo')).json()).toMatchObject({ state: 'claimed' })
    expect((await act(reviewId, 'undo')).status).toBe(409)
    const count = async () =>
      ((await (await api.get('/reviews/quality?days=1')).json()) as { decided: number }).decided
    const before = await count()
    await act(reviewId, 'dismiss', { severity: 'P3', reason: 'a drill' })
    expect(await count()).toBe(before + 1)
    expect((await api.get('/reviews/quality?days=0')).status).toBe(422)
  })

  test('unknown reviews, verbs and filters are refused', async () => {
    expect((await act('nope', 'approve')).status).toBe(404)
    expect((await act('nope', 'delete')).status).toBe(404)
    expect((await api.get('/reviews?state=maybe')).status).toBe(422)
    expect((await api.get('/reviews?cursor=garbage')).status).toBe(422)
  })
})

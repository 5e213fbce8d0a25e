import { expect, test } from 'vitest'
import { TriageError } from '../../src/domain/errors.ts'
import type { TriageRecord } from '../../src/domain/receipt.ts'
import { eraseCustomer } from '../../src/store/erase-customer.ts'
import { findReceipt, readDecisionIds } from '../../src/store/receipts.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { transitionReview } from '../../src/store/reviews.ts'
import { findTicket, readTicketHistory } from '../../src/store/tickets.ts'
import { forTenant } from '../../src/store/db.ts'
import { aRecord, NOW } from './a-record.ts'
import { countRows, onBothStores } from './stores.ts'

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** The same words again, decided with a score that came late. */
function scoredLate(record: TriageRecord, plan: Parameters<typeof aRecord>[0] = {}): TriageRecord {
  const { decisionId, revision } = record.receipt
  return aRecord({ follows: { decisionId, revision }, keys: [], ...plan, ticket: record.ticket })
}

/** The next record of the same ticket with other words. */
function changed(record: TriageRecord, plan: Parameters<typeof aRecord>[0] = {}): TriageRecord {
  const { decisionId, revision } = record.receipt
  return aRecord({
    follows: { decisionId, revision },
    ...plan,
    ticket: { id: record.ticket.id, body: 'Now it is down for everyone.', ...plan.ticket },
  })
}

onBothStores((db) => {
  test('a new ticket is recorded whole', async () => {
    const record = aRecord({ severity: 'P1', key: 'key-whole' })
    expect(await recordTriage(db(), record)).toEqual({ kind: 'recorded', answer: record.answer })

    const stored = await findReceipt(db(), record.receipt.decisionId)
    expect(stored).toEqual({
      receipt: record.receipt,
      caller: 'zendesk',
      answer: record.answer,
      reviewId: record.review?.id,
    })
    const ticket = await findTicket(db(), 'zendesk', record.ticket.id)
    expect(ticket).toMatchObject({
      original: record.ticket,
      decision: { decisionId: record.receipt.decisionId, revision: 1, severity: 'P1' },
      owner: 'ana',
      backup: 'ben',
      standing: 'held',
      reviewId: record.review?.id,
    })
    expect(ticket!.clocks.map(({ kind, dueAt }) => ({ kind, dueAt }))).toHaveLength(3)
    const where = `decision_id = ${quoted(record.receipt.decisionId)}`
    expect(await db().rows(`select type, seq from outbox where ${where} order by seq`)).toEqual([
      { type: 'decision.made', seq: 1 },
      { type: 'review.opened', seq: 2 },
    ])
    expect(await readTicketHistory(db(), 'zendesk', record.ticket.id)).toMatchObject([
      { actor: 'zendesk', action: 'decision.made', subject: record.receipt.decisionId },
    ])
  })

  test('a ticket that may go on has no review and one event', async () => {
    const record = aRecord({ severity: 'P3' })
    await recordTriage(db(), record)
    const where = `decision_id = ${quoted(record.receipt.decisionId)}`
    expect(await countRows(db(), 'reviews', where)).toBe(0)
    expect(await countRows(db(), 'outbox', where)).toBe(1)
    expect((await findTicket(db(), 'zendesk', record.ticket.id))!.standing).toBe('auto')
  })

  test('the same id and content again gives the first answer and writes nothing', async () => {
    const first = aRecord({ severity: 'P1' })
    await recordTriage(db(), first)
    const before = await countAll()
    // A second run of the same request has its own decision id, which must not be seen.
    const again = aRecord({ severity: 'P1', ticket: first.ticket })
    expect(again.receipt.decisionId).not.toBe(first.receipt.decisionId)
    expect(await recordTriage(db(), again)).toEqual({ kind: 'replayed', answer: first.answer })
    expect(await countAll()).toEqual(before)
  })

  test('a key with the same body gives the first answer, with another body a mismatch', async () => {
    const first = aRecord({ key: 'key-same' })
    await recordTriage(db(), first)
    const before = await countAll()
    const again = aRecord({ key: 'key-same', fingerprint: first.idempotency!.fingerprint })
    expect(await recordTriage(db(), again)).toEqual({ kind: 'replayed', answer: first.answer })
    const other = aRecord({ key: 'key-same' })
    expect(await recordTriage(db(), other)).toEqual({ kind: 'mismatch' })
    expect(await countAll()).toEqual(before)
  })

  test('a key is free again when it has expired', async () => {
    const first = aRecord({ key: 'key-old' })
    await recordTriage(db(), first)
    const later = new Date(NOW.getTime() + 25 * 3_600_000)
    const second = aRecord({ key: 'key-old', now: later })
    expect(await recordTriage(db(), second)).toMatchObject({ kind: 'recorded' })
    const third = aRecord({ key: 'key-old', now: later, fingerprint: second.contentHash })
    expect(await recordTriage(db(), third)).toEqual({ kind: 'replayed', answer: second.answer })
  })

  test('a second key for a known ticket belongs to its decision from then on', async () => {
    const first = aRecord({ key: 'key-a' })
    await recordTriage(db(), first)
    const second = aRecord({ key: 'key-b', ticket: first.ticket })
    expect(await recordTriage(db(), second)).toEqual({ kind: 'replayed', answer: first.answer })
    expect(await recordTriage(db(), aRecord({ key: 'key-b' }))).toEqual({ kind: 'mismatch' })
  })

  test('keys and ticket ids belong to their caller and tenant', async () => {
    const first = aRecord({ key: 'key-mine' })
    await recordTriage(db(), first)
    const theirs = aRecord({ key: 'key-mine', ticket: first.ticket, caller: 'freshdesk' })
    expect(await recordTriage(db(), theirs)).toMatchObject({ kind: 'recorded' })
    const elsewhere = forTenant(db(), 'other')
    const other = aRecord({ key: 'key-mine', ticket: first.ticket })
    expect(await recordTriage(elsewhere, other)).toMatchObject({ kind: 'recorded' })
    expect(await findReceipt(elsewhere, first.receipt.decisionId)).toBeUndefined()
    expect((await findTicket(db(), 'freshdesk', first.ticket.id))!.decision.decisionId).toBe(
      theirs.receipt.decisionId,
    )
    expect((await findTicket(db(), null, first.ticket.id))!.ticketId).toBe(first.ticket.id)
  })

  test('changed content without the decision it follows is stale and says which stands', async () => {
    const first = aRecord({ severity: 'P2' })
    await recordTriage(db(), first)
    const before = await countAll()
    const unlinked = aRecord({
      ticket: { id: first.ticket.id, body: 'Something else' },
      key: 'key-stale',
    })
    expect(await recordTriage(db(), unlinked)).toEqual({
      kind: 'stale',
      previous: {
        receipt: first.receipt,
        contentHash: first.contentHash,
        decisionId: first.receipt.decisionId,
        revision: 1,
        severity: 'P2',
        held: false,
        heldSince: null,
        owner: 'ana',
        clockStart: NOW.toISOString(),
        happened: [],
        seen: 0,
        sla: { warned: [], breached: [], nextDueAt: '2026-11-20T11:15:00.000Z' },
      },
    })
    expect(await countAll()).toEqual(before)
  })

  test('a linked revision moves the ticket and closes the review before it', async () => {
    const first = aRecord({ severity: 'P1' })
    await recordTriage(db(), first)
    const second = changed(first, { severity: 'P1', owner: 'cleo' })
    expect(await recordTriage(db(), second)).toMatchObject({ kind: 'recorded' })

    const ticket = (await findTicket(db(), 'zendesk', first.ticket.id))!
    expect(ticket).toMatchObject({
      decision: { decisionId: second.receipt.decisionId, revision: 2 },
      owner: 'cleo',
      reviewId: second.review?.id,
    })
    expect(ticket.clocks).toHaveLength(3)
    const [{ ref } = { ref: 0 }] = await db().rows<{ ref: number }>(
      `select id as ref from tickets where decision_id = ${quoted(second.receipt.decisionId)}`,
    )
    expect(
      await db().rows(`select id, state from reviews where ticket = ${ref} order by id`),
    ).toEqual([
      { id: first.review?.id, state: 'superseded' },
      { id: second.review?.id, state: 'pending' },
    ])
    expect(
      await db().rows(`select seq, type from outbox where ticket = ${ref} order by seq`),
    ).toEqual([
      { seq: 1, type: 'decision.made' },
      { seq: 2, type: 'review.opened' },
      { seq: 3, type: 'review.superseded' },
      { seq: 4, type: 'decision.made' },
      { seq: 5, type: 'review.opened' },
    ])
  })

  test('content that was there before the standing one is changed content again', async () => {
    const first = aRecord({ severity: 'P3' })
    await recordTriage(db(), first)
    const second = changed(first, { severity: 'P2' })
    await recordTriage(db(), second)
    const back = aRecord({ ticket: first.ticket, severity: 'P3' })
    expect(await recordTriage(db(), back)).toMatchObject({
      kind: 'stale',
      previous: { revision: 2, severity: 'P2' },
    })
  })

  test('what a person decided stands for the next revision', async () => {
    const first = aRecord({ severity: 'P1' })
    await recordTriage(db(), first)
    const command = { kind: 'dismiss', severity: 'P4', reason: 'A test by sales' } as const
    await transitionReview(db(), first.review!.id, command, { actor: 'rita', now: NOW })
    const unlinked = aRecord({ ticket: { id: first.ticket.id, body: 'More words' } })
    expect(await recordTriage(db(), unlinked)).toMatchObject({
      kind: 'stale',
      previous: { severity: 'P4' },
    })
  })

  test('a late score revises the decision that stands, and repeating it writes nothing more', async () => {
    const first = aRecord({ key: 'key-late', keys: [] })
    await recordTriage(db(), first)
    const late = scoredLate(first, { severity: 'P1' })
    expect(late.contentHash).toBe(first.contentHash)
    expect(await recordTriage(db(), late)).toEqual({ kind: 'recorded', answer: late.answer })
    expect(await findTicket(db(), 'zendesk', first.ticket.id)).toMatchObject({
      decision: { decisionId: late.receipt.decisionId, revision: 2, severity: 'P1', held: true },
      reviewId: late.review?.id,
    })
    const after = await countAll()
    expect(await recordTriage(db(), late)).toEqual({ kind: 'replayed', answer: late.answer })
    // The first request's key still gives the first answer; without a key the ticket's standing one.
    const retry = { ticket: first.ticket, key: 'key-late' }
    const fingerprint = first.idempotency!.fingerprint
    expect(await recordTriage(db(), aRecord({ ...retry, fingerprint }))).toEqual({
      kind: 'replayed',
      answer: first.answer,
    })
    expect(await recordTriage(db(), aRecord({ ticket: first.ticket }))).toEqual({
      kind: 'replayed',
      answer: late.answer,
    })
    expect(await countAll()).toEqual(after)
  })

  test('a late score of a decision that stands no more changes nothing', async () => {
    const first = aRecord()
    await recordTriage(db(), first)
    const second = changed(first)
    await recordTriage(db(), second)
    const before = await countAll()
    expect(await recordTriage(db(), scoredLate(first, { severity: 'P1' }))).toMatchObject({
      kind: 'stale',
      previous: { decisionId: second.receipt.decisionId },
    })
    expect(await countAll()).toEqual(before)
  })

  test('a late score is stale once a person has decided, or the customer was erased', async () => {
    const decided = aRecord({ severity: 'P1' })
    await recordTriage(db(), decided)
    const command = { kind: 'dismiss', severity: 'P4', reason: 'A test by sales' } as const
    await transitionReview(db(), decided.review!.id, command, { actor: 'rita', now: NOW })
    const erased = aRecord({ ticket: { customer: { id: 'forget-me' } } })
    await recordTriage(db(), erased)
    await eraseCustomer(db(), { customerId: 'forget-me', actor: 'admin', now: NOW })
    const before = await countAll()
    for (const record of [decided, erased])
      expect(await recordTriage(db(), scoredLate(record, { severity: 'P1' }))).toMatchObject({
        kind: 'stale',
        previous: { decisionId: record.receipt.decisionId },
      })
    expect(await countAll()).toEqual(before)
    expect((await findTicket(db(), 'zendesk', erased.ticket.id))!.original).toBeNull()
    expect((await findTicket(db(), 'zendesk', decided.ticket.id))!.standing).toBe('dismissed')
  })

  test('a part that fails leaves nothing behind, and the store goes on', async () => {
    const before = await countAll()
    const taken = aRecord({ severity: 'P1' })
    await recordTriage(db(), taken)
    const afterFirst = await countAll()
    expect(afterFirst).not.toEqual(before)
    // The review's id is taken: ticket, receipt, clocks, audit and events before it must go.
    const broken = { ...aRecord({ severity: 'P1', key: 'key-broken' }), review: taken.review }
    await expect(recordTriage(db(), broken)).rejects.toThrow(/duplicate key/)
    expect(await countAll()).toEqual(afterFirst)
    expect(await recordTriage(db(), aRecord())).toMatchObject({ kind: 'recorded' })
  })

  test('64 at once with one key: one is recorded, all get its answer', async () => {
    const ticket = aRecord().ticket
    const records = Array.from({ length: 64 }, () =>
      aRecord({ key: 'key-race', ticket, severity: 'P1' }),
    )
    const outcomes = await Promise.all(records.map((record) => recordTriage(db(), record)))
    const recorded = outcomes.filter(({ kind }) => kind === 'recorded')
    expect(recorded).toHaveLength(1)
    expect(outcomes.filter(({ kind }) => kind === 'replayed')).toHaveLength(63)
    const answers = new Set(outcomes.map((outcome) => 'answer' in outcome && outcome.answer))
    expect(answers.size).toBe(1)
    expect(await countRows(db(), 'tickets', `external_id = ${quoted(ticket.id)}`)).toBe(1)
  })

  test('64 at once without a key: one is recorded, all get its answer', async () => {
    const ticket = aRecord().ticket
    const records = Array.from({ length: 64 }, () => aRecord({ ticket }))
    const outcomes = await Promise.all(records.map((record) => recordTriage(db(), record)))
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(1)
    expect(outcomes.filter(({ kind }) => kind === 'replayed')).toHaveLength(63)
  })

  test('one key on many tickets at once: one is recorded, the others are mismatches', async () => {
    const records = Array.from({ length: 32 }, () => aRecord({ key: 'key-many' }))
    const outcomes = await Promise.all(records.map((record) => recordTriage(db(), record)))
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(1)
    expect(outcomes.filter(({ kind }) => kind === 'mismatch')).toHaveLength(31)
  })

  test('revisions that race form one line without gaps', async () => {
    const first = aRecord()
    await recordTriage(db(), first)
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      let record = aRecord({ ticket: { id: first.ticket.id, body: `Edit ${writer}` } })
      for (;;) {
        const outcome = await recordTriage(db(), record)
        if (outcome.kind !== 'stale') return outcome.kind
        const ticket = { id: first.ticket.id, body: `Edit ${writer}` }
        record = aRecord({ ticket, follows: outcome.previous, severity: 'P1' })
      }
    })
    expect(new Set(await Promise.all(writers))).toEqual(new Set(['recorded']))
    const line = await db().rows<{ revision: number; follows: string | null; id: string }>(
      `select r.revision, r.follows, r.decision_id as id from receipts r join tickets t on t.id = r.ticket
        where t.external_id = ${quoted(first.ticket.id)} order by r.revision`,
    )
    expect(line.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 17 }, (_, i) => i + 1),
    )
    for (const [place, { follows }] of line.entries())
      expect(follows).toBe(line[place - 1]?.id ?? null)
    const events = await db().rows<{ seq: number }>(
      `select o.seq from outbox o join tickets t on t.id = o.ticket
        where t.external_id = ${quoted(first.ticket.id)} order by o.seq`,
    )
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place + 1))
    expect(
      await countRows(
        db(),
        'reviews',
        `state = 'pending' and ticket = (select id from tickets where external_id = ${quoted(first.ticket.id)})`,
      ),
    ).toBe(1)
  })

  test.each([
    ['NUL', 'before\0after'],
    ['half a surrogate pair', 'before\ud83dafter'],
    ['all planes', 'é 漢 🙂 \u202e \ufeff \u{e0041} \u007f \u0001'],
    ['JSON in JSON', String.raw`{"a":"\u0000 \\u0000 \" '' $1 %s"}`],
    ['256 KB', 'x☃'.repeat(64 * 1024)],
  ])('a text with %s comes back as it was sent', async (_name, body) => {
    const customer = { id: body.slice(0, 20) }
    const record = aRecord({ ticket: { body, subject: body.slice(0, 100), customer } })
    expect(await recordTriage(db(), record)).toEqual({ kind: 'recorded', answer: record.answer })
    expect((await findTicket(db(), 'zendesk', record.ticket.id))!.original).toEqual(record.ticket)
    const stored = await findReceipt(db(), record.receipt.decisionId)
    expect(stored!.receipt).toEqual(record.receipt)
    expect(JSON.stringify(stored!.receipt)).toBe(JSON.stringify(record.receipt))
  })

  test.each(['id\0', '\udc00id'])(
    'an id that cannot be told apart later is refused: %j',
    async (id) => {
      const attempt = recordTriage(db(), aRecord({ ticket: { id } }))
      await expect(attempt).rejects.toThrow(TriageError)
      await expect(attempt).rejects.toMatchObject({ code: 'invalid_request' })
      expect(await findTicket(db(), 'zendesk', id)).toBeUndefined()
    },
  )

  test('all decision ids are read in order, whatever their number', async () => {
    const ids: string[] = []
    for await (const id of readDecisionIds(db())) ids.push(id)
    expect(ids).toHaveLength(await countRows(db(), 'receipts', `tenant = 'default'`))
    expect(new Set(ids).size).toBe(ids.length)
  })

  async function countAll() {
    const tables = ['tickets', 'receipts', 'reviews', 'clocks', 'audit', 'outbox', 'idempotency']
    const counts = await Promise.all(tables.map((table) => countRows(db(), table)))
    return Object.fromEntries(tables.map((table, place) => [table, counts[place]]))
  }
})

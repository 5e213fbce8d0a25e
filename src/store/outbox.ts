import type { Db } from './db.ts'
import { parseJson } from './db.ts'
import { toStorable } from './text.ts'

/** Something that happened to a ticket, to be told to others at least once. */
export type OutboxEvent = {
  readonly id: number
  readonly type: string
  readonly caller: string
  readonly ticketId: string
  /** 1, 2, 3 … per ticket without gaps. */
  readonly seq: number
  readonly decisionId: string
  readonly payload: unknown
  /** For `decision.made`: the answer's JSON as it was sent to the caller. */
  readonly answer: string | null
  /** This try included. With `id` it names one claim: what a slower sender says later changes nothing. */
  readonly attempts: number
  readonly createdAt: string
}

/**
 * Takes due events, oldest first, for `leaseSeconds`: until then nobody else gets them, afterwards they are due again,
 * so what a crashed sender held is not lost. Senders do not wait for one another.
 */
export async function claimDue(
  db: Db,
  {
    now,
    limit,
    leaseSeconds,
  }: { readonly now: Date; readonly limit: number; readonly leaseSeconds: number },
): Promise<readonly OutboxEvent[]> {
  const rows = await db.rows<{
    id: number
    type: string
    caller: string
    external_id: string
    seq: number
    decision_id: string
    payload: string
    answer: string | null
    attempts: number
    created_at: string
  }>(
    `with due as (
       select id from outbox where tenant = $1 and state = 'pending' and available_at <= $2
        order by available_at, id limit $3 for update skip locked
     ), claimed as (
       update outbox o set attempts = o.attempts + 1, available_at = $4 from due where o.id = due.id returning o.*
     )
     select c.id, c.type, t.caller, t.external_id, c.seq, c.decision_id, c.payload, r.answer, c.attempts, c.created_at
       from claimed c join tickets t on t.id = c.ticket
       left join receipts r on c.type = 'decision.made' and r.decision_id = c.decision_id
      order by c.id`,
    [
      db.tenant,
      now.toISOString(),
      limit,
      new Date(now.getTime() + leaseSeconds * 1000).toISOString(),
    ],
  )
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    caller: row.caller,
    ticketId: row.external_id,
    seq: row.seq,
    decisionId: row.decision_id,
    payload: parseJson(row.payload),
    answer: row.answer,
    attempts: row.attempts,
    createdAt: row.created_at,
  }))
}

type Claim = Pick<OutboxEvent, 'id' | 'attempts'>

/** False when the claim was lost meanwhile: another sender has the event. */
export async function markDelivered(db: Db, claim: Claim, now: Date): Promise<boolean> {
  const rows = await db.rows(
    `update outbox set state = 'delivered', delivered_at = $4, last_error = null
      where tenant = $1 and id = $2 and attempts = $3 and state = 'pending' returning id`,
    [db.tenant, claim.id, claim.attempts, now.toISOString()],
  )
  return rows.length === 1
}

/** Due again at `nextAttemptAt`, or given up when that is null. False when the claim was lost meanwhile. */
export async function markFailed(
  db: Db,
  claim: Claim,
  { error, nextAttemptAt }: { readonly error: string; readonly nextAttemptAt: Date | null },
): Promise<boolean> {
  const rows = await db.rows(
    `update outbox set last_error = $4, available_at = coalesce($5, available_at),
            state = case when $5::timestamptz is null then 'failed' else 'pending' end
      where tenant = $1 and id = $2 and attempts = $3 and state = 'pending' returning id`,
    [
      db.tenant,
      claim.id,
      claim.attempts,
      toStorable(error.slice(0, 500)),
      nextAttemptAt?.toISOString() ?? null,
    ],
  )
  return rows.length === 1
}

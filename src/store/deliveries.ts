import type { Delivery, Endpoint } from '../domain/delivery.ts'
import type { Db } from './db.ts'
import { onlyRow, parseJson } from './db.ts'
import { toStorable } from './text.ts'

/**
 * Gives every due event a delivery per endpoint that wants it; gives how many events that was. One statement: an event
 * is routed whole or not at all, and by one of many replicas.
 */
export async function routeDue(db: Db, now: Date, limit = 500): Promise<number> {
  const { routed } = onlyRow(
    await db.rows<{ routed: number }>(
      `with due as (
         select id, type from outbox where tenant = $1 and state = 'pending' and available_at <= $2
          order by available_at, id limit $3 for update skip locked
       ), routed as (
         update outbox o set state = 'routed' from due where o.id = due.id returning o.id
       ), sent as (
         insert into deliveries (tenant, event, webhook, available_at, created_at)
         select $1, due.id, w.id, $2, $2
           from due join webhooks w on w.tenant = $1 and w.enabled
            and (json_array_length(w.events) = 0
              or exists (select from json_array_elements_text(w.events) as e (type) where e.type = due.type))
          order by due.id
         on conflict do nothing
       )
       select count(*)::int as routed from routed`,
      [db.tenant, now.toISOString(), limit],
    ),
  )
  return routed
}

/** The enabled endpoints that something is due for. */
export async function endpointsDue(db: Db, now: Date): Promise<readonly Endpoint[]> {
  const rows = await db.rows<{
    id: string
    kind: Endpoint['kind']
    url: string
    secret: string
    previous_secret: string | null
  }>(
    `select w.id, w.kind, w.url, w.secret, case when w.previous_until > $2 then w.previous_secret end as previous_secret
       from webhooks w
      where w.tenant = $1 and w.enabled and exists (
        select from deliveries d where d.webhook = w.id and d.state = 'pending' and d.available_at <= $2)
      order by w.id`,
    [db.tenant, now.toISOString()],
  )
  return rows.map(({ id, kind, url, secret, previous_secret: previous }) => ({
    id,
    kind,
    url,
    secrets: previous === null ? [secret] : [secret, previous],
  }))
}

/**
 * Takes what is due for one endpoint, oldest first, for `leaseSeconds`: until then nobody else gets it, afterwards it
 * is due again, so what a crashed sender held is not lost. Senders do not wait for one another.
 */
export async function claimDeliveries(
  db: Db,
  endpoint: string,
  claim: { readonly now: Date; readonly limit: number; readonly leaseSeconds: number },
): Promise<readonly Delivery[]> {
  const rows = await db.rows<{
    id: number
    attempts: number
    event: number
    type: string
    caller: string
    external_id: string
    seq: number
    decision_id: string
    payload: string
    answer: string | null
    created_at: string
  }>(
    `with due as (
       select id from deliveries where tenant = $1 and webhook = $2 and state = 'pending' and available_at <= $3
        order by available_at, id limit $4 for update skip locked
     ), claimed as (
       update deliveries d set attempts = d.attempts + 1, available_at = $5
         from due where d.id = due.id returning d.id, d.event, d.attempts
     )
     select c.id, c.attempts, c.event, o.type, t.caller, t.external_id, o.seq, o.decision_id, o.payload, r.answer,
            o.created_at
       from claimed c join outbox o on o.id = c.event join tickets t on t.id = o.ticket
       left join receipts r on r.decision_id = o.decision_id
      order by c.event`,
    [
      db.tenant,
      endpoint,
      claim.now.toISOString(),
      claim.limit,
      new Date(claim.now.getTime() + claim.leaseSeconds * 1_000).toISOString(),
    ],
  )
  return rows.map((row) => ({
    id: row.id,
    attempts: row.attempts,
    event: {
      id: row.event,
      type: row.type,
      caller: row.caller,
      ticketId: row.external_id,
      seq: row.seq,
      decisionId: row.decision_id,
      payload: parseJson(row.payload),
      answer: row.answer,
      createdAt: row.created_at,
    },
  }))
}

type Claim = Pick<Delivery, 'id' | 'attempts'>

/** False when the claim was lost meanwhile: another sender has it. */
export async function markDelivered(db: Db, claim: Claim, now: Date): Promise<boolean> {
  const rows = await db.rows(
    `update deliveries set state = 'delivered', delivered_at = $4, last_error = null
      where tenant = $1 and id = $2 and attempts = $3 and state = 'pending' returning id`,
    [db.tenant, claim.id, claim.attempts, now.toISOString()],
  )
  return rows.length === 1
}

/** Due again at `nextAttemptAt`, or a dead letter when that is null. False when the claim was lost meanwhile. */
export async function markFailed(
  db: Db,
  claim: Claim,
  { error, nextAttemptAt }: { readonly error: string; readonly nextAttemptAt: Date | null },
): Promise<boolean> {
  const rows = await db.rows(
    `update deliveries set last_error = $4, available_at = coalesce($5, available_at),
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

/** A delivery that was given up. */
export type DeadLetter = {
  readonly id: number
  readonly type: string
  readonly ticketId: string
  readonly seq: number
  readonly webhookId: string
  readonly url: string
  readonly attempts: number
  readonly lastError: string | null
  readonly createdAt: string
}

/** The newest first, 1,000 at most. */
export async function listDeadLetters(db: Db): Promise<readonly DeadLetter[]> {
  return db.rows<DeadLetter>(
    `select d.id, o.type, t.external_id as "ticketId", o.seq, d.webhook as "webhookId", w.url, d.attempts,
            d.last_error as "lastError", d.created_at as "createdAt"
       from deliveries d join outbox o on o.id = d.event join tickets t on t.id = o.ticket
       join webhooks w on w.id = d.webhook
      where d.tenant = $1 and d.state = 'failed' order by d.id desc limit 1000`,
    [db.tenant],
  )
}

/** Makes dead letters due again, all or those named; gives how many. The audit says who did it. */
export async function resendDeadLetters(
  db: Db,
  {
    ids,
    actor,
    now,
  }: { readonly ids: readonly number[] | 'all'; readonly actor: string; readonly now: Date },
): Promise<number> {
  const rows = await db.rows(
    `with again as (
       update deliveries set state = 'pending', attempts = 0, available_at = $3
        where tenant = $1 and state = 'failed'
          and ($2::text is null or id in (select value::bigint from json_array_elements_text($2::json) as value))
       returning id, webhook
     )
     insert into audit (tenant, actor, action, subject, after, at)
     select $1, $4, 'delivery.resent', id::text, json_build_object('webhook', webhook), $3 from again returning id`,
    [db.tenant, ids === 'all' ? null : JSON.stringify(ids), now.toISOString(), actor],
  )
  return rows.length
}

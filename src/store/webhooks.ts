import { asc, eq } from 'drizzle-orm'
import type { EndpointKind, Webhook } from '../domain/webhook.ts'
import type { Db } from './db.ts'
import { webhooks } from './schema.ts'
import { requireStorable, toStorable } from './text.ts'

export type NewWebhook = {
  readonly id: string
  readonly kind: EndpointKind
  readonly url: string
  readonly events: readonly string[]
  readonly secret: string
  readonly actor: string
  readonly now: Date
}

type ById = { readonly id: string; readonly actor: string; readonly now: Date }

/** Adds an endpoint for events. The audit gets its address, never its secret. */
export async function registerWebhook(db: Db, plan: NewWebhook): Promise<Webhook> {
  const { id, kind, events, now } = plan
  const url = requireStorable('url', plan.url)
  await db.rows(
    `with made as (
       insert into webhooks (id, tenant, kind, url, events, secret, created_at)
       values ($1, $2, $9, $3, $4::text::json, $5, $6) returning id
     )
     insert into audit (tenant, actor, action, subject, after, at)
     select $2, $7, 'webhook.registered', id, $8::text::json, $6 from made`,
    [
      id,
      db.tenant,
      url,
      JSON.stringify(events),
      plan.secret,
      now.toISOString(),
      plan.actor,
      JSON.stringify({ kind, url: auditedUrl(kind, url), events }),
      kind,
    ],
  )
  const createdAt = now.toISOString()
  return { id, kind, url, events, enabled: true, disabledBecause: null, createdAt }
}

/** The address of a chat hook is its secret. */
function auditedUrl(kind: EndpointKind, url: string): string {
  return kind === 'slack' ? new URL(url).origin : url
}

export async function listWebhooks(db: Db): Promise<readonly Webhook[]> {
  const { id, kind, url, events, enabled, disabledBecause, createdAt, tenant } = webhooks
  return db.drizzle
    .select({ id, kind, url, events, enabled, disabledBecause, createdAt })
    .from(webhooks)
    .where(eq(tenant, db.tenant))
    .orderBy(asc(createdAt), asc(id))
}

/**
 * A new secret; the old one signs beside it until `previousUntil`. False when there is none with this id.
 */
export async function rotateSecret(
  db: Db,
  { id, secret, previousUntil, actor, now }: ById & { secret: string; previousUntil: Date },
): Promise<boolean> {
  const rows = await db.rows(
    `with changed as (
       update webhooks set previous_secret = secret, previous_until = $4, secret = $3
        where tenant = $1 and id = $2 and kind = 'webhook' returning id
     )
     insert into audit (tenant, actor, action, subject, at)
     select $1, $5, 'webhook.rotated', id, $6 from changed returning id`,
    [db.tenant, toStorable(id), secret, previousUntil.toISOString(), actor, now.toISOString()],
  )
  return rows.length === 1
}

/** Sends again to an endpoint that was disabled; what was given up meanwhile is sent by command. */
export async function enableWebhook(db: Db, { id, actor, now }: ById): Promise<boolean> {
  const rows = await db.rows(
    `with changed as (
       update webhooks set enabled = true, disabled_because = null where tenant = $1 and id = $2 returning id
     )
     insert into audit (tenant, actor, action, subject, at)
     select $1, $3, 'webhook.enabled', id, $4 from changed returning id`,
    [db.tenant, toStorable(id), actor, now.toISOString()],
  )
  return rows.length === 1
}

/** Sends nothing more; what waits becomes dead letters. */
export async function disableWebhook(
  db: Db,
  { id, because, actor, now }: ById & { because: string },
): Promise<void> {
  await db.rows(
    `with changed as (
       update webhooks set enabled = false, disabled_because = $3 where tenant = $1 and id = $2 and enabled returning id
     ), dead as (
       update deliveries d set state = 'failed', last_error = $3 from changed c
        where d.webhook = c.id and d.state = 'pending'
     )
     insert into audit (tenant, actor, action, subject, reason, at)
     select $1, $4, 'webhook.disabled', id, $3, $5 from changed`,
    [db.tenant, id, because, actor, now.toISOString()],
  )
}

/** False when there is none with this id. What waits for it is not sent. */
export async function deleteWebhook(db: Db, { id, actor, now }: ById): Promise<boolean> {
  const deleted = await db.rows(
    `with gone as (delete from webhooks where tenant = $1 and id = $2 returning id, url, kind)
     insert into audit (tenant, actor, action, subject, before, at)
     select $1, $3, 'webhook.deleted', id,
            json_build_object('url', case when kind = 'slack' then null else url end), $4 from gone returning id`,
    [db.tenant, toStorable(id), actor, now.toISOString()],
  )
  return deleted.length === 1
}

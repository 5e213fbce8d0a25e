import { and, asc, eq } from 'drizzle-orm'
import type { Db } from './db.ts'
import { webhooks } from './schema.ts'
import { requireStorable } from './text.ts'

export type Webhook = {
  readonly id: string
  readonly url: string
  /** Event types it wants; empty means all. */
  readonly events: readonly string[]
  readonly enabled: boolean
  readonly createdAt: string
}

/** With the secret that its deliveries are signed with. */
export type SigningWebhook = Webhook & { readonly secret: string }

export type NewWebhook = {
  readonly id: string
  readonly url: string
  readonly events: readonly string[]
  readonly secret: string
  readonly actor: string
  readonly now: Date
}

/** Adds an endpoint for events. The audit gets its address, never its secret. */
export async function registerWebhook(db: Db, plan: NewWebhook): Promise<Webhook> {
  const { id, events, now } = plan
  const url = requireStorable('url', plan.url)
  await db.rows(
    `with made as (
       insert into webhooks (id, tenant, url, events, secret, created_at)
       values ($1, $2, $3, $4::text::json, $5, $6) returning id
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
      JSON.stringify({ url, events }),
    ],
  )
  return { id, url, events, enabled: true, createdAt: now.toISOString() }
}

export async function listWebhooks(db: Db): Promise<readonly Webhook[]> {
  const { id, url, events, enabled, createdAt, tenant } = webhooks
  return db.drizzle
    .select({ id, url, events, enabled, createdAt })
    .from(webhooks)
    .where(eq(tenant, db.tenant))
    .orderBy(asc(createdAt), asc(id))
}

/** The enabled endpoints, for the sender. */
export async function listSigningWebhooks(db: Db): Promise<readonly SigningWebhook[]> {
  const { id, url, events, enabled, createdAt, secret, tenant } = webhooks
  return db.drizzle
    .select({ id, url, events, enabled, createdAt, secret })
    .from(webhooks)
    .where(and(eq(tenant, db.tenant), eq(enabled, true)))
    .orderBy(asc(createdAt), asc(id))
}

/** False when there is none with this id. */
export async function deleteWebhook(
  db: Db,
  { id, actor, now }: { readonly id: string; readonly actor: string; readonly now: Date },
): Promise<boolean> {
  const deleted = await db.rows(
    `with gone as (delete from webhooks where tenant = $1 and id = $2 returning id, url)
     insert into audit (tenant, actor, action, subject, before, at)
     select $1, $3, 'webhook.deleted', id, json_build_object('url', url), $4 from gone returning id`,
    [db.tenant, id, actor, now.toISOString()],
  )
  return deleted.length === 1
}

import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Caller, Role } from '../domain/api-key.ts'
import type { Db } from './db.ts'
import { onlyRow } from './db.ts'
import { sha256 } from './digest.ts'
import { apiKeys } from './schema.ts'
import { requireStorable } from './text.ts'

const PREFIX = 'trg_'
const LEAST_BYTES = 16
const SHOWN = PREFIX.length + 6

export type ApiKey = {
  readonly id: string
  /** The start of the key, to recognise it in a list. */
  readonly prefix: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly createdAt: string
  readonly revokedAt: string | null
}

export type NewKey = {
  readonly id: string
  /** The actor in the audit and the owner of ticket ids. Two keys may share it while one replaces the other. */
  readonly name: string
  readonly roles: readonly Role[]
  /** At least 16 random bytes; 32 are usual. */
  readonly secret: Uint8Array
  readonly actor: string
  readonly now: Date
}

/** Makes a key. `key` is shown this once; the store keeps its hash. Enough randomness needs no slow hash. */
export async function createKey(
  db: Db,
  plan: NewKey,
): Promise<{ readonly id: string; readonly key: string }> {
  if (plan.secret.length < LEAST_BYTES)
    throw new RangeError(`Cannot make a key: ${LEAST_BYTES} random bytes are required`)
  const key = PREFIX + Buffer.from(plan.secret).toString('base64url')
  const name = requireStorable('name', plan.name)
  const shown = { prefix: key.slice(0, SHOWN), name, roles: plan.roles }
  await db.rows(
    `with made as (
       insert into api_keys (id, tenant, hash, prefix, name, roles, created_at)
       values ($1, $2, $3, $4, $5, $6::text::json, $7) returning id
     )
     insert into audit (tenant, actor, action, subject, after, at)
     select $2, $8, 'key.created', id, $9::text::json, $7 from made`,
    [
      plan.id,
      db.tenant,
      sha256(key),
      shown.prefix,
      name,
      JSON.stringify(plan.roles),
      plan.now.toISOString(),
      plan.actor,
      JSON.stringify(shown),
    ],
  )
  return { id: plan.id, key }
}

/** All keys, oldest first, revoked ones included. */
export async function listKeys(db: Db): Promise<readonly ApiKey[]> {
  const { id, prefix, name, roles, createdAt, revokedAt } = apiKeys
  return db.drizzle
    .select({ id, prefix, name, roles, createdAt, revokedAt })
    .from(apiKeys)
    .where(eq(apiKeys.tenant, db.tenant))
    .orderBy(asc(createdAt), asc(id))
}

/** Who presents this key; undefined when it is unknown or revoked. Looked up by hash, so timing tells nothing. */
export async function findCaller(db: Db, key: string): Promise<Caller | undefined> {
  if (!key.startsWith(PREFIX)) return undefined
  const [caller] = await db.drizzle
    .select({ name: apiKeys.name, roles: apiKeys.roles })
    .from(apiKeys)
    .where(
      and(eq(apiKeys.hash, sha256(key)), eq(apiKeys.tenant, db.tenant), isNull(apiKeys.revokedAt)),
    )
  return caller
}

/** Keys in force; without one the service listens on loopback only. */
export async function countActiveKeys(db: Db): Promise<number> {
  const { keys } = onlyRow(
    await db.rows<{ keys: number }>(
      'select count(*)::int as keys from api_keys where tenant = $1 and revoked_at is null',
      [db.tenant],
    ),
  )
  return keys
}

/** Ends a key. False when there is none in force with this id. */
export async function revokeKey(
  db: Db,
  { id, actor, now }: { readonly id: string; readonly actor: string; readonly now: Date },
): Promise<boolean> {
  const revoked = await db.rows(
    `with ended as (
       update api_keys set revoked_at = $3 where tenant = $1 and id = $2 and revoked_at is null returning id, name
     )
     insert into audit (tenant, actor, action, subject, before, at)
     select $1, $4, 'key.revoked', id, json_build_object('name', name), $3 from ended returning id`,
    [db.tenant, id, now.toISOString(), actor],
  )
  return revoked.length === 1
}

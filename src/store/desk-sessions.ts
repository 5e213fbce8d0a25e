import type { Caller, Role } from '../domain/api-key.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'
import { sha256 } from './digest.ts'

export type NewSession = {
  /** The random text of the cookie; the store keeps its hash. */
  readonly token: string
  /** The API key that was presented; null on loopback without keys. */
  readonly key: string | null
  readonly now: Date
  readonly expiresAt: Date
}

/** Opens a session and writes who did so into the audit. False when the key is unknown or revoked by now. */
export async function openSession(db: Db, session: NewSession): Promise<boolean> {
  const opened = await db.rows(session.key === null ? OPEN_LOCAL : OPEN_WITH_KEY, [
    db.tenant,
    sha256(session.token),
    session.now.toISOString(),
    session.expiresAt.toISOString(),
    ...(session.key === null ? [] : [sha256(session.key)]),
  ])
  return opened.length === 1
}

const OPEN_LOCAL = `
  insert into desk_sessions (tenant, hash, created_at, expires_at) values ($1, $2, $3, $4) returning hash`

const OPEN_WITH_KEY = `
  with opened as (
    insert into desk_sessions (tenant, hash, key_id, created_at, expires_at)
    select $1, $2, k.id, $3, $4 from api_keys k where k.tenant = $1 and k.hash = $5 and k.revoked_at is null
    returning key_id
  )
  insert into audit (tenant, actor, action, subject, at)
  select $1, k.name, 'session.opened', k.id, $3 from opened o join api_keys k on k.id = o.key_id
  returning id`

/** `caller` is null for a session on loopback without keys. */
export type StoredSession = { readonly caller: Caller | null; readonly expiresAt: string }

/** The session behind a cookie; undefined once it has expired, was closed, or its key was revoked. */
export async function findSession(
  db: Db,
  token: string,
  now: Date,
): Promise<StoredSession | undefined> {
  const [row] = await db.rows<{
    expires_at: string
    key_id: string | null
    name: string | null
    roles: string | null
  }>(
    `select s.expires_at, s.key_id, k.name, k.roles
       from desk_sessions s left join api_keys k on k.id = s.key_id
      where s.tenant = $1 and s.hash = $2 and s.expires_at > $3
        and (s.key_id is null or (k.id is not null and k.revoked_at is null))`,
    [db.tenant, sha256(token), now.toISOString()],
  )
  if (row === undefined) return undefined
  const caller =
    row.name === null || row.roles === null
      ? null
      : { name: row.name, roles: parseJson(row.roles) as readonly Role[] }
  return { caller, expiresAt: row.expires_at }
}

/** Ends a session; ending it again changes nothing. */
export async function closeSession(db: Db, token: string, now: Date): Promise<void> {
  await db.rows(
    `with closed as (
       delete from desk_sessions where tenant = $1 and hash = $2 returning key_id
     )
     insert into audit (tenant, actor, action, subject, at)
     select $1, k.name, 'session.closed', k.id, $3 from closed c join api_keys k on k.id = c.key_id`,
    [db.tenant, sha256(token), now.toISOString()],
  )
}

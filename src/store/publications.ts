import { and, desc, eq } from 'drizzle-orm'
import type { Db } from './db.ts'
import { policies, publications } from './schema.ts'
import { toStorable } from './text.ts'

export type Publication = {
  readonly hash: string
  readonly kind: 'published' | 'rolled_back'
  readonly actor: string
  readonly reason: string
  readonly at: string
  /** As the policy names itself. */
  readonly id: string
  readonly version: string
}

/**
 * Puts a remembered policy in force, with an audit entry. False when nothing changed: it is in force already, or no
 * policy with this hash is stored.
 */
export async function publishPolicy(
  db: Db,
  publication: Pick<Publication, 'hash' | 'kind' | 'actor' | 'reason'> & { readonly now: Date },
): Promise<boolean> {
  const { hash, kind, actor, reason, now } = publication
  const rows = await db.rows(
    `with newest as (
       select hash from policy_publications where tenant = $1 order by id desc limit 1
     ), published as (
       insert into policy_publications (tenant, hash, kind, actor, reason, at)
       select $1, p.hash, $3, $4, $5, $6 from policies p
        where p.tenant = $1 and p.hash = $2 and p.hash is distinct from (select hash from newest)
       returning hash
     )
     insert into audit (tenant, actor, action, subject, before, after, reason, at)
     select $1, $4, case $3 when 'published' then 'policy.published' else 'policy.rolled_back' end, hash,
            json_build_object('hash', (select hash from newest)), json_build_object('hash', hash), $5, $6
       from published returning id`,
    [db.tenant, hash, kind, toStorable(actor), toStorable(reason), now.toISOString()],
  )
  return rows.length === 1
}

/** The policy in force: its hash and text; undefined while none was published. */
export async function publishedPolicy(
  db: Db,
): Promise<{ readonly hash: string; readonly source: string } | undefined> {
  const [row] = await db.drizzle
    .select({ hash: policies.hash, source: policies.source })
    .from(publications)
    .innerJoin(
      policies,
      and(eq(policies.tenant, publications.tenant), eq(policies.hash, publications.hash)),
    )
    .where(eq(publications.tenant, db.tenant))
    .orderBy(desc(publications.id))
    .limit(1)
  return row
}

/** What was put in force, the newest first. */
export async function listPublications(db: Db, limit = 100): Promise<readonly Publication[]> {
  const rows = await db.drizzle
    .select({
      hash: publications.hash,
      kind: publications.kind,
      actor: publications.actor,
      reason: publications.reason,
      at: publications.at,
      parsed: policies.parsed,
    })
    .from(publications)
    .innerJoin(
      policies,
      and(eq(policies.tenant, publications.tenant), eq(policies.hash, publications.hash)),
    )
    .where(eq(publications.tenant, db.tenant))
    .orderBy(desc(publications.id))
    .limit(limit)
  return rows.map(({ parsed, ...row }) => {
    const { id, version } = parsed as { readonly id: string; readonly version: string }
    return { ...row, id, version }
  })
}

import { and, eq } from 'drizzle-orm'
import type { Db } from './db.ts'
import { policies } from './schema.ts'
import { toStorable } from './text.ts'

export type StoredPolicy = {
  readonly hash: string
  /** The file's text. */
  readonly source: string
  readonly parsed: unknown
  readonly firstSeenAt: string
}

/** Keeps a policy for as long as receipts name its hash. Seeing it again changes nothing. */
export async function rememberPolicy(
  db: Db,
  policy: { readonly hash: string; readonly source: string; readonly parsed: unknown },
  now: Date,
): Promise<void> {
  await db.drizzle
    .insert(policies)
    .values({
      tenant: db.tenant,
      hash: policy.hash,
      source: toStorable(policy.source),
      parsed: policy.parsed,
      firstSeenAt: now.toISOString(),
    })
    .onConflictDoNothing()
}

export async function findPolicy(db: Db, hash: string): Promise<StoredPolicy | undefined> {
  const [row] = await db.drizzle
    .select()
    .from(policies)
    .where(and(eq(policies.tenant, db.tenant), eq(policies.hash, hash)))
  return row
}

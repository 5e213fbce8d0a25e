import type { ReviewOutcome } from '../domain/review-state.ts'
import type { DecidedReview } from '../domain/review-summary.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'

/** Reviews that people decided since then, newest first; samples that were judged count too. */
export async function readDecidedReviews(
  db: Db,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<readonly DecidedReview[]> {
  const rows = await db.rows<{
    route: string
    outcome: string
    decided_by: string
    created_at: string
    decided_at: string
    due_at: string
    defaulted_at: string | null
  }>(
    `select route, outcome, decided_by, created_at, decided_at, due_at, defaulted_at
       from reviews
      where tenant = $1 and decided_at is not null and decided_at >= $2
        and outcome is not null and decided_by is not null
      order by decided_at desc, id desc limit ${limit}`,
    [db.tenant, since.toISOString()],
  )
  return rows.map((row) => ({
    route: row.route,
    outcome: parseJson(row.outcome) as ReviewOutcome,
    decidedBy: row.decided_by,
    createdAt: row.created_at,
    decidedAt: row.decided_at,
    dueAt: row.due_at,
    defaultedAt: row.defaulted_at,
  }))
}

import type { Expected, JudgedReview } from '../domain/review-quality.ts'
import type { ReviewOutcome } from '../domain/review-state.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'

/** Rows that statistics read at most: the newest of the time asked for. */
const MOST = 20_000

/** What people decided since then, oldest first. */
export async function readJudgedReviews(db: Db, since: Date): Promise<readonly JudgedReview[]> {
  const rows = await db.rows<{
    kind: JudgedReview['kind']
    blind: boolean
    route: string
    suggested: JudgedReview['suggested']
    severity: JudgedReview['fields']['severity']
    type: JudgedReview['fields']['type']
    team: string
    expected: string | null
    outcome: string
    decided_by: string
    decided_at: string
    claimed_at: string | null
    created_at: string
    defaulted_at: string | null
    doubt: number
    words: number
  }>(
    // The answer's own member: inside a string its quotes would be escaped.
    `select v.kind, v.blind, v.route, substring(r.answer from '"severity":"(P[1-4])"') as suggested, v.severity, v.type, v.team, v.expected,
            v.outcome, v.decided_by, v.decided_at, v.claimed_at, v.created_at, v.defaulted_at, v.doubt, v.words
       from reviews v join receipts r on r.decision_id = v.decision_id
      where v.tenant = $1 and v.decided_at is not null and v.decided_at >= $2
      order by v.decided_at desc, v.id desc limit ${MOST}`,
    [db.tenant, since.toISOString()],
  )
  return rows
    .map((row) => ({
      kind: row.kind,
      blind: row.blind,
      route: row.route,
      suggested: row.suggested,
      fields: { severity: row.severity, type: row.type, team: row.team },
      expected: row.expected === null ? null : (parseJson(row.expected) as Expected),
      outcome: parseJson(row.outcome) as ReviewOutcome,
      decidedBy: row.decided_by,
      decidedAt: row.decided_at,
      claimedAt: row.claimed_at,
      createdAt: row.created_at,
      defaultedAt: row.defaulted_at,
      doubt: row.doubt,
      words: row.words,
    }))
    .toReversed()
}

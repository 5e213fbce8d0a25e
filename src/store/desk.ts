import type { Severity } from '../domain/labels.ts'
import { sharedWords, tellingWords } from '../domain/similar-texts.ts'
import type { Db } from './db.ts'
import { onlyRow } from './db.ts'
import type { Standing } from './schema.ts'
import type { Excerpt, ExcerptRow } from './ticket-excerpts.ts'
import { EXCERPT_COLUMN, excerptOf } from './ticket-excerpts.ts'

/** What a line of the queue says besides the review. */
export type QueueLine = Excerpt & { readonly customerId: string | null }

/** The lines of these reviews, by review id. */
export async function readQueueLines(
  db: Db,
  reviewIds: readonly string[],
): Promise<ReadonlyMap<string, QueueLine>> {
  if (reviewIds.length === 0) return new Map()
  const rows = await db.rows<ExcerptRow & { id: string; customer_id: string | null }>(
    `select v.id, t.customer_id, ${EXCERPT_COLUMN}
       from reviews v join tickets t on t.id = v.ticket
      where v.tenant = $1 and v.id in (select json_array_elements_text($2::text::json))`,
    [db.tenant, JSON.stringify(reviewIds)],
  )
  return new Map(rows.map((row) => [row.id, { ...excerptOf(row), customerId: row.customer_id }]))
}

/** How many wait, and a mark that changes whenever the queue looks different, also when a lease runs out or nobody decided in time. */
export async function readQueueMark(
  db: Db,
  now: Date,
): Promise<{ readonly open: number; readonly mark: string }> {
  const row = onlyRow(
    await db.rows<{
      open: number
      versions: number
      newest: string | null
      leased: number
      defaulted: number
    }>(
      `select count(*)::int as open, coalesce(sum(version), 0)::int as versions, max(created_at) as newest,
              (count(*) filter (where lease_until > $2))::int as leased, count(defaulted_at)::int as defaulted
         from reviews where tenant = $1 and state in ('pending', 'claimed')`,
      [db.tenant, now.toISOString()],
    ),
  )
  const { open, versions, newest, leased, defaulted } = row
  return { open, mark: [open, versions, newest, leased, defaulted].join('/') }
}

/** Everybody who has decided since then, by name. */
export async function readRecentReviewers(db: Db, since: Date): Promise<readonly string[]> {
  const rows = await db.rows<{ decided_by: string }>(
    `select distinct decided_by from reviews
      where tenant = $1 and decided_at is not null and decided_at >= $2 and decided_by is not null
      order by decided_by limit 200`,
    [db.tenant, since.toISOString()],
  )
  return rows.map((row) => row.decided_by)
}

export type SimilarTicket = Excerpt & {
  readonly ticketId: string
  readonly severity: Severity
  readonly standing: Standing
  readonly team: string
  readonly reviewId: string | null
  readonly createdAt: string
  readonly sameCustomer: boolean
  /** 0 to 1, of the words at the beginning of both. */
  readonly shared: number
}

/** Tickets that are looked through, newest first. */
const RECENT = 150
const SAME_CUSTOMER = 20
const LEAST_SHARED = 0.25

/** The recent tickets that read most like this one, and the customer's own last ones; at most `limit`. */
export async function findSimilarTickets(
  db: Db,
  reviewId: string,
  limit: number,
): Promise<readonly SimilarTicket[]> {
  const rows = await db.rows<SimilarRow>(FIND_CANDIDATES, [db.tenant, reviewId])
  const own = rows.find((row) => row.self)
  if (own === undefined) return []
  const words = wordsOf(own)
  return rows
    .filter((row) => !row.self)
    .map((row) => ({
      ...excerptOf(row),
      ticketId: row.external_id,
      severity: row.severity,
      standing: row.standing,
      team: row.team,
      reviewId: row.review_id,
      createdAt: row.created_at,
      sameCustomer: own.customer_id !== null && row.customer_id === own.customer_id,
      shared: sharedWords(words, wordsOf(row)),
    }))
    .filter(({ sameCustomer, shared }) => sameCustomer || shared >= LEAST_SHARED)
    .toSorted((a, b) => closeness(b) - closeness(a) || b.createdAt.localeCompare(a.createdAt))
    .slice(0, limit)
}

const closeness = ({ shared, sameCustomer }: SimilarTicket) => shared + (sameCustomer ? 0.25 : 0)

function wordsOf(row: ExcerptRow): ReadonlySet<string> {
  const { subject, body } = excerptOf(row)
  return tellingWords(`${subject}\n${body}`)
}

type SimilarRow = ExcerptRow & {
  self: boolean
  external_id: string
  customer_id: string | null
  severity: Severity
  standing: Standing
  team: string
  review_id: string | null
  created_at: string
}

const FIND_CANDIDATES = `
  with own as (
    select t.id, t.customer_id from reviews v join tickets t on t.id = v.ticket where v.tenant = $1 and v.id = $2
  ), recent as (
    (select t.id from tickets t where t.tenant = $1 order by t.id desc limit ${RECENT})
    union
    (select t.id from tickets t, own
      where t.tenant = $1 and t.customer_id is not null and t.customer_id = own.customer_id
      order by t.id desc limit ${SAME_CUSTOMER})
    union
    select id from own
  )
  select t.id = own.id as self, t.external_id, t.customer_id, t.severity, t.standing, t.team, t.review_id, t.created_at,
         ${EXCERPT_COLUMN}
    from recent r join tickets t on t.id = r.id, own`

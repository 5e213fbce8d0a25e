import { TriageError } from '../domain/errors.ts'
import type { Severity } from '../domain/labels.ts'
import type { Review, ReviewKind, ReviewState } from '../domain/review-state.ts'
import { OPEN_REVIEW_STATES } from '../domain/review-state.ts'
import type { Db, Param } from './db.ts'
import type { ReviewRow } from './review-row.ts'
import { reviewOf } from './review-row.ts'
import { toStorable } from './text.ts'

export type ReviewQuery = {
  /** Open ones (pending, claimed) unless told. */
  readonly states?: readonly ReviewState[]
  readonly kinds?: readonly ReviewKind[]
  readonly severity?: Severity
  readonly team?: string
  readonly owner?: string
  /** Who has claimed or decided it. */
  readonly reviewer?: string
  /** 50 unless told, 200 at most. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly cursor?: string
}

export type ReviewPage = { readonly reviews: readonly Review[]; readonly next: string | null }

/**
 * One page: of open reviews in the order of the queue, of others the newest first.
 * @throws TriageError `invalid_request` for a cursor that no page of this order gave.
 */
export async function listReviews(db: Db, query: ReviewQuery): Promise<ReviewPage> {
  const { states = OPEN_REVIEW_STATES } = query
  const limit = Math.min(query.limit ?? 50, 200)
  const order = orderOf(states)
  const params: Param[] = [db.tenant]
  const where = ['v.tenant = $1', order.where]
  const filter = (condition: string, value: Param) => {
    params.push(value)
    where.push(condition.replaceAll('?', `$${params.length}`))
  }
  // All open ones are what the index holds anyway.
  if (order !== QUEUE || states.length < OPEN_REVIEW_STATES.length)
    filter('v.state in (select json_array_elements_text(?::json))', JSON.stringify(states))
  if (query.kinds !== undefined)
    filter('v.kind in (select json_array_elements_text(?::json))', JSON.stringify(query.kinds))
  // Who asks for a severity would learn that of a hidden suggestion.
  if ([query.severity, query.team, query.owner].some((asked) => asked !== undefined))
    where.push(`not (v.blind and v.state in ('pending', 'claimed'))`)
  if (query.severity !== undefined) filter('v.severity = ?', query.severity)
  if (query.team !== undefined) filter('v.team = ?', toStorable(query.team))
  if (query.owner !== undefined) filter('v.owner = ?', toStorable(query.owner))
  if (query.reviewer !== undefined)
    filter('(v.claimed_by = ? or v.decided_by = ?)', toStorable(query.reviewer))
  if (query.cursor !== undefined) {
    const [at, id] = parseCursor(query.cursor, order)
    params.push(at, id)
    const place = `($${params.length - 1}::timestamptz, $${params.length})`
    where.push(`(${order.key}, v.id) ${order.after} ${place}`)
  }
  // The page first, then what its few rows need of tickets and receipts.
  const rows = await db.rows<ReviewRow & { place: string }>(
    `with page as materialized (
       select v.*, ${order.key} as place from reviews v where ${where.join(' and ')}
        order by ${order.key} ${order.direction}, v.id ${order.direction} limit ${limit + 1}
     )
     select v.*, t.external_id, t.caller, r.revision
       from page v join tickets t on t.id = v.ticket join receipts r on r.decision_id = v.decision_id
      order by v.place ${order.direction}, v.id ${order.direction}`,
    params,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last !== undefined ? cursorOf(order, last) : null
  return { reviews: page.map(reviewOf), next }
}

/** How many open reviews each person has claimed now. */
export async function readReviewLoad(db: Db, now: Date): Promise<Readonly<Record<string, number>>> {
  const rows = await db.rows<{ claimed_by: string; claims: number }>(
    `select claimed_by, count(*)::int as claims from reviews
      where tenant = $1 and state = 'claimed' and lease_until > $2 group by claimed_by`,
    [db.tenant, now.toISOString()],
  )
  return Object.fromEntries(rows.map((row) => [row.claimed_by, row.claims]))
}

type Order = {
  readonly name: 'queue' | 'history' | 'all'
  /** As it stands in an index, so that the planner uses it. */
  readonly where: string
  readonly key: string
  readonly after: '>' | '<'
  readonly direction: 'asc' | 'desc'
}

const QUEUE: Order = {
  name: 'queue',
  where: `v.state in ('pending', 'claimed')`,
  key: 'v.rank_at',
  after: '>',
  direction: 'asc',
}
const HISTORY: Order = {
  name: 'history',
  where: 'v.decided_at is not null',
  key: 'v.decided_at',
  after: '<',
  direction: 'desc',
}
const ALL: Order = {
  name: 'all',
  where: 'true',
  key: 'v.created_at',
  after: '<',
  direction: 'desc',
}

function orderOf(states: readonly ReviewState[]): Order {
  const open: readonly ReviewState[] = OPEN_REVIEW_STATES
  if (states.every((state) => open.includes(state))) return QUEUE
  const decided = states.every((state) => !open.includes(state) && state !== 'superseded')
  return decided ? HISTORY : ALL
}

function cursorOf({ name }: Order, { place, id }: { place: string; id: string }): string {
  return Buffer.from(JSON.stringify([name, place, id])).toString('base64url')
}

function parseCursor(cursor: string, order: Order): readonly [string, string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const [name, at, id] = parsed as [string, string, string]
    if (name === order.name) return [new Date(at).toISOString(), toStorable(id)]
  } catch {
    // Told below, like a cursor of another order.
  }
  throw new TriageError('invalid_request', 'Cannot read the cursor: use `next` of a page', {
    detail: { errors: [{ pointer: '/cursor', message: '`next` of a page is required' }] },
  })
}

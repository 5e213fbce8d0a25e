import type { Action } from '../domain/decision.ts'
import { TriageError } from '../domain/errors.ts'
import type { Severity } from '../domain/labels.ts'
import type { Receipt } from '../domain/receipt.ts'
import type {
  Review,
  ReviewCommand,
  ReviewOutcome,
  ReviewStanding,
  ReviewState,
} from '../domain/review-state.ts'
import { OPEN_REVIEW_STATES, transition } from '../domain/review-state.ts'
import type { Db, Param } from './db.ts'
import { parseJson } from './db.ts'
import { toStorable } from './text.ts'

export type ReviewQuery = {
  /** Open ones (pending, claimed) unless told. */
  readonly states?: readonly ReviewState[]
  readonly severity?: Severity
  readonly team?: string
  readonly owner?: string
  /** 50 unless told, 200 at most. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly cursor?: string
}

export type ReviewPage = { readonly reviews: readonly Review[]; readonly next: string | null }

/**
 * One page of the queue, the most urgent due time first.
 * @throws TriageError `invalid_request` for a cursor that no page gave.
 */
export async function listReviews(db: Db, query: ReviewQuery): Promise<ReviewPage> {
  const { states = OPEN_REVIEW_STATES } = query
  const limit = Math.min(query.limit ?? 50, 200)
  const params: Param[] = [db.tenant]
  const where = ['v.tenant = $1', indexOf(states)]
  const filter = (condition: string, value: Param) => {
    params.push(value)
    where.push(condition.replace('?', `$${params.length}`))
  }
  filter(`v.state in (select json_array_elements_text(?::json))`, JSON.stringify(states))
  if (query.severity !== undefined) filter('v.severity = ?', query.severity)
  if (query.team !== undefined) filter('v.team = ?', toStorable(query.team))
  if (query.owner !== undefined) filter('v.owner = ?', toStorable(query.owner))
  if (query.cursor !== undefined) {
    const [dueAt, id] = parseCursor(query.cursor)
    params.push(dueAt, id)
    where.push(`(v.due_at, v.id) > ($${params.length - 1}::timestamptz, $${params.length})`)
  }
  const rows = await db.rows<ReviewRow>(
    `${SELECT_REVIEW} where ${where.join(' and ')} order by v.due_at, v.id limit ${limit + 1}`,
    params,
  )
  const reviews = rows.slice(0, limit).map(reviewOf)
  const last = reviews.at(-1)
  return { reviews, next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

/** Open and closed reviews have an index each; said as it is written there, so that the planner uses it. */
function indexOf(states: readonly ReviewState[]): string {
  const open: readonly ReviewState[] = OPEN_REVIEW_STATES
  if (states.every((state) => open.includes(state))) return `v.state in ('pending', 'claimed')`
  return states.some((state) => open.includes(state))
    ? 'true'
    : `v.state not in ('pending', 'claimed')`
}

function cursorOf({ dueAt, id }: Review): string {
  return Buffer.from(JSON.stringify([dueAt, id])).toString('base64url')
}

function parseCursor(cursor: string): readonly [string, string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const [dueAt, id] = parsed as [string, string]
    return [new Date(dueAt).toISOString(), toStorable(id)]
  } catch (cause) {
    throw new TriageError('invalid_request', 'Cannot read the cursor: use `next` of a page', {
      cause,
    })
  }
}

export async function findReview(db: Db, id: string): Promise<Review | undefined> {
  return (await findWithActions(db, id))?.review
}

export type ReviewResult =
  | { readonly ok: true; readonly review: Review }
  | { readonly ok: false; readonly reason: string; readonly current: Review }

export type ReviewActor = {
  /** Name of the person; goes into the audit. */
  readonly actor: string
  readonly now: Date
  /** The version that the person saw; acting on another one is a lost race. */
  readonly version?: number
}

/**
 * A person acts on a review; undefined when there is none with this id. The change, its audit entry, the ticket's
 * state, its clocks and the event are one statement, conditional on the version that was read: of two people one
 * wins, the other is told the current state.
 *
 * @throws TriageError `store_unavailable`: it may or may not have happened.
 */
export async function transitionReview(
  db: Db,
  id: string,
  command: ReviewCommand,
  by: ReviewActor,
): Promise<ReviewResult | undefined> {
  const found = await findWithActions(db, id)
  if (found === undefined) return undefined
  const { review, proposed } = found
  if (by.version !== undefined && by.version !== review.version)
    return { ok: false, reason: LOST_RACE, current: review }
  const result = transition(review, command, { actor: by.actor, now: by.now, proposed })
  if (!result.ok) return { ok: false, reason: result.reason, current: review }

  const next: Review = { ...review, ...result.next, version: review.version + 1 }
  const saved = await db.rows(SAVE, paramsOfSave(db.tenant, { command, by, before: review, next }))
  if (saved.length === 1) return { ok: true, review: next }
  const current = await findReview(db, id)
  return { ok: false, reason: LOST_RACE, current: current ?? review }
}

const LOST_RACE = 'Cannot change this review: somebody else has just changed it'

/*
 * The ticket is locked before its review, in the order of record_triage, so that a person and a new revision cannot
 * wait for each other. A row that changed while this statement waited is checked again by its version.
 */
const SAVE = `
  with ticket as (
    select t.id from tickets t join reviews v on v.ticket = t.id where v.tenant = $1 and v.id = $2 for update of t
  ), changed as (
    update reviews v
       set state = $4, severity = $5, type = $6, team = $7, owner = $8, backup = $9, claimed_by = $10,
           lease_until = $11, decided_by = $12, decided_at = $13, outcome = $14::text::json, version = v.version + 1
      from ticket t
     where v.id = $2 and v.ticket = t.id and v.version = $3 and v.state in ('pending', 'claimed')
    returning v.id, v.ticket, v.decision_id
  ), moved as (
    update tickets t
       set event_seq = t.event_seq + 1, updated_at = $15, severity = $5, type = $6, team = $7, owner = $8,
           backup = $9, standing = case when $4 in ('pending', 'claimed') then t.standing else $4 end
      from changed c where t.id = c.ticket
    returning t.id, t.event_seq
  ), ticking as (
    insert into clocks (tenant, ticket, kind, due_at, target, calendar)
    select $1, c.ticket, k.kind, k."dueAt", k.target, k.calendar
      from changed c, json_to_recordset($16::text::json)
        as k (kind text, "dueAt" timestamptz, target text, calendar text)
    on conflict (ticket, kind) do update
      set due_at = excluded.due_at, target = excluded.target, calendar = excluded.calendar
  ), logged as (
    insert into audit (tenant, actor, action, subject, ticket, before, after, reason, at)
    select $1, $17, $18, c.id, c.ticket, $19::text::json, $20::text::json, $21, $15 from changed c
  ), told as (
    insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
    select $1, m.id, m.event_seq, $22, c.decision_id, $23::text::json, $15, $15
      from moved m join changed c on c.ticket = m.id
  )
  select id from changed`

type Change = {
  readonly command: ReviewCommand
  readonly by: ReviewActor
  readonly before: Review
  readonly next: Review
}

function paramsOfSave(tenant: string, { command, by, before, next }: Change): Param[] {
  return [
    tenant,
    next.id,
    before.version,
    next.state,
    next.severity,
    next.type,
    toStorable(next.team),
    toStorable(next.owner),
    toStorable(next.backup),
    next.claimedBy,
    next.leaseUntil,
    next.decidedBy,
    next.decidedAt,
    next.outcome === null ? null : JSON.stringify(next.outcome),
    by.now.toISOString(),
    JSON.stringify(command.kind === 'override' ? (command.clocks ?? []) : []),
    by.actor,
    `review.${VERBS[command.kind]}`,
    JSON.stringify(standingOf(before)),
    JSON.stringify(standingOf(next)),
    'reason' in command && command.reason !== undefined ? toStorable(command.reason) : null,
    next.outcome === null ? `review.${VERBS[command.kind]}` : 'review.decided',
    JSON.stringify(eventOf(next)),
  ]
}

const VERBS: Readonly<Record<ReviewCommand['kind'], string>> = {
  claim: 'claimed',
  release: 'released',
  approve: 'approved',
  override: 'overridden',
  dismiss: 'dismissed',
}

function standingOf(review: Review): ReviewStanding & { version: number } {
  const { state, severity, type, team, owner, backup, claimedBy, leaseUntil } = review
  const { decidedBy, decidedAt, outcome, version } = review
  const who = { severity, type, team, owner, backup }
  return { state, ...who, claimedBy, leaseUntil, decidedBy, decidedAt, outcome, version }
}

/** What others are told; after a decision with the actions that may happen now. */
function eventOf(review: Review): Record<string, unknown> {
  const { id, decisionId, ticketId, revision, outcome } = review
  const about = { reviewId: id, decisionId, ticketId, revision }
  if (outcome === null)
    return { ...about, claimedBy: review.claimedBy, leaseUntil: review.leaseUntil }
  const { severity, type, team, owner, backup, decidedBy, decidedAt } = review
  const { kind, ...details } = outcome
  const decision = { severity, type, team, owner, backup, decidedBy, decidedAt }
  return { ...about, outcome: kind, ...decision, ...details }
}

type ReviewRow = {
  id: string
  decision_id: string
  external_id: string
  caller: string
  revision: number
  state: ReviewState
  severity: Severity
  type: Review['type']
  team: string
  owner: string
  backup: string
  due_at: string
  backup_at: string | null
  claimed_by: string | null
  lease_until: string | null
  decided_by: string | null
  decided_at: string | null
  outcome: string | null
  version: number
  created_at: string
}

const REVIEW_COLUMNS = 'v.*, t.external_id, t.caller, r.revision'
const REVIEW_TABLES =
  'reviews v join tickets t on t.id = v.ticket join receipts r on r.decision_id = v.decision_id'
const SELECT_REVIEW = `select ${REVIEW_COLUMNS} from ${REVIEW_TABLES}`

async function findWithActions(
  db: Db,
  id: string,
): Promise<{ review: Review; proposed: readonly Action[] } | undefined> {
  const [row] = await db.rows<ReviewRow & { receipt: string }>(
    `select ${REVIEW_COLUMNS}, r.receipt from ${REVIEW_TABLES} where v.tenant = $1 and v.id = $2`,
    [db.tenant, toStorable(id)],
  )
  if (row === undefined) return undefined
  const receipt = parseJson(row.receipt) as Receipt
  return { review: reviewOf(row), proposed: receipt.decision.proposed }
}

function reviewOf(row: ReviewRow): Review {
  return {
    id: row.id,
    decisionId: row.decision_id,
    ticketId: row.external_id,
    caller: row.caller,
    revision: row.revision,
    state: row.state,
    severity: row.severity,
    type: row.type,
    team: row.team,
    owner: row.owner,
    backup: row.backup,
    dueAt: row.due_at,
    backupAt: row.backup_at,
    claimedBy: row.claimed_by,
    leaseUntil: row.lease_until,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    outcome: row.outcome === null ? null : (parseJson(row.outcome) as ReviewOutcome),
    version: row.version,
    createdAt: row.created_at,
  }
}

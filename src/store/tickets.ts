import type { Untold } from '../domain/as-told.ts'
import type { Clock } from '../domain/decision.ts'
import type { Severity, TicketType } from '../domain/labels.ts'
import type { PreviousDecision } from '../domain/receipt.ts'
import type { ReviewKind, Undo } from '../domain/review-state.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { ClockState } from '../domain/run-clocks.ts'
import { BREACH } from './clock-story.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'
import type { Standing } from './schema.ts'
import { toStorable } from './text.ts'

/** A ticket as it stands now: the last decision, and what a person made of it. */
export type TicketState = {
  readonly caller: string
  readonly ticketId: string
  /** As sent; null once erased. */
  readonly original: Ticket | null
  readonly contentHash: string
  readonly decision: Pick<PreviousDecision, 'decisionId' | 'revision' | 'severity' | 'held'>
  readonly severity: Severity
  readonly type: TicketType
  readonly team: string
  readonly owner: string
  readonly backup: string
  readonly standing: Standing
  readonly reviewId: string | null
  readonly clocks: readonly StoredClock[]
  readonly createdAt: string
  readonly updatedAt: string
  readonly resolvedAt: string | null
  readonly erasedAt: string | null
}

export type StoredClock = Pick<Clock, 'kind' | 'dueAt' | 'target' | 'calendar'> & {
  readonly state: ClockState
  readonly startedAt: string | null
  readonly metAt: string | null
  readonly pausedAt: string | null
  /** When it was missed while it ran. */
  readonly breachedAt: string | null
  /** Warnings that were told. */
  readonly warned: readonly string[]
}

/**
 * The ticket that this caller knows under this id; any caller's newest one when `caller` is null (for people, who
 * read across platforms).
 */
export async function findTicket(
  db: Db,
  caller: string | null,
  ticketId: string,
): Promise<TicketState | undefined> {
  const [row] = await db.rows<TicketRow>(FIND_TICKET, [
    db.tenant,
    toStorable(ticketId),
    caller === null ? null : toStorable(caller),
  ])
  return row === undefined ? undefined : stateOf(row)
}

/** A decision about a ticket that can still be taken back; undefined when there is none. */
export async function findUntold(
  db: Db,
  caller: string,
  ticketId: string,
  now: Date,
): Promise<Untold | undefined> {
  const rows = await db.rows<{ kind: ReviewKind; decided_at: string; undo: string }>(
    `select v.kind, v.decided_at, v.undo from tickets t join reviews v on v.decision_id = t.decision_id
      where t.tenant = $1 and t.external_id = $2 and t.caller = $3 and v.decided_at is not null and v.undo is not null`,
    [db.tenant, toStorable(ticketId), toStorable(caller)],
  )
  for (const { kind, decided_at: decidedAt, undo } of rows) {
    const { until, fields, clocks } = parseJson(undo) as Undo
    const standing = kind === 'held' ? 'held' : 'auto'
    if (Date.parse(until) > now.getTime()) return { decidedAt, standing, fields, clocks }
  }
  return undefined
}

const FIND_TICKET = `
  select t.*, (
      select coalesce(json_agg(json_build_object(
          'kind', c.kind, 'dueAt', c.due_at, 'target', c.target, 'calendar', c.calendar, 'metAt', c.met_at,
          'state', c.state, 'startedAt', c.started_at, 'pausedAt', c.paused_at, 'breachedAt', c.breached_at,
          'warned', c.told
        ) order by c.due_at, c.kind), '[]')
      from clocks c where c.ticket = t.id
    ) as clocks
    from tickets t
   where t.tenant = $1 and t.external_id = $2 and ($3::text is null or t.caller = $3)
   order by t.updated_at desc, t.id desc
   limit 1`

type TicketRow = {
  caller: string
  external_id: string
  original: string | null
  content_hash: string
  decision_id: string
  revision: number
  severity: Severity
  type: TicketType
  team: string
  owner: string
  backup: string
  standing: Standing
  review_id: string | null
  clocks: string
  created_at: string
  updated_at: string
  resolved_at: string | null
  erased_at: string | null
}

function stateOf(row: TicketRow): TicketState {
  const clocks = parseJson(row.clocks) as StoredClock[]
  return {
    caller: row.caller,
    ticketId: row.external_id,
    original: row.original === null ? null : (parseJson(row.original) as Ticket),
    contentHash: row.content_hash,
    decision: {
      decisionId: row.decision_id,
      revision: row.revision,
      severity: row.severity,
      held: row.standing === 'held',
    },
    severity: row.severity,
    type: row.type,
    team: row.team,
    owner: row.owner,
    backup: row.backup,
    standing: row.standing,
    reviewId: row.review_id,
    clocks: clocks.map((clock) => ({
      ...clock,
      dueAt: new Date(clock.dueAt).toISOString(),
      startedAt: isoOrNull(clock.startedAt),
      metAt: isoOrNull(clock.metAt),
      pausedAt: isoOrNull(clock.pausedAt),
      breachedAt: isoOrNull(clock.breachedAt),
      warned: clock.warned.filter((text) => text !== BREACH),
    })),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    resolvedAt: row.resolved_at,
    erasedAt: row.erased_at,
  }
}

const isoOrNull = (printed: string | null) =>
  printed === null ? null : new Date(printed).toISOString()

/** One thing that happened to a ticket: a decision, a review's transition, an erasure. */
export type TicketEntry = {
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
  readonly reason: string | null
}

/** Everything that happened to a ticket, oldest first; empty when it is unknown. */
export async function readTicketHistory(
  db: Db,
  caller: string,
  ticketId: string,
): Promise<readonly TicketEntry[]> {
  const rows = await db.rows<{
    at: string
    actor: string
    action: string
    subject: string
    before: string | null
    after: string | null
    reason: string | null
  }>(
    `select a.at, a.actor, a.action, a.subject, a.before, a.after, a.reason
       from tickets t join audit a on a.ticket = t.id
      where t.tenant = $1 and t.external_id = $2 and t.caller = $3
      order by a.id`,
    [db.tenant, toStorable(ticketId), toStorable(caller)],
  )
  return rows.map((row) => ({
    ...row,
    before: row.before === null ? null : parseJson(row.before),
    after: row.after === null ? null : parseJson(row.after),
  }))
}

import type { ClockKind, Severity } from '../domain/labels.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { NewEvent } from './append-events.ts'
import { appendEvents } from './append-events.ts'
import { BREACH } from './clock-story.ts'
import type { Db, Statements } from './db.ts'
import { parseJson } from './db.ts'

/** A clock of which something is to be told now: the last warning that is due, or that it was missed. */
export type DueClock = {
  readonly ticketId: string
  readonly decisionId: string
  readonly severity: Severity
  readonly team: string
  readonly owner: string
  readonly backup: string
  readonly decisionMaker: string | null
  readonly kind: ClockKind
  readonly dueAt: string
  readonly target: string
  readonly calendar: string
  /** Null: it was missed. */
  readonly warning: string | null
  /** It was late already when it came to be, by a raise or because the ticket came late. */
  readonly bornLate: boolean
  /** What it waited for came, too late: nobody is to be called for it any more. */
  readonly isOver: boolean
}

/**
 * Marks what is due to be told of running clocks and writes `eventsOf` for each, in one transaction a batch: however
 * many replicas do this and however often, each warning and each miss is told once. A miss goes before the warnings
 * that it overtook. The tickets are decided again then, except for clocks that were born late. Gives how many clocks.
 */
export async function tellClocks(
  db: Db,
  now: Date,
  eventsOf: (clock: DueClock) => readonly NewEvent[],
): Promise<number> {
  let told = 0
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const done = await db.transaction((tx) => tellBatch(tx, db.tenant, now, eventsOf))
    told += done
    if (done < BATCH) break
  }
  return told
}

const BATCH = 100
const MOST_BATCHES = 20
const ACTOR = 'clock'

async function tellBatch(
  tx: Statements,
  tenant: string,
  now: Date,
  eventsOf: (clock: DueClock) => readonly NewEvent[],
): Promise<number> {
  const at = now.toISOString()
  // Tickets first, as everybody else locks them; their clocks are read after, as they stand under the lock.
  const locked = await tx.rows<{ id: number }>(
    `select t.id from tickets t
      where t.id in (select c.ticket from clocks c where c.tenant = $1 and c.next_at <= $2 order by c.next_at limit ${BATCH})
      order by t.id for update skip locked`,
    [tenant, at],
  )
  if (locked.length === 0) return 0
  const rows = await tx.rows<Row>(DUE_CLOCKS, [at, JSON.stringify(locked.map(({ id }) => id))])
  for (const row of rows) {
    const passed = (parseJson(row.warnings) as { at: string; text: string }[]).filter(
      (warning) => Date.parse(warning.at) <= now.getTime(),
    )
    const missed = Date.parse(row.due_at) <= now.getTime()
    const bornLate = missed && row.set_at !== null && row.due_at <= row.set_at
    const told = [
      ...new Set([
        ...(parseJson(row.told) as string[]),
        ...passed.map(({ text }) => text),
        ...(missed ? [BREACH] : []),
      ]),
    ]
    await tx.rows(
      `update clocks c set told = $3::text::json, next_at = clock_next_at(c.state, c.due_at, c.warnings, $3::text::json),
          breached_at = case when $4 then coalesce(c.breached_at, c.due_at) else c.breached_at end
        where c.ticket = $1 and c.kind = $2`,
      [row.ticket, row.kind, JSON.stringify(told), missed && !bornLate],
    )
    const warning = missed ? null : (passed.at(-1)?.text ?? null)
    const clock = dueClockOf(row, warning, bornLate)
    await appendEvents(tx, tenant, { ticket: row.ticket, events: eventsOf(clock), now })
    await tx.rows(
      `insert into audit (tenant, actor, action, subject, ticket, after, at)
       values ($1, '${ACTOR}', $2, $3, $4, $5::text::json, $6)`,
      [
        tenant,
        missed ? 'clock.breached' : 'clock.warned',
        row.decision_id,
        row.ticket,
        JSON.stringify({ kind: row.kind, dueAt: row.due_at, warning, bornLate }),
        at,
      ],
    )
    if (!bornLate)
      await tx.rows('update tickets set rejudge_at = $2 where id = $1', [row.ticket, at])
  }
  return rows.length
}

const DUE_CLOCKS = `
  select c.ticket, c.kind, c.state, c.due_at, c.set_at, c.target, c.calendar, c.warnings, c.told,
      t.external_id, t.decision_id, t.severity, t.team, t.owner, t.backup,
      r.receipt
    from clocks c join tickets t on t.id = c.ticket join receipts r on r.decision_id = t.decision_id
   where c.next_at <= $1 and c.ticket in (select json_array_elements_text($2::json)::bigint)
   order by c.ticket, c.due_at, c.kind`

type Row = {
  ticket: number
  kind: ClockKind
  state: string
  due_at: string
  set_at: string | null
  target: string
  calendar: string
  warnings: string
  told: string
  external_id: string
  decision_id: string
  severity: Severity
  team: string
  owner: string
  backup: string
  receipt: string
}

function dueClockOf(row: Row, warning: string | null, bornLate: boolean): DueClock {
  return {
    ticketId: row.external_id,
    decisionId: row.decision_id,
    severity: row.severity,
    team: row.team,
    owner: row.owner,
    backup: row.backup,
    decisionMaker: (parseJson(row.receipt) as Receipt).decision.route.decisionMaker?.id ?? null,
    kind: row.kind,
    dueAt: row.due_at,
    target: row.target,
    calendar: row.calendar,
    warning,
    bornLate,
    isOver: row.state === 'missed',
  }
}

import { canonicalJson } from '../domain/canonical-json.ts'
import type { ClockRow } from '../domain/clock-rows.ts'
import type { Happening } from '../domain/happening.ts'
import type { Severity } from '../domain/labels.ts'
import { handedOn, isMerged } from '../domain/merged-ticket.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { TicketEvent } from '../domain/ticket-event.ts'
import { dataOf } from '../domain/ticket-event.ts'
import type { StoredEvent } from './clock-story.ts'
import { EVENTS_OF_T, happeningsOf } from './clock-story.ts'
import type { Db, Statements } from './db.ts'
import { parseJson } from './db.ts'
import { requireStorable, toStorable } from './text.ts'

/** A ticket as its clocks see it. */
export type StoredStory = {
  readonly row: number
  readonly decisionId: string
  readonly severity: Severity
  readonly segments: readonly string[]
  readonly policyHash: string
  readonly clockStart: string
  readonly happened: readonly Happening[]
}

type WorkClocks = (story: StoredStory, now: Date) => Promise<readonly ClockRow[]>

export type About = {
  /** Null: of any caller. */
  readonly caller: string | null
  readonly ticketId: string
  readonly actor: string
}

export type SavedEvent =
  | { readonly kind: 'recorded' | 'replayed' }
  | { readonly kind: 'mismatch' | 'no_target' | 'merged_target' }

/**
 * Writes an event of a ticket with what follows from it: clocks, the time of its solution, the audit entry. A merge is
 * an event of both tickets. Undefined when there is no such ticket; the same event again changes nothing.
 *
 * @throws TriageError `store_unavailable`: it may or may not have been written; repeating it tells.
 */
export async function saveEvent(
  db: Db,
  about: About,
  event: TicketEvent,
  now: Date,
  workClocks: WorkClocks,
): Promise<SavedEvent | undefined> {
  return db.transaction(async (tx) => {
    const into = event.type === 'merged' ? event.into : null
    const rows = await lockTickets(tx, db.tenant, about, into)
    const ticket = rows.find(({ external_id: id }) => id === toStorable(about.ticketId))
    if (ticket === undefined) return undefined
    const target = rows.find(({ id, caller }) => id !== ticket.id && caller === ticket.caller)
    if (into !== null && target === undefined) return { kind: 'no_target' }
    if (target !== undefined && !(await isKnown(tx, ticket.id, event.id))) {
      // Its clocks stand still, so both would be answered by nobody.
      const story = await readStory(tx, db.tenant, target.id)
      if (isMerged(story)) return { kind: 'merged_target' }
    }

    const work = { tx, tenant: db.tenant, actor: about.actor, now, workClocks }
    const written = await insertEvent(work, ticket.id, {
      eventId: event.id,
      kind: event.type,
      occurredAt: event.occurredAt,
      data: dataOf(event),
    })
    if (written !== 'recorded') return { kind: written }
    await applyTo(work, ticket.id, event.type, event.id)
    if (target !== undefined) {
      const eventId = `merge ${ticket.external_id} ${event.id}`
      const story = await readStory(tx, db.tenant, ticket.id)
      const data = { ticket: ticket.external_id, ...handedOn(story) }
      const absorbed = { eventId, kind: 'absorbed', occurredAt: event.occurredAt, data }
      await insertEvent(work, target.id, absorbed)
      await applyTo(work, target.id, 'absorbed', eventId)
    }
    return { kind: 'recorded' }
  })
}

type Work = {
  readonly tx: Statements
  readonly tenant: string
  readonly actor: string
  readonly now: Date
  readonly workClocks: WorkClocks
}

type LockedTicket = { id: number; external_id: string; caller: string }

/**
 * In the order of their rows, so that two merges cannot wait for each other. Receipts are read after, under the lock:
 * joined here, a ticket that was revised while we waited would not be found.
 */
async function lockTickets(
  tx: Statements,
  tenant: string,
  { caller, ticketId }: About,
  into: string | null,
): Promise<readonly LockedTicket[]> {
  const wanted = [ticketId, ...(into === null ? [] : [into])].map((id) => requireStorable('id', id))
  return tx.rows<LockedTicket>(
    `with owner as (
       select caller from tickets
        where tenant = $1 and external_id = $2 and ($3::text is null or caller = $3)
        order by updated_at desc, id desc limit 1
     )
     select t.id, t.external_id, t.caller from tickets t join owner o on o.caller = t.caller
      where t.tenant = $1 and t.external_id in (select json_array_elements_text($4::json))
      order by t.id for update of t`,
    [
      tenant,
      toStorable(ticketId),
      caller === null ? null : toStorable(caller),
      JSON.stringify(wanted),
    ],
  )
}

async function isKnown(tx: Statements, ticket: number, eventId: string): Promise<boolean> {
  const known = await tx.rows('select id from ticket_events where ticket = $1 and event_id = $2', [
    ticket,
    requireStorable('event id', eventId),
  ])
  return known.length > 0
}

type NewRow = {
  readonly eventId: string
  readonly kind: string
  readonly occurredAt: string
  readonly data: object
}

async function insertEvent(
  { tx, tenant, actor, now }: Work,
  ticket: number,
  { eventId, kind, occurredAt, data }: NewRow,
): Promise<'recorded' | 'replayed' | 'mismatch'> {
  const id = requireStorable('event id', eventId)
  const text = canonicalJson(storableMembers(data))
  const inserted = await tx.rows(
    `insert into ticket_events (tenant, ticket, event_id, kind, occurred_at, received_at, actor, data)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text::json)
     on conflict (ticket, event_id) do nothing returning id`,
    [tenant, ticket, id, kind, occurredAt, now.toISOString(), actor, text],
  )
  if (inserted.length === 1) return 'recorded'
  const [known] = await tx.rows<{ kind: string; data: string }>(
    'select kind, data from ticket_events where ticket = $1 and event_id = $2',
    [ticket, id],
  )
  return known?.kind === kind && known.data === text ? 'replayed' : 'mismatch'
}

function storableMembers(data: object): object {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      typeof value === 'string' ? toStorable(value) : (value as unknown),
    ]),
  )
}

/** Works the clocks out again and writes what follows from an event of a locked ticket. */
async function applyTo(work: Work, row: number, kind: string, subject: string): Promise<void> {
  const { tx, tenant, actor, now, workClocks } = work
  const story = await readStory(tx, tenant, row)
  await writeClocks(work, story, await workClocks(story, now))
  const rejudge = kind === 'reopened' || kind === 'absorbed'
  await tx.rows(
    `update tickets set updated_at = $3, rejudge_at = case when $4 then $3 else rejudge_at end
      where tenant = $1 and id = $2`,
    [tenant, row, now.toISOString(), rejudge],
  )
  // Whoever reviews the ticket has not seen this yet.
  if (rejudge || kind === 'customer_replied')
    await tx.rows(
      `update reviews set changed_at = $3, version = version + 1
        where tenant = $1 and ticket = $2 and state in ('pending', 'claimed')`,
      [tenant, row, now.toISOString()],
    )
  await tx.rows(
    `insert into audit (tenant, actor, action, subject, ticket, after, at)
     select $1, $2, $3, $4, $5, json_strip_nulls(json_build_object('kind', e.kind, 'occurredAt', e.occurred_at,
         'ticket', e.data ->> 'ticket')), $6
       from ticket_events e where e.ticket = $5 and e.event_id = $4`,
    [tenant, actor, `ticket.${kind}`, toStorable(subject), row, now.toISOString()],
  )
}

/** The clocks as they were worked out, and when the ticket was solved by them. The ticket's row is locked. */
export async function writeClocks(
  { tx, tenant, now }: Pick<Work, 'tx' | 'tenant' | 'now'>,
  { row, happened }: StoredStory,
  clocks: readonly ClockRow[],
): Promise<void> {
  const resolution = clocks.find(({ kind }) => kind === 'resolution')
  const merged = happened.findLast(({ kind }) => kind === 'merged')?.at ?? null
  const resolvedAt = resolution?.state === 'stopped' ? merged : (resolution?.metAt ?? null)
  await tx.rows('select set_clocks($1, $2, $3::text::json, $4)', [
    tenant,
    row,
    JSON.stringify(clocks),
    now.toISOString(),
  ])
  await tx.rows('update tickets set resolved_at = $3 where tenant = $1 and id = $2', [
    tenant,
    row,
    resolvedAt,
  ])
}

/** The severities that decisions and people gave the clocks of a ticket, oldest first. */
export async function readSeverities(
  db: Db,
  row: number,
): Promise<readonly { readonly at: string; readonly severity: Severity; readonly by?: string }[]> {
  const rows = await db.rows<{ at: string; actor: string; action: string; after: string }>(
    `select at, actor, action, after from audit
      where tenant = $1 and ticket = $2 and after is not null
        and (action = 'decision.made' or action like 'review.%' and action <> 'review.dismissed') order by id`,
    [db.tenant, row],
  )
  return rows.flatMap(({ at, actor, action, after }) => {
    const { severity } = parseJson(after) as { readonly severity?: Severity }
    if (severity === undefined) return []
    return action === 'decision.made' ? [{ at, severity }] : [{ at, severity, by: actor }]
  })
}

/** The same of a ticket by its id; undefined when there is none. */
export async function findStory(
  db: Db,
  caller: string,
  ticketId: string,
): Promise<StoredStory | undefined> {
  const [found] = await db.rows<{ id: number }>(
    'select id from tickets where tenant = $1 and caller = $2 and external_id = $3',
    [db.tenant, toStorable(caller), toStorable(ticketId)],
  )
  return found === undefined ? undefined : readStory(db, db.tenant, found.id)
}

/** What the clocks of a ticket are worked out from. */
export async function readStory(on: Statements, tenant: string, row: number): Promise<StoredStory> {
  const [found] = await on.rows<{
    decision_id: string
    severity: Severity
    standing: string
    receipt: string
    events: string
  }>(
    `select t.decision_id, t.severity, t.standing, r.receipt, ${EVENTS_OF_T} as events
       from tickets t join receipts r on r.decision_id = t.decision_id where t.tenant = $1 and t.id = $2`,
    [tenant, row],
  )
  if (found === undefined) throw new Error(`Cannot read the clocks of ticket row ${row}`)
  const { decision, policy, clockStart } = parseJson(found.receipt) as Receipt
  return {
    row,
    decisionId: found.decision_id,
    // What is no escalation has a lower severity, and its clocks stay those of its decision.
    severity: found.standing === 'dismissed' ? decision.severity : found.severity,
    segments: decision.segments ?? [],
    policyHash: policy.hash,
    clockStart,
    happened: happeningsOf(parseJson(found.events) as readonly StoredEvent[]),
  }
}

import type {
  Incident,
  IncidentCommand,
  IncidentState,
  IncidentSummary,
  TimelinePoint,
} from '../domain/incident.ts'
import { mutedBelow, OPEN_INCIDENT_STATES, transitionIncident } from '../domain/incident.ts'
import type { EventType } from '../domain/events.ts'
import type { Receipt } from '../domain/receipt.ts'
import { isUnscored } from '../domain/signal.ts'
import { appendEvents } from './append-events.ts'
import type { Db, Param, Statements } from './db.ts'
import { onlyRow, parseJson } from './db.ts'
import { toStorable } from './text.ts'

/** See `open_incident.sql`. */
export async function openIncident(
  db: Db,
  opening: {
    readonly id: string
    readonly keys: readonly string[]
    readonly now: Date
    readonly customers: number
    readonly expected: number
    readonly ratio: number
  },
): Promise<string> {
  const { id, keys, now, customers, expected, ratio } = opening
  const row = onlyRow(
    await db.rows<{ id: string }>('select open_incident($1, $2, $3, $4, $5, $6, $7) as id', [
      db.tenant,
      id,
      JSON.stringify(keys.map(toStorable)),
      now.toISOString(),
      customers,
      expected,
      ratio,
    ]),
  )
  return row.id
}

export type IncidentQuery = {
  /** Open ones unless told. */
  readonly states?: readonly IncidentState[]
  /** 50 unless told, 200 at most. */
  readonly limit?: number
}

/** Newest first. */
export async function listIncidents(
  db: Db,
  { states = OPEN_INCIDENT_STATES, limit = 50 }: IncidentQuery = {},
): Promise<readonly Incident[]> {
  const rows = await db.rows<IncidentRow>(
    `${SELECT} where i.tenant = $1 and i.state in (select json_array_elements_text($2::json))
       and i.anchor is not null
      order by i.opened_at desc, i.id limit $3`,
    [db.tenant, JSON.stringify(states), Math.min(limit, 200)],
  )
  return rows.map(incidentOf)
}

/** Every open one, also those whose first ticket is not recorded yet. */
export async function openIncidents(db: Db): Promise<readonly Incident[]> {
  const rows = await db.rows<IncidentRow>(
    `${SELECT} where i.tenant = $1 and i.state in ('candidate', 'confirmed') order by i.opened_at limit 1000`,
    [db.tenant],
  )
  return rows.map(incidentOf)
}

export async function findIncident(db: Db, id: string): Promise<Incident | undefined> {
  const [row] = await db.rows<IncidentRow>(`${SELECT} where i.tenant = $1 and i.id = $2`, [
    db.tenant,
    toStorable(id),
  ])
  return row === undefined ? undefined : incidentOf(row)
}

/** A ticket of an incident, as it stands. */
export type IncidentMember = {
  readonly ticketId: string
  readonly region: string | null
  readonly earlier: boolean
  readonly joinedAt: string
  readonly severity: string
  readonly team: string
  readonly owner: string
}

/** The newest members. */
export async function listMembers(
  db: Db,
  id: string,
  limit: number,
): Promise<readonly IncidentMember[]> {
  return db.rows<IncidentMember>(
    `select t.external_id as "ticketId", m.region, m.earlier, m.joined_at as "joinedAt", t.severity, t.team, t.owner
       from incident_members m join tickets t on t.id = m.ticket
      where m.tenant = $1 and m.incident = $2
      order by m.joined_at desc, t.id desc limit $3`,
    [db.tenant, toStorable(id), limit],
  )
}

export type IncidentResult =
  | { readonly ok: true; readonly incident: Incident }
  | { readonly ok: false; readonly reason: string; readonly current: Incident }

/**
 * Somebody acts on an incident; undefined when there is none. The change, its audit entry, the summary, the muting of
 * its keys and the event are one transaction, conditional on the version that was read.
 */
export async function actOnIncident(
  db: Db,
  id: string,
  command: IncidentCommand,
  by: { readonly actor: string; readonly now: Date; readonly cooldownMinutes: number },
): Promise<IncidentResult | undefined> {
  const before = await findIncident(db, id)
  if (before === undefined) return undefined
  const result = transitionIncident(before, command, by)
  if (!result.ok) return { ok: false, reason: result.reason, current: before }
  const saved = await db.transaction(async (tx) => {
    const anchor = await lockAnchor(tx, db.tenant, id)
    const ends = result.next.closedAt !== null
    const summary = ends ? await summarise(tx, db.tenant, before, by.now) : null
    const next: Incident = { ...before, ...result.next, summary, version: before.version + 1 }
    const changed = await tx.rows(
      `update incidents set state = $4, decided_by = $5, decided_at = $6, reason = $7, closed_at = $8, closed_by = $9,
          summary = $10::text::json, version = version + 1
        where tenant = $1 and id = $2 and version = $3 returning id`,
      [
        db.tenant,
        id,
        before.version,
        next.state,
        next.decidedBy,
        next.decidedAt,
        next.reason === null ? null : toStorable(next.reason),
        next.closedAt,
        next.closedBy,
        summary === null ? null : JSON.stringify(summary),
      ],
    )
    if (changed.length === 0) return undefined
    if (ends) await muteKeys(tx, db.tenant, next, by)
    await tell(tx, db.tenant, { before, next, anchor, command, by })
    return next
  })
  if (saved !== undefined) return { ok: true, incident: saved }
  const current = (await findIncident(db, id)) ?? before
  return {
    ok: false,
    reason: 'Cannot change this incident: somebody else has just changed it',
    current,
  }
}

type Anchor = { readonly id: number; readonly decision_id: string }

/** The ticket is locked before its incident, in the order of record_triage, so that the two never wait for each other. */
export async function lockAnchor(
  tx: Statements,
  tenant: string,
  incident: string,
): Promise<Anchor | undefined> {
  const [anchor] = await tx.rows<Anchor>(
    `select t.id, t.decision_id from tickets t
       join incidents i on i.anchor = t.id where i.tenant = $1 and i.id = $2 for update of t`,
    [tenant, incident],
  )
  return anchor
}

async function muteKeys(
  tx: Statements,
  tenant: string,
  incident: Incident,
  { now, cooldownMinutes }: { readonly now: Date; readonly cooldownMinutes: number },
): Promise<void> {
  await tx.rows(
    'update incident_keys set muted_until = $3, muted_below = $4 where tenant = $1 and incident = $2',
    [
      tenant,
      incident.id,
      new Date(now.getTime() + cooldownMinutes * 60_000).toISOString(),
      mutedBelow(incident, incident.state),
    ],
  )
}

const VERBS: Readonly<Record<IncidentCommand['kind'], { action: string; event: EventType }>> = {
  confirm: { action: 'spike.confirmed', event: 'spike.confirmed' },
  reject: { action: 'spike.rejected', event: 'spike.rejected' },
  close: { action: 'spike.closed', event: 'spike.closed' },
}

async function tell(
  tx: Statements,
  tenant: string,
  change: {
    readonly before: Incident
    readonly next: Incident
    readonly anchor: Anchor | undefined
    readonly command: IncidentCommand
    readonly by: { readonly actor: string; readonly now: Date }
  },
): Promise<void> {
  const { before, next, anchor, command, by } = change
  const { action, event } = VERBS[command.kind]
  await tx.rows(
    `insert into audit (tenant, actor, action, subject, ticket, before, after, reason, at)
       values ($1, $2, $3, $4, $5, $6::text::json, $7::text::json, $8, $9)`,
    [
      tenant,
      by.actor,
      action,
      next.id,
      anchor?.id ?? null,
      JSON.stringify({ state: before.state }),
      JSON.stringify({ state: next.state, customers: next.customers, summary: next.summary }),
      command.reason === undefined ? null : toStorable(command.reason),
      by.now.toISOString(),
    ],
  )
  if (anchor === undefined) return
  await appendEvents(tx, tenant, {
    ticket: anchor.id,
    now: by.now,
    events: [{ type: event, decisionId: anchor.decision_id, payload: eventOf(next, by.actor) }],
  })
}

/** What others are told about an incident. */
export function eventOf(incident: Incident, actor: string): Record<string, unknown> {
  const { id, state, key, keys, openedAt, customers, peakCustomers, expected, ratio } = incident
  const numbers = { customers, peakCustomers, expected, ratio }
  const { reason, summary } = incident
  return {
    incidentId: id,
    state,
    key,
    keys,
    openedAt,
    ...numbers,
    actor,
    ...(reason !== null && { reason }),
    ...(summary !== null && { summary }),
  }
}

/** Numbers, regions and examples of the members; the examples are redacted as the receipts are. */
async function summarise(
  tx: Statements,
  tenant: string,
  incident: Incident,
  now: Date,
): Promise<IncidentSummary> {
  const params = [tenant, incident.id]
  const regions = await tx.rows<{ region: string; customers: number }>(
    `select coalesce(region, 'unknown') as region, count(distinct customer)::int as customers
       from incident_members where tenant = $1 and incident = $2 group by 1 order by 2 desc, 1 limit 50`,
    params,
  )
  const counts = onlyRow(
    await tx.rows<{ tickets: number; customers: number }>(
      `select count(*)::int as tickets, count(distinct customer)::int as customers
         from incident_members where tenant = $1 and incident = $2`,
      params,
    ),
  )
  const examples = await tx.rows<{ receipt: string }>(
    `select r.receipt
       from incident_members m join tickets t on t.id = m.ticket join receipts r on r.decision_id = t.decision_id
      where m.tenant = $1 and m.incident = $2 and t.erased_at is null
      order by m.joined_at, m.ticket limit ${EXAMPLES}`,
    params,
  )
  return {
    minutes: Math.round((now.getTime() - Date.parse(incident.openedAt)) / 60_000),
    ...counts,
    peakCustomers: incident.peakCustomers,
    peakRatio: incident.peakRatio,
    regions: Object.fromEntries(regions.map(({ region, customers }) => [region, customers])),
    examples: examples.map(({ receipt }) => {
      const { redactedText } = parseJson(receipt) as Receipt
      // A cut may leave half of a character.
      return toStorable(redactedText.slice(0, EXAMPLE_LENGTH))
    }),
  }
}

const EXAMPLES = 5
const EXAMPLE_LENGTH = 200

/** Keeps what a look at an open incident saw; false when it was changed meanwhile. */
export async function saveLook(tx: Statements, tenant: string, seen: Incident): Promise<boolean> {
  const params: Param[] = [
    tenant,
    seen.id,
    seen.version,
    seen.customers,
    seen.peakCustomers,
    seen.expected,
    seen.ratio,
    seen.peakRatio,
    JSON.stringify(seen.timeline),
    seen.quietSince,
  ]
  const rows = await tx.rows(
    `update incidents i set customers = $4, peak_customers = $5, expected = $6, ratio = $7, peak_ratio = $8,
        timeline = $9::text::json, quiet_since = $10,
        members = (select count(*) from incident_members m where m.incident = i.id),
        keys = (select json_agg(k.key order by k.key) from incident_keys k where k.incident = i.id)
      where i.tenant = $1 and i.id = $2 and i.version = $3 and i.state in ('candidate', 'confirmed') returning i.id`,
    params,
  )
  return rows.length === 1
}

/** Regions of the members, the most affected first. */
export async function regionsOf(
  db: Statements & { readonly tenant: string },
  incident: string,
): Promise<readonly string[]> {
  const rows = await db.rows<{ region: string }>(
    `select region from incident_members where tenant = $1 and incident = $2 and region is not null
      group by region order by count(distinct customer) desc, region limit 20`,
    [db.tenant, incident],
  )
  return rows.map(({ region }) => region)
}

/** What the first customers of an incident wrote, redacted, each with its language. */
export async function textsOf(
  db: Statements & { readonly tenant: string },
  incident: string,
): Promise<readonly { readonly text: string; readonly language: string }[]> {
  const rows = await db.rows<{ receipt: string }>(
    `select r.receipt
       from incident_members m join tickets t on t.id = m.ticket join receipts r on r.decision_id = t.decision_id
      where m.tenant = $1 and m.incident = $2 order by m.joined_at, m.ticket limit 50`,
    [db.tenant, incident],
  )
  return rows.map(({ receipt }) => {
    const { redactedText, signals } = parseJson(receipt) as Receipt
    const { language } = signals
    return { text: redactedText, language: isUnscored(language) ? 'en' : language.code }
  })
}

/** Tells people of an incident, once: whoever comes second finds it done. Gives whether it was told now. */
export async function pageOnce(
  db: Db,
  incident: Incident,
  page: {
    readonly people: readonly string[]
    readonly because: string
    readonly notice: string | null
    readonly now: Date
  },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const anchor = await lockAnchor(tx, db.tenant, incident.id)
    if (anchor === undefined) return false
    const { people, because, notice, now } = page
    const told = await tx.rows(
      `update incidents set paged_at = $3, notice = $4
        where tenant = $1 and id = $2 and paged_at is null and state in ('candidate', 'confirmed') returning id`,
      [db.tenant, incident.id, now.toISOString(), notice === null ? null : toStorable(notice)],
    )
    if (told.length === 0) return false
    await appendEvents(tx, db.tenant, {
      ticket: anchor.id,
      now,
      events: [
        {
          type: 'page.requested',
          decisionId: anchor.decision_id,
          payload: { kind: 'incident', people, because, ...eventOf(incident, 'clock'), notice },
        },
      ],
    })
    return true
  })
}

type IncidentRow = {
  id: string
  state: IncidentState
  key: string
  keys: string
  opened_at: string
  customers: number
  peak_customers: number
  expected: number
  ratio: number
  peak_ratio: number
  members: number
  timeline: string
  paged_at: string | null
  quiet_since: string | null
  decided_by: string | null
  decided_at: string | null
  reason: string | null
  closed_at: string | null
  closed_by: string | null
  summary: string | null
  notice: string | null
  version: number
}

const SELECT = 'select i.* from incidents i'

function incidentOf(row: IncidentRow): Incident {
  return {
    id: row.id,
    state: row.state,
    key: row.key,
    keys: parseJson(row.keys) as string[],
    openedAt: row.opened_at,
    customers: row.customers,
    peakCustomers: row.peak_customers,
    expected: row.expected,
    ratio: row.ratio,
    peakRatio: row.peak_ratio,
    members: row.members,
    timeline: parseJson(row.timeline) as TimelinePoint[],
    pagedAt: row.paged_at,
    quietSince: row.quiet_since,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    reason: row.reason,
    closedAt: row.closed_at,
    closedBy: row.closed_by,
    summary: row.summary === null ? null : (parseJson(row.summary) as IncidentSummary),
    notice: row.notice,
    version: row.version,
  }
}

import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core'
import type { Role } from '../domain/api-key.ts'
import type { Expected } from '../domain/review-quality.ts'
import type {
  Proposal,
  ReviewKind,
  ReviewOutcome,
  ReviewState,
  Undo,
} from '../domain/review-state.ts'
import type { ClockState } from '../domain/run-clocks.ts'
import type { IncidentState, IncidentSummary, TimelinePoint } from '../domain/incident.ts'
import type { Severity, TicketType } from '../domain/labels.ts'
import type { RouteMode } from '../domain/policy.ts'
import type { EndpointKind } from '../domain/webhook.ts'

/*
 * Every row carries a tenant. Documents are `json`, not `jsonb`: it keeps the text byte for byte (so replay and seal
 * see what was written), it holds the escapes of NUL and of lone surrogates, which `jsonb` refuses, and it costs less
 * to write. What a query needs from a document is a column of its own. Instants are ISO strings in UTC.
 */

const tenant = () => text().notNull().default('default')
const instant = () => timestamp({ withTimezone: true, mode: 'string', precision: 3 })
const counted = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity()

/** How the current decision on a ticket stands: `auto` and `held` by the policy, the rest by a person. */
export type Standing = 'auto' | 'held' | 'approved' | 'overridden' | 'dismissed'

/** One row per ticket: the request as it came last, and the decision that stands now. */
export const tickets = pgTable(
  'tickets',
  {
    id: counted().primaryKey(),
    tenant: tenant(),
    caller: text().notNull(),
    externalId: text().notNull(),
    customerId: text(),
    /** The ticket as sent; null once erased, together with `salt`. */
    original: json(),
    salt: text(),
    /** What it is about and a hash of its words, to know a customer's next ticket about the same; null once erased. */
    topics: json().$type<readonly string[]>(),
    textHash: text(),
    contentHash: text().notNull(),
    decisionId: text().notNull(),
    revision: integer().notNull(),
    severity: text().$type<Severity>().notNull(),
    type: text().$type<TicketType>().notNull(),
    team: text().notNull(),
    owner: text().notNull(),
    backup: text().notNull(),
    standing: text().$type<Standing>().notNull(),
    /** The review of the current decision, open or decided. */
    reviewId: text(),
    /** Number of the last event in the outbox; the row lock makes them gapless. */
    eventSeq: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    resolvedAt: instant(),
    erasedAt: instant(),
    /** Decide again from then on, because of what its clocks or events say; a claim moves it ahead. */
    rejudgeAt: instant(),
  },
  (table) => [
    // Ids are unique per caller. The caller stands last so that people can look an id up without it.
    unique('tickets_external').on(table.tenant, table.externalId, table.caller),
    // The roster counts open tickets per owner from this index alone.
    index('tickets_open_by_owner')
      .on(table.tenant, table.owner)
      .where(sql`resolved_at is null`),
    // Retention takes the oldest that still have their words.
    index('tickets_with_words')
      .on(table.tenant, table.updatedAt)
      .where(sql`original is not null`),
    // Few at any time: one pass takes what is due.
    index('tickets_rejudge')
      .on(table.rejudgeAt)
      .where(sql`rejudge_at is not null`),
    // Erasure finds a customer's tickets, triage its newest ones.
    index('tickets_by_customer')
      .on(table.tenant, table.customerId, table.createdAt)
      .where(sql`customer_id is not null`),
  ],
)

/** Everything a decision was made from; never changed after it was written. */
export const receipts = pgTable(
  'receipts',
  {
    /** Order of insertion, for reading all of them in pages. */
    seq: counted().notNull(),
    tenant: tenant(),
    decisionId: text().primaryKey(),
    ticket: bigint({ mode: 'number' })
      .notNull()
      .references(() => tickets.id),
    revision: integer().notNull(),
    follows: text(),
    receipt: json().notNull(),
    /** The answer as it was sent, for retries. */
    answer: text().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    // A ticket's decisions are one line: two writers cannot both be revision 2. Also serves the history.
    unique('receipts_revision').on(table.ticket, table.revision),
    unique('receipts_seq').on(table.seq),
  ],
)

/** One row per decision that a person looks at: held, or sampled afterwards. */
export const reviews = pgTable(
  'reviews',
  {
    tenant: tenant(),
    id: text().primaryKey(),
    decisionId: text()
      .notNull()
      .references(() => receipts.decisionId),
    ticket: bigint({ mode: 'number' })
      .notNull()
      .references(() => tickets.id),
    kind: text().$type<ReviewKind>().notNull().default('held'),
    state: text().$type<ReviewState>().notNull(),
    /** The suggestion is hidden until decided. */
    blind: boolean().notNull().default(false),
    /** Two people must agree; once set it stays. */
    fourEyes: boolean().notNull().default(false),
    severity: text().$type<Severity>().notNull(),
    type: text().$type<TicketType>().notNull(),
    team: text().notNull(),
    owner: text().notNull(),
    backup: text().notNull(),
    dueAt: instant().notNull(),
    backupAt: instant(),
    /** When the backup reviewer was told, and when the declared default was taken. */
    backupToldAt: instant(),
    defaultedAt: instant(),
    consequence: doublePrecision().notNull().default(1),
    doubt: doublePrecision().notNull().default(1),
    orderBecause: text().notNull().default(''),
    /** Route of the decision, and words of its ticket. */
    route: text().notNull().default(''),
    words: integer().notNull().default(0),
    /** The due time moved ahead by what hangs on it: the queue's order. */
    rankAt: instant().notNull(),
    claimedBy: text(),
    claimedAt: instant(),
    leaseUntil: instant(),
    decidedBy: text(),
    decidedAt: instant(),
    outcome: json().$type<ReviewOutcome>(),
    /** Under four eyes: what the first person decided. */
    proposal: json().$type<Proposal>(),
    proposedBy: text(),
    undo: json().$type<Undo>(),
    /** The right answer, of an item that has one. */
    expected: json().$type<Expected>(),
    /** The ticket changed while this review was open. */
    changedAt: instant(),
    supersededBy: text(),
    /** Counts every change; a transition names the version that it saw. */
    version: integer().notNull().default(1),
    createdAt: instant().notNull(),
  },
  (table) => [
    // The queue in its order: small, because decided reviews leave it.
    index('reviews_queue')
      .on(table.tenant, table.rankAt, table.id)
      .where(sql`state in ('pending', 'claimed')`),
    // Looking back, newest first.
    index('reviews_history')
      .on(table.tenant, table.decidedAt, table.id)
      .where(sql`decided_at is not null`),
    // What falls due: a pass reads only what nobody was told of yet.
    index('reviews_backup_due')
      .on(table.backupAt)
      .where(sql`state in ('pending', 'claimed') and backup_told_at is null`),
    index('reviews_default_due')
      .on(table.dueAt)
      .where(sql`state in ('pending', 'claimed') and defaulted_at is null`),
    index('reviews_lease_over')
      .on(table.leaseUntil)
      .where(sql`state = 'claimed'`),
    // Also against a service with a fault: under four eyes nothing is decided by one person.
    check(
      'reviews_four_eyes',
      sql`not four_eyes or state not in ('approved', 'overridden', 'dismissed')
        or (proposed_by is not null and decided_by is not null and proposed_by <> decided_by)`,
    ),
    // A new revision closes the open review before it; the history of a ticket.
    index('reviews_by_ticket').on(table.ticket),
  ],
)

/** One row per ticket and kind of clock: what `runClocks` says, and what was told of it. */
export const clocks = pgTable(
  'clocks',
  {
    tenant: tenant(),
    ticket: bigint({ mode: 'number' })
      .notNull()
      .references(() => tickets.id),
    kind: text().notNull(),
    state: text().$type<ClockState>().notNull().default('running'),
    startedAt: instant(),
    dueAt: instant().notNull(),
    target: text().notNull(),
    calendar: text().notNull(),
    metAt: instant(),
    pausedAt: instant(),
    /** When this row was worked out; due before it means that it was late when it came to be. */
    setAt: instant(),
    /** `[{ at, text }]`. */
    warnings: json().notNull().default([]),
    /** Texts of the warnings that were told since `startedAt`, and `breach`. */
    told: json().$type<readonly string[]>().notNull().default([]),
    /** When there is something to tell; null when there is not. */
    nextAt: instant(),
    /** First missed while it ran. */
    breachedAt: instant(),
  },
  (table) => [
    primaryKey({ columns: [table.ticket, table.kind] }),
    // One pass reads only what there is to tell.
    index('clocks_next')
      .on(table.nextAt)
      .where(sql`next_at is not null`),
  ],
)

/** What the platform says that happened to a ticket; clocks are worked out from these rows. */
export const ticketEvents = pgTable(
  'ticket_events',
  {
    id: counted().primaryKey(),
    tenant: tenant(),
    ticket: bigint({ mode: 'number' })
      .notNull()
      .references(() => tickets.id),
    /** The sender's own id: the same again is the same event. */
    eventId: text().notNull(),
    kind: text().notNull(),
    occurredAt: instant().notNull(),
    receivedAt: instant().notNull(),
    actor: text().notNull(),
    /** The rest of what was sent. */
    data: json().notNull(),
  },
  (table) => [
    // Also serves reading a ticket's events.
    unique('ticket_events_sent').on(table.ticket, table.eventId),
  ],
)

/** The turn that a person of a team took last, for teams that take turns. */
export const turns = pgTable(
  'turns',
  {
    tenant: tenant(),
    team: text().notNull(),
    person: text().notNull(),
    turn: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.team, table.person] })],
)

/** Who did what. Rows are added, never changed; a trigger refuses anything else. */
export const audit = pgTable(
  'audit',
  {
    id: counted().primaryKey(),
    tenant: tenant(),
    actor: text().notNull(),
    /** `{entity}.{verb}`. */
    action: text().notNull(),
    /** Id of what was acted on: decision, review, key, webhook, policy. */
    subject: text().notNull(),
    ticket: bigint({ mode: 'number' }),
    before: json(),
    after: json(),
    reason: text(),
    at: instant().notNull(),
  },
  (table) => [
    // The history of a ticket.
    index('audit_by_ticket')
      .on(table.ticket, table.id)
      .where(sql`ticket is not null`),
  ],
)

/** Audit rows that wait for their seal: filled by a trigger, emptied by the sealer, so it stays small. */
export const unsealed = pgTable('unsealed', {
  auditId: bigint({ mode: 'number' }).primaryKey(),
})

/** The hash chain. `hash` covers the hash before it and the audit entry, which covers the receipt by digest. */
export const chain = pgTable(
  'chain',
  {
    position: bigint({ mode: 'number' }).primaryKey(),
    auditId: bigint({ mode: 'number' }).notNull(),
    hash: text().notNull(),
    sealedAt: instant().notNull(),
  },
  (table) => [
    // An entry is sealed once.
    unique('chain_audit').on(table.auditId),
  ],
)

/** Events for others, written with what they tell. */
export const outbox = pgTable(
  'outbox',
  {
    id: counted().primaryKey(),
    tenant: tenant(),
    ticket: bigint({ mode: 'number' }).notNull(),
    /** 1, 2, 3 … per ticket without gaps, so that a receiver sees what it missed. */
    seq: integer().notNull(),
    type: text().notNull(),
    /** The receipt's answer belongs to `decision.made`; it is joined on reading instead of stored twice. */
    decisionId: text().notNull(),
    payload: json().notNull(),
    /** `routed`: every endpoint that wants it has a delivery. */
    state: text().$type<'pending' | 'routed'>().notNull().default('pending'),
    /** Stays in the house until then. */
    availableAt: instant().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    unique('outbox_seq').on(table.ticket, table.seq),
    // Due rows in order; routed rows leave the index.
    index('outbox_due')
      .on(table.tenant, table.availableAt, table.id)
      .where(sql`state = 'pending'`),
  ],
)

/** One event on its way to one endpoint. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: counted().primaryKey(),
    tenant: tenant(),
    event: bigint({ mode: 'number' })
      .notNull()
      .references(() => outbox.id),
    webhook: text()
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** `failed`: given up, a dead letter until somebody sends it again. */
    state: text().$type<DeliveryState>().notNull().default('pending'),
    /** Due from here on; a claim moves it ahead, so a crashed sender's rows come back. */
    availableAt: instant().notNull(),
    attempts: integer().notNull().default(0),
    lastError: text(),
    createdAt: instant().notNull(),
    deliveredAt: instant(),
  },
  (table) => [
    unique('deliveries_once').on(table.event, table.webhook),
    // Each endpoint has a line of its own.
    index('deliveries_due')
      .on(table.webhook, table.availableAt, table.id)
      .where(sql`state = 'pending'`),
    // Dead letters, newest first.
    index('deliveries_failed')
      .on(table.tenant, table.id)
      .where(sql`state = 'failed'`),
  ],
)
export type DeliveryState = 'pending' | 'delivered' | 'failed'

/** Which request a key belongs to; the answer is that of the decision. */
export const idempotency = pgTable(
  'idempotency',
  {
    tenant: tenant(),
    caller: text().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    decisionId: text().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.caller, table.key] }),
    // Expired keys are deleted in passes.
    index('idempotency_expired').on(table.expiresAt),
  ],
)

/** Every policy that ever decided, by the hash that receipts name. */
export const policies = pgTable(
  'policies',
  {
    tenant: tenant(),
    hash: text().notNull(),
    source: text().notNull(),
    parsed: json().notNull(),
    firstSeenAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.hash] })],
)

/** Which policy was put in force, by whom and why; the newest row is in force. Rows are added, never changed. */
export const publications = pgTable(
  'policy_publications',
  {
    id: counted().primaryKey(),
    tenant: tenant(),
    hash: text().notNull(),
    kind: text().$type<'published' | 'rolled_back'>().notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [
    // The one in force, and the history.
    index('policy_publications_newest').on(table.tenant, table.id),
  ],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text().primaryKey(),
    tenant: tenant(),
    /** SHA-256 of the key, hex. The key itself is shown once and kept nowhere. */
    hash: text().notNull(),
    prefix: text().notNull(),
    name: text().notNull(),
    roles: json().$type<readonly Role[]>().notNull(),
    createdAt: instant().notNull(),
    revokedAt: instant(),
  },
  (table) => [unique('api_keys_hash').on(table.hash)],
)

/** Who is signed in at the review desk. The key behind it decides, at every request, what the session may do. */
export const deskSessions = pgTable(
  'desk_sessions',
  {
    tenant: tenant(),
    /** SHA-256 of the cookie, hex. The cookie itself is kept nowhere. */
    hash: text().primaryKey(),
    /** Null on loopback without keys. */
    keyId: text().references(() => apiKeys.id),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [
    // Expired sessions are deleted in passes.
    index('desk_sessions_expired').on(table.expiresAt),
  ],
)

export const webhooks = pgTable('webhooks', {
  id: text().primaryKey(),
  tenant: tenant(),
  url: text().notNull(),
  /** Event types; empty means all. */
  events: json().$type<readonly string[]>().notNull(),
  kind: text().$type<EndpointKind>().notNull().default('webhook'),
  secret: text().notNull(),
  /** The secret before this one still signs until then, so that receivers change over without a gap. */
  previousSecret: text(),
  previousUntil: instant(),
  enabled: boolean().notNull().default(true),
  /** Why nothing is sent any more. */
  disabledBecause: text(),
  createdAt: instant().notNull(),
})

/** Routes that lost their mode; `auto` once a person gave it back, since when their samples count again. */
export const routeModes = pgTable(
  'route_modes',
  {
    tenant: tenant(),
    route: text().notNull(),
    mode: text().$type<RouteMode>().notNull(),
    because: text().notNull(),
    since: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.route] })],
)

/**
 * Who said what, for spikes: a customer once per key and bucket of five minutes, however much it sends. Rows leave when
 * no window reads them any more; a key has at most a few hundred (see `spike-sample.ts`).
 */
export const observations = pgTable(
  'observations',
  {
    tenant: tenant(),
    key: text().notNull(),
    bucket: instant().notNull(),
    /** 64 bits of a hash. */
    customer: bigint({ mode: 'number' }).notNull(),
    /** Customers that this row stands for. */
    weight: integer().notNull(),
    /** The first ticket that said it. */
    ticket: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [
    // In the order of the question: everything of a key since the start of the window.
    primaryKey({ columns: [table.tenant, table.key, table.bucket, table.customer] }),
    // What is too old goes in passes; also what one hour taught.
    index('observations_old').on(table.tenant, table.bucket),
  ],
)

/** What is usual, one row per key: customers by hour of the week, newer hours weighing more. At most 5,000 keys. */
export const spikeBaselines = pgTable(
  'spike_baselines',
  {
    tenant: tenant(),
    key: text().notNull(),
    total: doublePrecision().notNull(),
    hours: doublePrecision().array().notNull(),
    excess: doublePrecision().notNull(),
    tests: doublePrecision().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.key] })],
)

/** Up to when usual numbers were learned, and how often each hour of the week was seen. */
export const spikeLearning = pgTable('spike_learning', {
  tenant: text().primaryKey(),
  learnedUntil: instant().notNull(),
  trackedKeys: integer().notNull(),
  total: doublePrecision().notNull(),
  hours: doublePrecision().array().notNull(),
})

/** Many customers said the same at one time. */
export const incidents = pgTable(
  'incidents',
  {
    id: text().primaryKey(),
    tenant: tenant(),
    state: text().$type<IncidentState>().notNull(),
    /** The key that opened it. */
    key: text().notNull(),
    keys: json().$type<readonly string[]>().notNull(),
    openedAt: instant().notNull(),
    /** The first member ticket; the incident's events are its events. Null until that is recorded. */
    anchor: bigint({ mode: 'number' }),
    /** People were told; once at most. */
    pagedAt: instant(),
    /** As of the last look: in the window now, the most so far, and the usual. */
    customers: integer().notNull(),
    peakCustomers: integer().notNull(),
    expected: doublePrecision().notNull(),
    ratio: doublePrecision().notNull(),
    peakRatio: doublePrecision().notNull(),
    members: integer().notNull(),
    /** `[{ at, customers, expected }]`, one per bucket. */
    timeline: json().$type<readonly TimelinePoint[]>().notNull(),
    /** Below the closing ratio since then. */
    quietSince: instant(),
    decidedBy: text(),
    decidedAt: instant(),
    reason: text(),
    closedAt: instant(),
    closedBy: text(),
    summary: json().$type<IncidentSummary>(),
    /** Draft of a message to customers; a person sends it or does not. */
    notice: text(),
    version: integer().notNull(),
  },
  (table) => [
    index('incidents_open')
      .on(table.tenant, table.openedAt)
      .where(sql`state in ('candidate', 'confirmed')`),
    index('incidents_by_time').on(table.tenant, table.openedAt),
  ],
)

/** Which incident a key belongs to: one at a time, and for a while after its end. */
export const incidentKeys = pgTable(
  'incident_keys',
  {
    tenant: tenant(),
    key: text().notNull(),
    incident: text()
      .notNull()
      .references(() => incidents.id),
    /** Null while the incident is open; afterwards the key opens no other until then ... */
    mutedUntil: instant(),
    /** ... unless this many customers say it. */
    mutedBelow: integer(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.key] }),
    index('incident_keys_of').on(table.incident),
  ],
)

/** The tickets of an incident. Each keeps its own decision. */
export const incidentMembers = pgTable(
  'incident_members',
  {
    tenant: tenant(),
    incident: text()
      .notNull()
      .references(() => incidents.id),
    ticket: bigint({ mode: 'number' })
      .notNull()
      .references(() => tickets.id),
    customer: bigint({ mode: 'number' }).notNull(),
    region: text(),
    /** It was decided before the incident was there. */
    earlier: boolean().notNull(),
    joinedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.incident, table.ticket] }),
    index('incident_members_by_ticket').on(table.ticket),
  ],
)

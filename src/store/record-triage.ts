import { TriageError } from '../domain/errors.ts'
import type { Happening } from '../domain/happening.ts'
import type { Severity } from '../domain/labels.ts'
import { heldSinceOf } from '../domain/moment.ts'
import type {
  IncidentJoin,
  PreviousDecision,
  Receipt,
  RecordOutcome,
  TriageRecord,
} from '../domain/receipt.ts'
import type { Roster } from '../domain/roster.ts'
import type { StoredEvent, ToldClock } from './clock-story.ts'
import { CLOCKS_OF_T, EVENTS_OF_T, happeningsOf, slaOf } from './clock-story.ts'
import type { Db, Statements } from './db.ts'
import { onlyRow, parseJson } from './db.ts'
import { sha256 } from './digest.ts'
import { readRosterIn } from './roster.ts'
import { requireStorable, toStorable } from './text.ts'

/**
 * Writes one decision whole or not at all: ticket, receipt, review, clocks, audit entry, events, idempotency key and
 * what is counted for spikes. Safe to repeat. The same content as the ticket stands at, or the same key and body, is
 * `replayed` with the stored answer and writes nothing more; a key with another body is a `mismatch`; a record that
 * names another decision than the standing one to follow is `stale`, whatever the order in which writers arrive.
 *
 * Content that equals an earlier revision, not the standing one, is changed content: the caller decides again, so
 * a severity that was raised since cannot fall back. The standing content with the standing decision in `follows` is a
 * late score: recorded as a revision, or `stale` once a person decided, the ticket was resolved or its customer erased.
 *
 * Where the owner is at the limit by now, or the turn was taken, `decideOn` decides again on a fresh roster that nobody
 * else can change meanwhile.
 *
 * @throws TriageError `store_unavailable`: it may or may not have been written; repeating it tells.
 * @throws TriageError `invalid_request`: an id that PostgreSQL cannot hold.
 */
export async function recordTriage(
  db: Db,
  record: TriageRecord,
  decideOn?: (roster: Roster) => TriageRecord,
): Promise<RecordOutcome> {
  const outcome = await write(db, db.tenant, record)
  if (outcome.kind !== 'crowded') return outcomeOf(db, record, outcome)
  if (decideOn === undefined) throw crowded()
  const again = await db.transaction(async (tx) => {
    // Nobody else is given a ticket until this one is written.
    await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`assign ${db.tenant}`])
    const fresh = decideOn(await readRosterIn(tx, db.tenant))
    return { record: fresh, outcome: await write(tx, db.tenant, fresh) }
  })
  if (again.outcome.kind === 'crowded') throw crowded()
  return outcomeOf(db, again.record, again.outcome)
}

async function write(on: Statements, tenant: string, record: TriageRecord): Promise<OutcomeRow> {
  return onlyRow(await on.rows<OutcomeRow>(RECORD, paramsOf(tenant, record)))
}

async function outcomeOf(
  db: Db,
  record: TriageRecord,
  { kind, stored_answer: answer }: OutcomeRow,
): Promise<RecordOutcome> {
  switch (kind) {
    case 'mismatch':
      return { kind }
    case 'recorded':
    case 'replayed':
      return { kind, answer: answer as string }
    case 'crowded':
      throw crowded()
    case 'stale':
      return { kind, previous: await readStanding(db, record) }
  }
}

/** Asked only for a revision, which is rare. */
async function readStanding(
  db: Db,
  { caller, ticket, receipt }: TriageRecord,
): Promise<PreviousDecision> {
  const row = onlyRow(
    await db.rows<StandingRow>(READ_STANDING, [
      db.tenant,
      requireStorable('caller', caller),
      requireStorable('id', ticket.id),
    ]),
  )
  const standing = parseJson(row.receipt) as Receipt
  const events = parseJson(row.events) as readonly StoredEvent[]
  const reopened: readonly Happening[] =
    row.resolved_at === null ? [] : [{ kind: 'reopened', at: receipt.now }]
  return {
    receipt: standing,
    contentHash: row.content_hash,
    decisionId: row.decision_id,
    revision: row.revision,
    severity: row.severity,
    held: row.standing === 'held',
    heldSince: row.standing === 'held' ? heldSinceOf(standing) : null,
    owner: row.owner,
    clockStart: standing.clockStart,
    happened: [...happeningsOf(events), ...reopened],
    seen: events.length,
    sla: slaOf(parseJson(row.clocks) as readonly ToldClock[]),
  }
}

const READ_STANDING = `
  select t.content_hash, t.decision_id, t.revision, t.severity, t.standing, t.owner, t.resolved_at, r.receipt,
      ${EVENTS_OF_T} as events, ${CLOCKS_OF_T} as clocks
    from tickets t join receipts r on r.decision_id = t.decision_id
   where t.tenant = $1 and t.caller = $2 and t.external_id = $3`

type StandingRow = {
  content_hash: string
  decision_id: string
  revision: number
  severity: Severity
  standing: string
  owner: string
  resolved_at: string | null
  receipt: string
  events: string
  clocks: string
}

const crowded = () =>
  new TriageError('store_unavailable', 'Cannot assign an owner now: too many tickets at once', {
    detail: { retryAfterSeconds: 1 },
  })

type OutcomeRow = {
  kind: RecordOutcome['kind'] | 'crowded'
  stored_answer: string | null
  standing_decision: string | null
  standing_revision: number | null
  standing_severity: Severity | null
}

const PARAM_COUNT = 30
const PLACES = Array.from({ length: PARAM_COUNT }, (_, index) => `$${index + 1}`)
const RECORD = `select * from record_triage(${PLACES.join(', ')})`

/** In the order of the function's parameters. */
function paramsOf(tenant: string, record: TriageRecord) {
  const { receipt, ticket, idempotency, observed } = record
  const { decision } = receipt
  const text = JSON.stringify(receipt)
  const customer = ticket.customer?.id
  return [
    tenant,
    requireStorable('caller', record.caller),
    receipt.now,
    idempotency === null ? null : requireStorable('idempotency key', idempotency.key),
    idempotency?.fingerprint ?? null,
    idempotency?.expiresAt ?? null,
    requireStorable('id', ticket.id),
    customer === undefined ? null : toStorable(customer),
    JSON.stringify(ticket),
    record.salt,
    record.contentHash,
    receipt.decisionId,
    receipt.revision,
    receipt.follows,
    text,
    sha256(text),
    record.answer,
    sha256(record.answer),
    decision.severity,
    decision.type,
    decision.route.team,
    decision.route.owner.id,
    decision.route.backup.id,
    decision.disposition,
    record.review === null ? null : JSON.stringify(record.review),
    JSON.stringify({ rows: record.clocks, seen: record.seen, claim: record.claim }),
    JSON.stringify(record.topics.map(toStorable)),
    record.textHash,
    JSON.stringify({
      ...observed,
      keys: observed.keys.map(({ key, weight }) => ({ key: toStorable(key), weight })),
    }),
    record.incident === null ? null : storableJoin(record.incident),
  ]
}

function storableJoin(join: IncidentJoin): string {
  return JSON.stringify({
    ...join,
    region: join.region === null ? null : toStorable(join.region),
    keys: join.keys.map(toStorable),
  })
}

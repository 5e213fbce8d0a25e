import type { Severity } from '../domain/labels.ts'
import type { RecordOutcome, TriageRecord } from '../domain/receipt.ts'
import type { Db } from './db.ts'
import { onlyRow } from './db.ts'
import { sha256 } from './digest.ts'
import { requireStorable, toStorable } from './text.ts'

/**
 * Writes one decision whole or not at all: ticket, receipt, review, clocks, audit entry, events, idempotency key and
 * what is counted for spikes. Safe to repeat. The same content as the ticket stands at, or the same key and body, is
 * `replayed` with the stored answer and writes nothing more; a key with another body is a `mismatch`; a record that
 * does not follow the ticket's standing decision is `stale`, whatever the order in which writers arrive.
 *
 * Content that equals an earlier revision, not the standing one, is changed content: the caller decides again, so
 * a severity that was raised since cannot fall back. The standing content with the standing decision in `follows` is a
 * late score: recorded as a revision, or `stale` once a person decided, the ticket was resolved or its customer erased.
 *
 * @throws TriageError `store_unavailable`: it may or may not have been written; repeating it tells.
 * @throws TriageError `invalid_request`: an id that PostgreSQL cannot hold.
 */
export async function recordTriage(db: Db, record: TriageRecord): Promise<RecordOutcome> {
  const outcome = onlyRow(await db.rows<OutcomeRow>(RECORD, paramsOf(db.tenant, record)))
  const { kind } = outcome
  if (kind === 'mismatch') return { kind }
  if (kind !== 'stale') return { kind, answer: outcome.stored_answer as string }
  return {
    kind,
    previous: {
      decisionId: outcome.standing_decision as string,
      revision: outcome.standing_revision as number,
      severity: outcome.standing_severity as Severity,
      held: await isHeld(db, record),
    },
  }
}

/** Asked only for a revision, which is rare; a person who decides meanwhile makes it true for too long, never too short. */
async function isHeld(db: Db, { caller, ticket }: TriageRecord): Promise<boolean> {
  const rows = await db.rows(
    `select id from tickets where tenant = $1 and caller = $2 and external_id = $3 and standing = 'held'`,
    [db.tenant, caller, ticket.id],
  )
  return rows.length > 0
}

type OutcomeRow = {
  kind: RecordOutcome['kind']
  stored_answer: string | null
  standing_decision: string | null
  standing_revision: number | null
  standing_severity: Severity | null
}

const PARAM_COUNT = 28
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
    JSON.stringify(decision.clocks),
    toStorable(observed.customer),
    JSON.stringify(observed.keys.map(toStorable)),
  ]
}

import { heldSinceOf } from '../domain/moment.ts'
import type { PreviousDecision, Receipt } from '../domain/receipt.ts'
import type { Severity } from '../domain/labels.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { ClockRow } from '../domain/clock-rows.ts'
import type { StoredEvent, ToldClock } from './clock-story.ts'
import { CLOCKS_OF_T, EVENTS_OF_T, happeningsOf, slaOf } from './clock-story.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'
import type { StoredStory } from './ticket-events.ts'
import { readStory, writeClocks } from './ticket-events.ts'

/** A ticket that is to be decided again, with what its standing decision was made from. */
export type Standing = {
  readonly row: number
  readonly leaseUntil: string
  readonly caller: string
  /** Null once erased. */
  readonly ticket: Ticket | null
  readonly salt: string | null
  readonly topics: readonly string[]
  readonly textHash: string
  /** False once a person decided, or it was solved. */
  readonly undecided: boolean
  readonly receipt: Receipt
  readonly previous: PreviousDecision
}

/**
 * Takes tickets that wait to be decided again, for `leaseSeconds`: until then nobody else gets them, afterwards they
 * are due again, so what a crashed process held is not lost.
 */
export async function takeRejudged(
  db: Db,
  { now, limit, leaseSeconds }: { now: Date; limit: number; leaseSeconds: number },
): Promise<readonly Standing[]> {
  const leaseUntil = new Date(now.getTime() + leaseSeconds * 1_000).toISOString()
  const rows = await db.rows<Row>(
    `with due as (
       select id from tickets where tenant = $1 and rejudge_at <= $2 order by rejudge_at limit $3
          for update skip locked
     ), taken as (
       update tickets t set rejudge_at = $4 from due where t.id = due.id returning t.*
     )
     select t.id, t.caller, t.original, t.salt, t.content_hash, t.topics, t.text_hash, t.decision_id, t.revision, t.severity, t.standing, t.owner,
         t.resolved_at, t.erased_at, r.receipt, ${EVENTS_OF_T} as events, ${CLOCKS_OF_T} as clocks
       from taken t join receipts r on r.decision_id = t.decision_id
      order by t.id`,
    [db.tenant, now.toISOString(), limit, leaseUntil],
  )
  return rows.map((row) => standingOf(row, leaseUntil))
}

/** It was decided again: not due any more, unless something new came meanwhile. Its clocks are worked out again. */
export async function settleRejudged(
  db: Db,
  { row, leaseUntil }: Standing,
  now: Date,
  workClocks: (story: StoredStory, now: Date) => Promise<readonly ClockRow[]>,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows('select id from tickets where tenant = $1 and id = $2 for update', [
      db.tenant,
      row,
    ])
    const story = await readStory(tx, db.tenant, row)
    await writeClocks({ tx, tenant: db.tenant, now }, story, await workClocks(story, now))
    // Unless something new asked for it meanwhile, which set another time.
    await tx.rows(
      'update tickets set rejudge_at = null where tenant = $1 and id = $2 and rejudge_at = $3',
      [db.tenant, row, leaseUntil],
    )
  })
}

type Row = {
  id: number
  caller: string
  original: string | null
  salt: string | null
  content_hash: string
  topics: string | null
  text_hash: string | null
  decision_id: string
  revision: number
  severity: Severity
  standing: string
  owner: string
  resolved_at: string | null
  erased_at: string | null
  receipt: string
  events: string
  clocks: string
}

function standingOf(row: Row, leaseUntil: string): Standing {
  const receipt = parseJson(row.receipt) as Receipt
  const events = parseJson(row.events) as readonly StoredEvent[]
  const open = row.standing === 'auto' || row.standing === 'held'
  return {
    row: row.id,
    leaseUntil,
    caller: row.caller,
    ticket: row.original === null ? null : (parseJson(row.original) as Ticket),
    salt: row.salt,
    topics: row.topics === null ? [] : (parseJson(row.topics) as readonly string[]),
    textHash: row.text_hash ?? '',
    undecided: open && row.resolved_at === null && row.erased_at === null,
    receipt,
    previous: {
      receipt,
      contentHash: row.content_hash,
      decisionId: row.decision_id,
      revision: row.revision,
      severity: row.severity,
      held: row.standing === 'held',
      heldSince: row.standing === 'held' ? heldSinceOf(receipt) : null,
      owner: row.owner,
      clockStart: receipt.clockStart,
      happened: happeningsOf(events),
      seen: events.length,
      sla: slaOf(parseJson(row.clocks) as readonly ToldClock[]),
    },
  }
}

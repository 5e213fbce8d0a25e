import type { Receipt } from '../domain/receipt.ts'
import type { ReviewOutcome } from '../domain/review-state.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'

/** A decided review with all that it was decided on. */
export type DecidedReview = {
  readonly id: string
  readonly kind: 'held' | 'sample'
  readonly blind: boolean
  readonly reviewer: string
  /** The first of two people. */
  readonly proposedBy: string | null
  readonly decidedAt: string
  readonly outcome: ReviewOutcome
  readonly receipt: Receipt
  /** As sent; null once erased. */
  readonly original: Ticket | null
  /** Of the ticket, or of the review where the ticket names none. */
  readonly customer: string
  /** Who sent the ticket; its id is unique for them. */
  readonly caller: string
}

const PAGE = 200

/** Everything that people decided, oldest first, read in pages. Exercises are not cases, and what was undone is not there. */
export async function* readDecidedReviews(db: Db): AsyncGenerator<DecidedReview> {
  let after: readonly [string, string] = ['-infinity', '']
  for (;;) {
    const rows = await db.rows<{
      id: string
      kind: 'held' | 'sample'
      blind: boolean
      decided_by: string
      proposed_by: string | null
      decided_at: string
      outcome: string
      receipt: string
      original: string | null
      customer_id: string | null
      caller: string
    }>(
      `select v.id, v.kind, v.blind, v.decided_by, v.proposed_by, v.decided_at, v.outcome, r.receipt, t.customer_id, t.caller,
              case when t.decision_id = v.decision_id then t.original end as original
         from reviews v join receipts r on r.decision_id = v.decision_id join tickets t on t.id = v.ticket
        where v.tenant = $1 and v.decided_at is not null and v.kind <> 'known'
          and (v.decided_at, v.id) > ($2::timestamptz, $3)
        order by v.decided_at, v.id limit ${PAGE}`,
      [db.tenant, ...after],
    )
    for (const row of rows)
      yield {
        id: row.id,
        kind: row.kind,
        blind: row.blind,
        reviewer: row.decided_by,
        proposedBy: row.proposed_by,
        decidedAt: row.decided_at,
        outcome: parseJson(row.outcome) as ReviewOutcome,
        receipt: parseJson(row.receipt) as Receipt,
        original: row.original === null ? null : (parseJson(row.original) as Ticket),
        customer: row.customer_id ?? row.id,
        caller: row.caller,
      }
    const last = rows.at(-1)
    if (rows.length < PAGE || last === undefined) return
    after = [last.decided_at, last.id]
  }
}

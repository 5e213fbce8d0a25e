import type { Receipt } from '../domain/receipt.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'

export type StoredReceipt = {
  readonly receipt: Receipt
  readonly caller: string
  /** The answer's JSON as it was sent. */
  readonly answer: string
  readonly reviewId: string | null
}

/** What a decision was made from, and what was answered; undefined when there is no such decision. */
export async function findReceipt(db: Db, decisionId: string): Promise<StoredReceipt | undefined> {
  const [row] = await db.rows<{
    receipt: string
    answer: string
    caller: string
    review_id: string | null
  }>(
    `select r.receipt, r.answer, t.caller, v.id as review_id
       from receipts r join tickets t on t.id = r.ticket left join reviews v on v.decision_id = r.decision_id
      where r.tenant = $1 and r.decision_id = $2`,
    [db.tenant, decisionId],
  )
  return row === undefined
    ? undefined
    : {
        receipt: parseJson(row.receipt) as Receipt,
        caller: row.caller,
        answer: row.answer,
        reviewId: row.review_id,
      }
}

const PAGE = 1_000

/** Every decision id in order of writing, read in pages so that a store of any size fits. */
export async function* readDecisionIds(db: Db): AsyncGenerator<string> {
  let last = 0
  for (;;) {
    const page = await db.rows<{ seq: number; decision_id: string }>(
      `select seq, decision_id from receipts where seq > $1 and tenant = $2 order by seq limit ${PAGE}`,
      [last, db.tenant],
    )
    for (const row of page) yield row.decision_id
    if (page.length < PAGE) return
    last = page.at(-1)!.seq
  }
}

/** The receipts of the decisions that stand, oldest first, read in pages; at most the newest `limit`, none of the caller `without`. */
export async function* readStandingReceipts(
  db: Db,
  {
    limit = 1_000_000,
    page = PAGE,
    without = '',
  }: { readonly limit?: number; readonly page?: number; readonly without?: string } = {},
): AsyncGenerator<Receipt> {
  const [from] = await db.rows<{ seq: number }>(
    `select coalesce(min(seq), 0) as seq from (
       select r.seq from receipts r join tickets t on t.decision_id = r.decision_id
        where r.tenant = $1 and t.caller <> $3 order by r.seq desc limit $2) newest`,
    [db.tenant, limit, without],
  )
  let next = from?.seq ?? 0
  for (;;) {
    const rows = await db.rows<{ seq: number; receipt: string }>(
      `select r.seq, r.receipt from receipts r join tickets t on t.decision_id = r.decision_id
        where r.seq >= $1 and r.tenant = $2 and t.caller <> $4 order by r.seq limit $3`,
      [next, db.tenant, page, without],
    )
    for (const row of rows) yield parseJson(row.receipt) as Receipt
    if (rows.length < page) return
    next = rows.at(-1)!.seq + 1
  }
}

/** The receipts of a ticket before one of them, oldest first. */
export async function readEarlierReceipts(
  db: Db,
  { decisionId, revision }: Pick<Receipt, 'decisionId' | 'revision'>,
): Promise<readonly Receipt[]> {
  const rows = await db.rows<{ receipt: string }>(
    `select e.receipt from receipts r join receipts e on e.ticket = r.ticket and e.revision < $3
      where r.tenant = $1 and r.decision_id = $2 order by e.revision`,
    [db.tenant, decisionId, revision],
  )
  return rows.map(({ receipt }) => parseJson(receipt) as Receipt)
}

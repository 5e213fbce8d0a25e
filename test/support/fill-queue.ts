import type { Db } from '../../src/store/db.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { aRecord } from '../store/a-record.ts'

/** So many pending reviews, as copies of one that was recorded the usual way. */
export async function fillQueue(db: Db, count: number): Promise<void> {
  const record = aRecord({ severity: 'P1', now: new Date() })
  await recordTriage(db, record)
  const copied = async (
    table: string,
    where: string,
    changed: Readonly<Record<string, string>>,
  ) => {
    const columns = await db.rows<{ name: string }>(
      `select column_name as name from information_schema.columns
        where table_name = $1 and is_identity = 'NO' and table_schema = 'public'`,
      [table],
    )
    const names = columns.map(({ name }) => name)
    await db.rows(
      `insert into ${table} (${names.join(', ')})
       select ${names.map((name) => changed[name] ?? `x.${name}`).join(', ')}
         from ${table} x, generate_series(1, ${count - 1}) as n where ${where}`,
    )
  }
  const decision = record.receipt.decisionId
  const mine = `(select t.id from tickets t where t.external_id = '${record.ticket.id}-' || n)`
  await copied('tickets', `x.external_id = '${record.ticket.id}'`, {
    external_id: `x.external_id || '-' || n`,
    decision_id: `x.decision_id || '-' || n`,
    review_id: `x.review_id || '-' || n`,
  })
  await copied('receipts', `x.decision_id = '${decision}'`, {
    decision_id: `x.decision_id || '-' || n`,
    ticket: mine,
  })
  await copied('reviews', `x.decision_id = '${decision}'`, {
    id: `x.id || '-' || n`,
    decision_id: `x.decision_id || '-' || n`,
    ticket: mine,
    rank_at: `x.rank_at + n * interval '1 second'`,
    due_at: `x.due_at + n * interval '1 second'`,
    // One in ten is claimed.
    state: `case when n % 10 = 0 then 'claimed' else 'pending' end`,
    claimed_by: `case when n % 10 = 0 then 'reviewer-' || n % 7 end`,
    lease_until: `case when n % 10 = 0 then now() + interval '1 hour' end`,
  })
  await db.rows('analyze')
}

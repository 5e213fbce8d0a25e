import type { EarlierContact } from '../domain/earlier-contact.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'
import { toStorable } from './text.ts'

/** Newest tickets read per customer: what a week of one customer may be, and a bound on the work. */
const MOST = 50

/** The newest tickets of a customer over all callers, at most a week old. */
export async function earlierContacts(
  db: Db,
  {
    customer,
    caller,
    now,
  }: { readonly customer: string; readonly caller: string; readonly now: Date },
): Promise<readonly EarlierContact[]> {
  const rows = await db.rows<ContactRow>(
    `select t.external_id, t.created_at, t.topics, t.text_hash, t.caller = $3 as same_caller,
            (select count(*)::int from ticket_events e where e.ticket = t.id and e.kind = 'reopened') as reopened,
            exists (select 1 from clocks c where c.ticket = t.id and c.kind in ('update', 'resolution')
              and (c.state = 'missed' or c.state = 'running' and c.due_at < $4)) as promise_passed
       from tickets t
      where t.tenant = $1 and t.customer_id = $2 and t.created_at >= $5
      order by t.created_at desc
      limit ${MOST}`,
    [
      db.tenant,
      toStorable(customer),
      toStorable(caller),
      now.toISOString(),
      new Date(now.getTime() - WEEK_MS).toISOString(),
    ],
  )
  return rows.map((row) => ({
    ticketId: row.external_id,
    at: row.created_at,
    topics: row.topics === null ? null : (parseJson(row.topics) as string[]),
    textHash: row.text_hash,
    sameCaller: row.same_caller,
    reopened: row.reopened,
    promisePassed: row.promise_passed,
  }))
}

const WEEK_MS = 7 * 24 * 3_600_000

type ContactRow = {
  external_id: string
  created_at: string
  topics: string | null
  text_hash: string | null
  same_caller: boolean
  reopened: number
  promise_passed: boolean
}

import type { Db } from './db.ts'
import { onlyRow } from './db.ts'

/** At most so many in one statement, so that requests get their turn; the next pass goes on. */
const BATCH = 500
const ACTOR = 'retention'

/**
 * Forgets the words, salts and customer ids of tickets whose last decision is older than `days`, oldest first, and gives
 * how many. Held tickets wait for their person. Decisions, receipts with covered text and the chain stay, so every
 * decision still replays. Safe on many replicas: rows that another one is at are left to it.
 */
export async function expireOriginals(db: Db, days: number, now: Date): Promise<number> {
  const before = new Date(now.getTime() - days * 86_400_000).toISOString()
  const { expired } = onlyRow(
    await db.rows<{ expired: number }>(
      `with due as (
         select id from tickets
          where tenant = $1 and original is not null and updated_at < $2 and standing <> 'held'
          order by updated_at limit ${BATCH} for update skip locked
       ), expired as (
         update tickets t set original = null, salt = null, topics = null, text_hash = null, customer_id = null,
                erased_at = $3
           from due where t.id = due.id returning t.id, t.external_id
       ), unsaid as (
         update ticket_events e set data = (e.data::jsonb - 'comment' - 'note')::json
           from expired where e.ticket = expired.id
       ), logged as (
         insert into audit (tenant, actor, action, subject, ticket, reason, at)
         select $1, $4, 'ticket.expired', external_id, id, $5, $3 from expired
       )
       select count(*)::int as expired from expired`,
      [db.tenant, before, now.toISOString(), ACTOR, `older than ${days} days`],
    ),
  )
  return expired
}

import { customerNumber } from '../fingerprint.ts'
import type { Db } from './db.ts'
import { onlyRow } from './db.ts'
import { toStorable } from './text.ts'

export type Erasure = {
  readonly customerId: string
  readonly actor: string
  readonly now: Date
}

/** Rows that were erased. Doing it again gives zeros. */
export type ErasureCount = { readonly tickets: number; readonly observations: number }

/**
 * Forgets a customer: original texts, their salts and the customer's id are gone; decisions stay with their redacted
 * text, and the chain stays valid. The audit says which tickets, never which customer.
 */
export async function eraseCustomer(db: Db, erasure: Erasure): Promise<ErasureCount> {
  return onlyRow(
    await db.rows<ErasureCount>(
      `with erased as (
         update tickets set original = null, salt = null, topics = null, text_hash = null, customer_id = null,
                erased_at = $3
          where tenant = $1 and customer_id = $2 returning id, external_id
       ), unsaid as (
         update ticket_events e set data = (e.data::jsonb - 'comment' - 'note')::json
           from erased where e.ticket = erased.id
       ), uncounted as (
         delete from observations where tenant = $1 and customer = $5 returning 1
       ), unnamed as (
         update incident_members set customer = ticket where tenant = $1 and customer = $5
       ), logged as (
         insert into audit (tenant, actor, action, subject, ticket, at)
         select $1, $4, 'ticket.erased', external_id, id, $3 from erased
       )
       select (select count(*)::int from erased) as tickets, (select count(*)::int from uncounted) as observations`,
      [
        db.tenant,
        toStorable(erasure.customerId),
        erasure.now.toISOString(),
        erasure.actor,
        customerNumber(erasure.customerId),
      ],
    ),
  )
}

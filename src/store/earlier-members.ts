import type { IncidentJoin, Receipt } from '../domain/receipt.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { Db } from './db.ts'
import { parseJson } from './db.ts'
import type { Standing } from './schema.ts'
import { toStorable } from './text.ts'

/** Tickets linked in one pass; the next one takes more. */
const MOST = 100

type MemberRow = {
  id: number
  caller: string
  customer: string
  decision_id: string
  earlier: boolean
  original: string | null
  salt: string | null
  topics: string | null
  text_hash: string | null
  content_hash: string
  standing: Standing
  resolved_at: string | null
  receipt: string
}

/**
 * Tickets since `from` that share enough keys with an incident and are no members of any: two words, or one key of
 * another kind. Oldest first. What was too common to be kept whole is not found.
 */
export async function earlierMembers(
  db: Db,
  { id, openedAt }: { readonly id: string; readonly openedAt: string },
  from: Date,
) {
  const rows = await db.rows<MemberRow>(
    `with said as (
       select o.ticket, min(o.customer)::text as customer
         from incident_keys k
         join observations o on o.tenant = k.tenant and o.key = k.key and o.bucket >= $3
        where k.tenant = $1 and k.incident = $2 and k.muted_until is null
          and not exists (select 1 from incident_members m where m.ticket = o.ticket)
        group by o.ticket
       having sum(case when o.key like 'word:%' then 1 else 2 end) >= 2
        order by o.ticket limit ${MOST}
     )
     select t.id, t.caller, s.customer, t.decision_id,
            t.created_at < $4 as earlier, t.original, t.salt, t.topics, t.text_hash, t.content_hash, t.standing,
            t.resolved_at, r.receipt
       from said s join tickets t on t.id = s.ticket join receipts r on r.decision_id = t.decision_id
      order by t.id`,
    [db.tenant, id, from.toISOString(), openedAt],
  )
  return rows.map((row) => ({
    id: row.id,
    caller: row.caller,
    customer: row.customer,
    region: regionOf(row),
    decisionId: row.decision_id,
    earlier: row.earlier,
    standing: standingOf(row),
  }))
}

function regionOf({ original }: MemberRow): string | null {
  return original === null ? null : ((parseJson(original) as Ticket).customer?.region ?? null)
}

function standingOf(row: MemberRow) {
  const { original, salt, topics, text_hash: textHash, standing } = row
  const undecided = standing === 'auto' || standing === 'held'
  if (!undecided || row.resolved_at !== null) return null
  if (original === null || salt === null || topics === null || textHash === null) return null
  return {
    ticket: parseJson(original) as Ticket,
    receipt: parseJson(row.receipt) as Receipt,
    held: standing === 'held',
    contentHash: row.content_hash,
    salt,
    topics: parseJson(topics) as string[],
    textHash,
  }
}

/** Makes a ticket a member and leaves its decision as it is. */
export async function linkMember(
  db: Db,
  member: { readonly id: number; readonly decisionId: string },
  join: IncidentJoin,
  now: Date,
): Promise<void> {
  await db.rows(
    `select join_incident($1, $2, t.id, t.external_id, $4, $5)::text
       from tickets t where t.tenant = $1 and t.id = $3`,
    [
      db.tenant,
      JSON.stringify({ ...join, region: join.region === null ? null : toStorable(join.region) }),
      member.id,
      member.decisionId,
      now.toISOString(),
    ],
  )
}

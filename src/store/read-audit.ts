import type { Db } from './db.ts'
import { parseJson } from './db.ts'

/** An audit entry with its place in the chain; `position` and `hash` are null until it is sealed. */
export type AuditEntry = {
  readonly id: number
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly ticketId: string | null
  readonly before: unknown
  readonly after: unknown
  readonly reason: string | null
  readonly position: number | null
  readonly hash: string | null
}

const PAGE = 500

/** The whole audit of this tenant, oldest first, read in pages. */
export async function* readAudit(db: Db): AsyncGenerator<AuditEntry> {
  let last = 0
  for (;;) {
    const rows = await db.rows<
      Omit<AuditEntry, 'before' | 'after'> & { before: string | null; after: string | null }
    >(
      `select a.id, a.at, a.actor, a.action, a.subject, t.external_id as "ticketId", a.before, a.after, a.reason,
              c.position, c.hash
         from audit a left join tickets t on t.id = a.ticket left join chain c on c.audit_id = a.id
        where a.tenant = $1 and a.id > $2 order by a.id limit ${PAGE}`,
      [db.tenant, last],
    )
    for (const row of rows)
      yield {
        ...row,
        before: row.before === null ? null : parseJson(row.before),
        after: row.after === null ? null : parseJson(row.after),
      }
    const end = rows.at(-1)
    if (rows.length < PAGE || end === undefined) return
    last = end.id
  }
}

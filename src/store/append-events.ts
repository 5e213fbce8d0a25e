import type { EventType } from '../domain/events.ts'
import type { Statements } from './db.ts'

export type NewEvent = {
  readonly type: EventType
  /** The decision it tells of. */
  readonly decisionId: string
  readonly payload: unknown
}

/**
 * Writes events of one ticket (its row number) into the outbox, due at `now`, in the order given. Their numbers follow
 * the ticket's last one without gaps: the row stays locked until the transaction ends, so writers take turns.
 */
export async function appendEvents(
  tx: Statements,
  tenant: string,
  { ticket, events, now }: { ticket: number; events: readonly NewEvent[]; now: Date },
): Promise<void> {
  if (events.length === 0) return
  await tx.rows(
    `with numbered as (
       update tickets set event_seq = event_seq + $3 where tenant = $1 and id = $2 returning event_seq - $3 as before
     )
     insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
     select $1, $2, n.before + e.number, e.event ->> 'type', e.event ->> 'decisionId', e.event -> 'payload', $4, $4
       from numbered n, json_array_elements($5::json) with ordinality as e (event, number)`,
    [tenant, ticket, events.length, now.toISOString(), JSON.stringify(events)],
  )
}

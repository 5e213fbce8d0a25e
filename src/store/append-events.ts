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
  for (const { type, decisionId, payload } of events)
    await tx.rows('select append_event($1, $2, $3, $4, $5::text::json, $6)::text', [
      tenant,
      ticket,
      type,
      decisionId,
      JSON.stringify(payload),
      now.toISOString(),
    ])
}

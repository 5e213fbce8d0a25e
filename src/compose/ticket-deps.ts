import { historyAsTold, isTold, ticketAsTold } from '../domain/as-told.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { draftsOf } from '../domain/drafts.ts'
import type { TicketDeps } from '../http/tickets.ts'
import type { Db } from '../store/db.ts'
import { eraseCustomer } from '../store/erase-customer.ts'
import { findStory, readSeverities } from '../store/ticket-events.ts'
import { findTicket, findUntold, readTicketHistory } from '../store/tickets.ts'
import { timelineOf } from '../ticket-event.ts'

/** What `GET /tickets/:id` shows: to people as it stands, to a platform as far as it was told. */
export function createTicketDeps({
  db,
  policy,
  findPolicyOf,
  now,
}: {
  readonly db: Db
  readonly policy: CompiledPolicy
  readonly findPolicyOf: (hash: string) => Promise<CompiledPolicy | undefined>
  readonly now: () => Date
}): Pick<TicketDeps, 'readTicket' | 'draftsFor' | 'eraseCustomer'> {
  async function readTimeline(caller: string, ticketId: string) {
    const story = await findStory(db, caller, ticketId)
    if (story === undefined) return undefined
    return { story, severities: await readSeverities(db, story.row) }
  }
  return {
    readTicket: async (caller, ticketId) => {
      const ticket = await findTicket(db, caller, ticketId)
      if (ticket === undefined) return undefined
      const [history, line, untold] = await Promise.all([
        readTicketHistory(db, ticket.caller, ticketId),
        readTimeline(ticket.caller, ticketId),
        caller === null ? undefined : findUntold(db, caller, ticketId, now()),
      ])
      const severities = line?.severities.filter(
        ({ by, at }) => by === undefined || isTold(at, untold),
      )
      return {
        ticket: untold === undefined ? ticket : ticketAsTold(ticket, untold),
        history: caller === null ? history : historyAsTold(history, untold),
        timeline: line
          ? await timelineOf(line.story, severities ?? [], now(), findPolicyOf, policy)
          : [],
      }
    },
    draftsFor: (ticket) => draftsOf(ticket, policy, now().getTime()),
    eraseCustomer: (customerId, actor) => eraseCustomer(db, { customerId, actor, now: now() }),
  }
}

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Ticket } from '../../src/domain/ticket.ts'

/** Tickets of the eval suites, written for this project: short and long, calm and loud. */
export async function benchTickets(): Promise<readonly Ticket[]> {
  const files = await Promise.all(
    ['core', 'must-catch', 'must-not'].map((suite) =>
      readFile(`eval/suites/${suite}/cases.jsonl`, 'utf8'),
    ),
  )
  return files
    .flatMap((text) => text.split('\n').filter(Boolean))
    .map((line) => (JSON.parse(line) as { ticket: Ticket }).ticket)
}

/** The same ticket as somebody else's: nothing is replayed. */
export function fresh(ticket: Ticket): Ticket {
  const id = randomUUID()
  return { ...ticket, id, customer: { ...ticket.customer, id: `C-${id.slice(0, 4)}` } }
}

import type { FactValue } from './facts.ts'
import type { Receipt } from './receipt.ts'
import type { Ticket } from './ticket.ts'

const HOUR_MS = 3_600_000

/**
 * The ticket behind a receipt, as far as its covered text and its facts tell: what the rules read is there, who wrote it
 * is not. Decided at the receipt's `now`, it gives the same facts again.
 */
export function recordedTicket(receipt: Receipt): Ticket {
  const { ticketId, redactedText, facts, now, clockStart } = receipt
  const { values } = facts
  const hours = values['customer.renewal']
  const renewal = typeof hours === 'number' && {
    renewalAt: new Date(Date.parse(now) + hours * HOUR_MS).toISOString(),
  }
  return defined({
    id: ticketId,
    channel: values['ticket.channel'],
    body: redactedText,
    createdAt: clockStart === now ? undefined : clockStart,
    customer: { ...factsOf(values, 'customer.', ['customer.renewal']), ...renewal },
    order: factsOf(values, 'order.', ['order.exposure']),
    impact: factsOf(values, 'impact.', ['impact.userMinutes']),
    history: factsOf(values, 'history.'),
    attributes: factsOf(values, 'attributes.'),
  }) as Ticket
}

function factsOf(
  values: Readonly<Record<string, FactValue>>,
  prefix: string,
  derived: readonly string[] = [],
): object {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      name.startsWith(prefix) && !derived.includes(name)
        ? [[name.slice(prefix.length), value]]
        : [],
    ),
  )
}

/** Without what is absent or empty. */
function defined(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined &&
        (typeof value !== 'object' || Object.keys(value as object).length > 0),
    ),
  )
}

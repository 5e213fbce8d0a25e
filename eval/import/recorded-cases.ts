import { z } from 'zod'
import type { FactValue } from '../../src/domain/facts.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { rulingOf, type ExportedReview } from './exported-review.ts'

/** The part of a receipt that a case is made from; the rest of the line is kept as it is. */
export const receiptSchema = z.looseObject({
  decisionId: z.string(),
  ticketId: z.string(),
  redactedText: z.string(),
  now: z.string(),
  facts: z.looseObject({ values: z.record(z.string(), z.unknown()) }),
  signals: z.looseObject({}),
  decision: z.looseObject({ severity: z.string(), disposition: z.string() }),
})

/**
 * Decided reviews as cases: what a person ruled is what is expected. A ticket that several people ruled on differently
 * accepts every severity between theirs, and only the type and team that all of them named.
 */
export function casesOfReviews(reviews: readonly ExportedReview[]): readonly object[] {
  const byTicket = Map.groupBy(reviews, ({ ticket }) => ticket.id)
  return [...byTicket].flatMap(([id, group]) => {
    const rulings = group.flatMap((review) => rulingOf(review) ?? [])
    if (rulings.length === 0) return []
    const [first] = group
    const severities = rulings.map(({ severity }) => severity).toSorted()
    const agreed = (of: 'type' | 'team') => {
      const named = new Set(rulings.map((ruling) => ruling[of]))
      return named.size === 1 ? { [of]: rulings[0]![of] } : {}
    }
    const { ticket, customer } = first!
    return [
      {
        id,
        half: 'open',
        tags: [
          ...new Set(group.flatMap(({ outcome, blind }) => [outcome?.kind, blind && 'blind'])),
        ].filter(Boolean),
        source: 'reviews',
        ticket: {
          ...ticket,
          ...(customer && { customer: { ...(ticket['customer'] as object), id: customer } }),
        },
        expected: {
          severity: [severities[0], severities.at(-1)],
          ...agreed('type'),
          ...agreed('team'),
        },
      },
    ]
  })
}

/** Receipts as cases without labels: a decision that nobody reviewed counts neither as right nor as wrong. */
export function casesOfReceipts(receipts: readonly Receipt[]): readonly object[] {
  const latest = new Map(receipts.map((receipt) => [receipt.ticketId, receipt]))
  return [...latest.values()].map((receipt) => ({
    id: receipt.ticketId,
    half: 'open',
    tags: [receipt.decision.disposition],
    source: 'receipts',
    ticket: ticketOf(receipt),
    expected: {},
  }))
}

/** The ticket as far as its facts and its covered text tell. */
function ticketOf({ ticketId, redactedText, facts: { values }, now }: Receipt): object {
  const { 'customer.renewal': hours, 'ticket.channel': channel } = values
  const renewalAt =
    typeof hours === 'number'
      ? { renewalAt: new Date(Date.parse(now) + hours * 3_600_000).toISOString() }
      : {}
  const customer = { ...factsOf(values, 'customer.', ['customer.renewal']), ...renewalAt }
  return defined({
    id: ticketId,
    channel,
    body: redactedText,
    customer,
    order: factsOf(values, 'order.', ['order.exposure']),
    impact: factsOf(values, 'impact.', ['impact.userMinutes']),
    history: factsOf(values, 'history.'),
    attributes: factsOf(values, 'attributes.'),
  })
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

function defined(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined &&
        (typeof value !== 'object' || Object.keys(value as object).length > 0),
    ),
  )
}

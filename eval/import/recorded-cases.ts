import { z } from 'zod'
import type { Receipt } from '../../src/domain/receipt.ts'
import { recordedTicket } from '../../src/domain/recorded-ticket.ts'
import { rulingOf, sameTicket, type ExportedReview } from './exported-review.ts'

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
 * accepts every severity between theirs, and only the type and team that all of them named. The ticket of another caller
 * and a revision with other content are cases of their own.
 */
export function casesOfReviews(reviews: readonly ExportedReview[]): readonly object[] {
  const ruled = reviews.filter((review) => rulingOf(review) !== null)
  const cases = [...Map.groupBy(ruled, sameTicket).values()].map((group) => {
    const [first] = group
    const rulings = group.flatMap((review) => rulingOf(review) ?? [])
    const severities = rulings.map(({ severity }) => severity).toSorted()
    const agreed = (of: 'type' | 'team') => {
      const named = new Set(rulings.map((ruling) => ruling[of]))
      return named.size === 1 ? { [of]: rulings[0]![of] } : {}
    }
    const { ticket, customer, now, decision } = first!
    return {
      id: ticket.id,
      decisionId: decision.id ?? '',
      half: 'open',
      tags: [
        ...new Set(group.flatMap(({ outcome, blind }) => [outcome?.kind, blind && 'blind'])),
      ].filter(Boolean),
      source: 'reviews',
      ...(now && { now }),
      ticket: {
        ...ticket,
        ...(customer && { customer: { ...(ticket['customer'] as object), id: customer } }),
      },
      expected: {
        severity: [severities[0], severities.at(-1)],
        ...agreed('type'),
        ...agreed('team'),
      },
    }
  })
  return withOwnIds(cases)
}

/**
 * Receipts as cases without labels: a decision that nobody reviewed counts neither as right nor as wrong. Of a ticket that
 * was decided several times the last decision is the case.
 */
export function casesOfReceipts(receipts: readonly Receipt[]): readonly object[] {
  const followed = new Set(receipts.map(({ follows }) => follows))
  const latest = new Map(
    receipts.flatMap((receipt) =>
      followed.has(receipt.decisionId) ? [] : [[receipt.decisionId, receipt] as const],
    ),
  )
  const cases = [...latest.values()].map((receipt) => ({
    id: receipt.ticketId,
    decisionId: receipt.decisionId,
    half: 'open',
    tags: [receipt.decision.disposition],
    source: 'receipts',
    now: receipt.now,
    ticket: recordedTicket(receipt),
    expected: {},
  }))
  return withOwnIds(cases)
}

/** The ticket's id where only one case has it, else with the decision's. */
function withOwnIds(
  cases: readonly { readonly id: string; readonly decisionId: string }[],
): readonly object[] {
  const byId = Map.groupBy(cases, ({ id }) => id)
  return cases.map(({ decisionId, ...each }) => ({
    ...each,
    id: byId.get(each.id)!.length === 1 ? each.id : `${each.id} ${decisionId}`,
  }))
}

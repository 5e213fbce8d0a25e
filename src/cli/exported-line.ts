import { recordedTicket } from '../domain/recorded-ticket.ts'
import { fingerprint } from '../fingerprint.ts'
import type { DecidedReview } from '../store/export-reviews.ts'

/** A decided review as a labelled case. Without `original` the ticket is what its receipt tells, text covered. */
export function exportedLine(review: DecidedReview, original: boolean) {
  const { receipt, outcome, kind, blind, reviewer, proposedBy, decidedAt, caller } = review
  const { severity, type, disposition, route, reasons } = receipt.decision
  return {
    ticket: original && review.original !== null ? review.original : recordedTicket(receipt),
    decision: { id: receipt.decisionId, severity, type, disposition, route },
    // Renewals, ages and calendars are read at this instant.
    now: receipt.now,
    outcome,
    reviewer,
    proposedBy,
    reason: outcome.reason ?? null,
    // What a blind reviewer judged on was the text alone.
    evidenceSeen: blind
      ? []
      : reasons.map(({ rule, evidence }) => ({
          rule,
          spans: evidence.map(({ start, end }) => [start, end]),
        })),
    blind,
    kind,
    decidedAt,
    // Tells customers apart without naming them.
    customer: original ? review.customer : hashed(review.customer),
    // Ticket ids are unique for one caller only.
    caller: hashed(caller),
  }
}

function hashed(id: string): string {
  return fingerprint(id).slice(0, 16)
}

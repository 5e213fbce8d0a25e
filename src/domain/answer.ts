import type { Action, Decision } from './decision.ts'
import { allowedActions } from './decision.ts'
import type { TicketLink } from './earlier-contact.ts'
import type { Level } from './labels.ts'
import type { Receipt } from './receipt.ts'
import type { Signals } from './signal.ts'

/** The answer to `POST /triage`. */
export type Answer = Pick<
  Decision,
  'severity' | 'priority' | 'type' | 'disposition' | 'route' | 'clocks' | 'reasons'
> & {
  readonly decisionId: string
  readonly ticketId: string
  /** How a three-level policy calls the severity. */
  readonly level?: Level
  /** Segments of the policy that the ticket belongs to. */
  readonly segments?: readonly string[]
  readonly revision: number
  readonly follows: string | null
  readonly actions: readonly Action[]
  readonly review?: {
    readonly id: string
    readonly dueAt: string
    readonly url: string
    readonly because: readonly string[]
  }
  readonly signals: Signals
  readonly degraded: readonly string[]
  /** Earlier tickets of the customer that this one belongs with. */
  readonly links?: readonly TicketLink[]
  /** Opinions still to come, with the reason for asking: they may raise this decision by a revision, never lower it. */
  readonly pending?: readonly string[]
  readonly policy: { readonly id: string; readonly version: string; readonly hash: string }
  readonly scorers: readonly {
    readonly name: string
    readonly version: string
    readonly ms: number
  }[]
}

/** What the caller is told about a decision; `reviewId` is there exactly when the ticket is held. */
export function answerOf(receipt: Receipt, reviewId: string | null): Answer {
  const { decision } = receipt
  const review =
    reviewId === null || decision.review === undefined
      ? {}
      : {
          review: {
            id: reviewId,
            dueAt: decision.review.dueAt,
            url: `/reviews/${reviewId}`,
            because: decision.review.because,
          },
        }
  return {
    decisionId: receipt.decisionId,
    ticketId: receipt.ticketId,
    revision: receipt.revision,
    follows: receipt.follows,
    severity: decision.severity,
    ...(decision.level && { level: decision.level }),
    ...(decision.segments && { segments: decision.segments }),
    priority: decision.priority,
    type: decision.type,
    disposition: decision.disposition,
    route: decision.route,
    clocks: decision.clocks,
    actions: allowedActions(decision),
    ...review,
    signals: receipt.signals,
    reasons: decision.reasons,
    degraded: receipt.degraded,
    ...(receipt.links && { links: receipt.links }),
    ...(receipt.secondOpinion?.pending && {
      pending: [`llm: ${receipt.secondOpinion.because.join('; ')}`],
    }),
    policy: receipt.policy,
    scorers: receipt.scorers.map(({ name, version, ms }) => ({ name, version, ms })),
  }
}

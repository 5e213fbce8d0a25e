import { z } from 'zod'
import { SEVERITIES, TYPES, type Severity } from '../../src/domain/labels.ts'
import { fingerprint } from '../../src/fingerprint.ts'

const severity = z.enum(SEVERITIES)

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('approved') }),
  z.object({
    kind: z.literal('overridden'),
    changes: z.object({
      severity: severity.optional(),
      type: z.enum(TYPES).optional(),
      team: z.string().optional(),
    }),
  }),
  z.object({ kind: z.literal('dismissed'), severity }),
])

/**
 * One decided review as the service exports it, one JSON object a line. What an export has besides is left alone. A line
 * without an outcome (nobody has decided, or the ticket changed meanwhile) says nothing about right and wrong.
 */
export const exportedReviewSchema = z.object({
  ticket: z.looseObject({ id: z.string() }),
  decision: z.object({
    id: z.string().nullish(),
    severity,
    type: z.enum(TYPES),
    route: z.object({ team: z.string() }),
  }),
  outcome: outcome.nullish(),
  reviewer: z.string().nullish(),
  reason: z.string().nullish(),
  /** The reviewer decided before seeing what was proposed. */
  blind: z.boolean().nullish(),
  decidedAt: z.string().nullish(),
  customer: z.string().nullish(),
  /** Who sent the ticket: its id is unique for them. */
  caller: z.string().nullish(),
  /** The instant of the decision. */
  now: z.string().nullish(),
})
export type ExportedReview = z.output<typeof exportedReviewSchema>

/** A name for one caller's ticket with this content: reviews that share it are about the same. */
export function sameTicket({ caller, ticket }: ExportedReview): string {
  return fingerprint({ caller: caller ?? null, ticket })
}

/** What the person held to be right; null where nobody decided. */
export function rulingOf({ decision, outcome }: ExportedReview): {
  readonly severity: Severity
  readonly type: string
  readonly team: string
} | null {
  if (outcome === null || outcome === undefined) return null
  const proposed = { severity: decision.severity, type: decision.type, team: decision.route.team }
  switch (outcome.kind) {
    case 'approved':
      return proposed
    case 'dismissed':
      return { ...proposed, severity: outcome.severity }
    case 'overridden': {
      const { severity = proposed.severity, type = proposed.type } = outcome.changes
      return { severity, type, team: outcome.changes.team ?? proposed.team }
    }
  }
}

import { createRoute, z } from '@hono/zod-openapi'
import type { RecordOutcome } from '../domain/receipt.ts'
import type { Ticket } from '../domain/ticket.ts'
import { TriageError } from '../domain/errors.ts'
import { fingerprint } from '../fingerprint.ts'
import type { TriageRequest } from '../triage.ts'
import { answerSchema } from './answer-schema.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, requireRole } from './auth.ts'
import { createInFlight, idempotencyKeyOf } from './idempotency.ts'
import { json, problems } from './openapi.ts'
import { readBody } from './read-body.ts'
import { ticketSchema } from './ticket-schema.ts'

export type TriageEndpointDeps = AuthDeps & {
  readonly triage: (ticket: Ticket, request: TriageRequest) => Promise<RecordOutcome>
  readonly now: () => Date
  readonly maxBodyBytes: number
  /** Tickets in work at once; more are refused with 503 so that the ones inside finish in time. */
  readonly maxInWork: number
}

/** How long a stored answer is repeated for the same key. */
export const IDEMPOTENCY_HOURS = 24

const LONGEST_WAIT_S = 30

const route = createRoute({
  method: 'post',
  tags: ['Triage'],
  path: '/triage',
  summary: 'Decide one ticket',
  description:
    'Scores the ticket, applies the policy, stores the decision and answers with it. Safe to retry: the same Idempotency-Key, or the same ticket id with the same content, gives the same answer with `Idempotency-Replayed: true`. Changed content under the same id makes a linked revision that is never below the decision before it.',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .max(257)
        .optional()
        .openapi({
          description: `IETF Idempotency-Key, quoted or bare; kept ${IDEMPOTENCY_HOURS} hours`,
        }),
      prefer: z
        .string()
        .optional()
        .openapi({
          description: `RFC 7240: \`wait=N\` waits N seconds, ${LONGEST_WAIT_S} at most, for a second opinion instead of getting it as a later revision`,
        }),
    }),
    body: { required: true, content: { 'application/json': { schema: ticketSchema } } },
  },
  responses: {
    200: json('The decision', answerSchema),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
  },
})

export function addTriage(app: App, deps: TriageEndpointDeps): void {
  const once = createInFlight()
  let inWork = 0
  app.openAPIRegistry.registerPath(route)
  app.post('/triage', requireRole(deps, 'platform'), async (c) => {
    if (inWork >= deps.maxInWork)
      throw new TriageError('overloaded', 'Cannot take more tickets now: too many are in work', {
        detail: { retryAfterSeconds: 1 },
      })
    inWork++
    try {
      const key = idempotencyKeyOf(c)
      const ticket = await readBody(c, ticketSchema, { maxBytes: deps.maxBodyBytes })
      const caller = callerOf(c).name
      const waitSeconds = waitOf(c.req.header('prefer'))
      const request = {
        caller,
        idempotency: idempotencyOf(key, ticket, deps.now()),
        ...(waitSeconds !== undefined && { waitMs: waitSeconds * 1_000 }),
      }
      if (waitSeconds !== undefined) c.header('preference-applied', `wait=${waitSeconds}`)
      const running = key === undefined ? `id:${ticket.id}` : `key:${key}`
      const outcome = await once(`${caller}\n${running}`, () => deps.triage(ticket, request))
      if (outcome.kind === 'mismatch')
        throw new TriageError(
          'idempotency_mismatch',
          'Cannot reuse this Idempotency-Key: it belongs to a request with another body',
        )
      if (outcome.kind === 'replayed') c.header('idempotency-replayed', 'true')
      return c.body(answerText(outcome), 200, { 'content-type': 'application/json' })
    } finally {
      inWork--
    }
  })
}

/** Stored answers are sent as the stored bytes, so that a retry gets what the first call got. */
export function answerText(outcome: RecordOutcome): string {
  if (outcome.kind === 'recorded' || outcome.kind === 'replayed') return outcome.answer
  throw new TriageError('conflict', 'Cannot record this ticket: it changed at the same time')
}

/** The `wait` of a Prefer header; undefined when there is none that can be read. */
function waitOf(prefer = ''): number | undefined {
  const [, seconds] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(prefer) ?? []
  return seconds === undefined ? undefined : Math.min(Number(seconds), LONGEST_WAIT_S)
}

function idempotencyOf(
  key: string | undefined,
  ticket: Ticket,
  now: Date,
): TriageRequest['idempotency'] {
  if (key === undefined) return null
  const expiresAt = new Date(now.getTime() + IDEMPOTENCY_HOURS * 3_600_000).toISOString()
  return { key, fingerprint: fingerprint(ticket), expiresAt }
}

import { createRoute, z } from '@hono/zod-openapi'
import { SEVERITIES, TYPES } from '../domain/labels.ts'
import type { TicketEvent } from '../domain/ticket-event.ts'
import { definedOnly } from '../domain/defined-only.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, platformOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { readBody } from './read-body.ts'
import { instant } from './ticket-schema.ts'

export type TicketEventEndpointDeps = AuthDeps & {
  readonly recordTicketEvent: (
    about: { readonly caller: string | null; readonly ticketId: string; readonly actor: string },
    event: TicketEvent,
  ) => Promise<'recorded' | 'replayed'>
  readonly now: () => Date
  readonly maxBodyBytes: number
}

const common = {
  id: z.string().min(1).max(200).openapi({
    description: 'Your own id of the event; sent again it changes nothing',
    example: 'ZD-10291-audit-77',
  }),
  occurredAt: instant
    .optional()
    .openapi({ description: 'When it happened, not in the future; now if absent' }),
}
const plain = (
  type: 'replied' | 'customer_replied' | 'paused' | 'resumed' | 'resolved' | 'reopened',
) => z.strictObject({ ...common, type: z.literal(type) })

const eventSchema = z
  .discriminatedUnion('type', [
    plain('replied'),
    plain('customer_replied'),
    plain('paused'),
    plain('resumed'),
    plain('resolved'),
    plain('reopened'),
    z.strictObject({ ...common, type: z.literal('merged'), into: z.string().min(1).max(200) }),
    z.strictObject({
      ...common,
      type: z.literal('csat'),
      score: z.number().int().min(1).max(5),
      comment: z.string().max(2_000).optional(),
    }),
    z
      .strictObject({
        ...common,
        type: z.literal('outcome'),
        severity: z.enum(SEVERITIES).optional(),
        ticketType: z.enum(TYPES).optional(),
        team: z.string().min(1).max(64).optional(),
        note: z.string().max(2_000).optional(),
      })
      .refine(
        ({ severity, ticketType, team, note }) =>
          [severity, ticketType, team, note].some((member) => member !== undefined),
        'at least one of severity, ticketType, team and note is required',
      ),
  ])
  .openapi('TicketEvent')

const id = z.object({ id: z.string() })

const route = createRoute({
  method: 'post',
  tags: ['Tickets'],
  path: '/tickets/{id}/events',
  summary: 'Tell what happened to a ticket outside',
  description:
    '`replied`: you answered; meets the first response and starts the next update. `paused`: you wait for the customer, nothing runs until `resumed` or `customer_replied`. `resolved` ends the clocks, `reopened` goes on with what was left. `merged`: the ticket goes on as part of `into`, with its opening and its answers; `into` must not be merged itself. `csat` and `outcome` are kept for evals. Idempotent by `id`.',
  request: {
    params: id,
    body: { required: true, content: { 'application/json': { schema: eventSchema } } },
  },
  responses: {
    200: json(
      'It is recorded; `GET /tickets/:id` shows the clocks',
      z.object({ ticketId: z.string(), eventId: z.string(), replayed: z.boolean() }),
    ),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
  },
})

export function addTicketEvents(app: App, deps: TicketEventEndpointDeps): void {
  app.openAPIRegistry.registerPath(route)
  app.post('/tickets/:id/events', requireRole(deps, 'platform', 'lead'), async (c) => {
    const { occurredAt, ...body } = await readBody(c, eventSchema, { maxBytes: deps.maxBodyBytes })
    const ticketId = c.req.param('id')
    const event = {
      ...definedOnly(body),
      occurredAt: new Date(occurredAt ?? deps.now()).toISOString(),
    } as TicketEvent
    const done = await deps.recordTicketEvent(
      { caller: platformOf(c), ticketId, actor: callerOf(c).name },
      event,
    )
    return c.json({ ticketId, eventId: event.id, replayed: done === 'replayed' })
  })
}

import { createRoute, z } from '@hono/zod-openapi'
import type { Drafts, Standing } from '../domain/drafts.ts'
import { TriageError } from '../domain/errors.ts'
import { SEVERITIES, TYPES } from '../domain/labels.ts'
import { CLOCK_KINDS } from '../domain/policy.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, platformOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'

/** A ticket as it stands: the last decision and what a person made of it. */
export type TicketView = Standing & {
  readonly caller: string
  readonly ticketId: string
  /** As sent; null once erased. */
  readonly original: Ticket | null
  readonly [member: string]: unknown
}

/** One thing that happened to a ticket, from the audit. */
export type TicketEvent = {
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly [member: string]: unknown
}

export type TicketDeps = AuthDeps & {
  /** Of one caller, as far as it was told; of any, as it stands, when `caller` is null. */
  readonly readTicket: (
    caller: string | null,
    ticketId: string,
  ) => Promise<
    | {
        readonly ticket: TicketView
        /** What happened to its clocks, in sentences. */
        readonly timeline: readonly { readonly at: string; readonly sentence: string }[]
        readonly history: readonly TicketEvent[]
      }
    | undefined
  >
  /** The policy's messages filled for the ticket as it stands. */
  readonly draftsFor: (ticket: Standing) => Drafts
  readonly eraseCustomer: (
    customerId: string,
    actor: string,
  ) => Promise<{ readonly tickets: number }>
}

const id = z.object({ id: z.string() })

const getRoute = createRoute({
  method: 'get',
  tags: ['Tickets'],
  path: '/tickets/{id}',
  summary: 'A ticket as it stands now, and everything that happened to it',
  description:
    'A platform key sees the tickets it sent, as they stood before a decision that can still be taken back, and of reviews who did what; reviewers, leads and admins see all.',
  request: { params: id },
  responses: {
    200: json(
      'The ticket',
      z.looseObject({
        ticketId: z.string(),
        severity: z.enum(SEVERITIES),
        type: z.enum(TYPES),
        team: z.string(),
        owner: z.string(),
        backup: z.string(),
        standing: z.string(),
        reviewId: z.string().nullable(),
        clocks: z
          .array(
            z.looseObject({
              kind: z.enum(CLOCK_KINDS),
              state: z.enum(['running', 'paused', 'met', 'missed', 'stopped']),
              dueAt: z.iso.datetime(),
              metAt: z.iso.datetime().nullable(),
              pausedAt: z.iso.datetime().nullable(),
              breachedAt: z.iso.datetime().nullable(),
              warned: z.array(z.string()),
            }),
          )
          .openapi({
            description: '`dueAt` of a paused clock is what it would be without the pause',
          }),
        timeline: z
          .array(z.object({ at: z.iso.datetime(), sentence: z.string() }))
          .openapi({ description: 'Why each time is what it is, a sentence for each change' }),
        drafts: z
          .object({
            progress: z.string().optional(),
            resolution: z.string().optional(),
            handOff: z.string().optional(),
          })
          .openapi({ description: 'Texts for a person to send or change; nothing is sent' }),
        history: z.array(
          z.looseObject({ at: z.iso.datetime(), actor: z.string(), action: z.string() }),
        ),
      }),
    ),
    ...problems(401, 403, 404),
  },
})

const eraseRoute = createRoute({
  method: 'delete',
  tags: ['Tickets'],
  path: '/customers/{id}',
  summary: 'Erase what a customer wrote',
  description:
    'The original texts and their salts are gone; receipts keep the redacted text and a hash that no longer leads anywhere, so the audit chain stays valid and decisions still replay.',
  request: { params: id },
  responses: {
    200: json('How many tickets were erased', z.object({ tickets: z.number().int() })),
    ...problems(401, 403),
  },
})

export function addTickets(app: App, deps: TicketDeps): void {
  for (const route of [getRoute, eraseRoute]) app.openAPIRegistry.registerPath(route)

  app.get('/tickets/:id', requireRole(deps, 'platform', 'reviewer', 'lead'), async (c) => {
    const found = await deps.readTicket(platformOf(c), c.req.param('id'))
    if (found === undefined) throw new TriageError('not_found', 'Cannot find this ticket')
    const { ticket, timeline, history } = found
    return c.json({ ...ticket, timeline, history, drafts: deps.draftsFor(ticket) })
  })

  app.delete('/customers/:id', requireRole(deps, 'admin'), async (c) =>
    c.json(await deps.eraseCustomer(c.req.param('id'), callerOf(c).name)),
  )
}

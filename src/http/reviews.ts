import { createRoute, z } from '@hono/zod-openapi'
import { definedOnly } from '../domain/defined-only.ts'
import { TriageError } from '../domain/errors.ts'
import { SEVERITIES, TYPES } from '../domain/labels.ts'
import type { Review, ReviewCommand } from '../domain/review-state.ts'
import { REVIEW_STATES } from '../domain/review-state.ts'
import type { ReviewResult } from '../review.ts'
import { actionSchema } from './answer-schema.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { parseAs, readOptionalBody } from './read-body.ts'

export type ReviewFilter = z.infer<typeof filterSchema>
export type ReviewPage = { readonly reviews: readonly Review[]; readonly next: string | null }

export type ReviewDeps = AuthDeps & {
  readonly listReviews: (filter: ReviewFilter) => Promise<ReviewPage>
  readonly findReview: (id: string) => Promise<Review | undefined>
  readonly reviewTicket: (
    id: string,
    command: ReviewCommand,
    actor: string,
  ) => Promise<ReviewResult>
  readonly maxBodyBytes: number
}

const id = z.object({ id: z.string() })
const reason = z.string().trim().min(1).max(2_000)
const name = z.string().min(1).max(200)

const filterSchema = z.strictObject({
  state: z.enum([...REVIEW_STATES, 'open']).default('open'),
  severity: z.enum(SEVERITIES).optional(),
  team: name.optional(),
  owner: name.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
})

const changesSchema = z
  .strictObject({
    severity: z.enum(SEVERITIES).optional(),
    type: z.enum(TYPES).optional(),
    team: name.optional(),
    owner: name.optional(),
    backup: name.optional(),
    message: z.string().min(1).max(20_000).optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'at least one field to change is required')

const reviewSchema = z
  .looseObject({
    id: z.string(),
    decisionId: z.string(),
    ticketId: z.string(),
    state: z.enum(REVIEW_STATES),
    severity: z.enum(SEVERITIES),
    type: z.enum(TYPES),
    team: z.string(),
    owner: z.string(),
    backup: z.string(),
    dueAt: z.iso.datetime(),
    claimedBy: z.string().nullable(),
    leaseUntil: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    outcome: z.looseObject({ kind: z.string(), actions: z.array(actionSchema) }).nullable(),
  })
  .openapi('Review')

/** Minutes that a claim holds unless the reviewer asks for another time. */
const LEASE_MINUTES = 10

/** The verbs: body schema, and the command it becomes. Each verb is one endpoint. */
const VERBS = {
  claim: verb(
    'Take a held ticket; the claim lapses by itself',
    z.strictObject({ leaseMinutes: z.number().int().min(1).max(120).default(LEASE_MINUTES) }),
    ({ leaseMinutes }) => ({ kind: 'claim', leaseMinutes }),
  ),
  release: verb('Put a claimed ticket back', z.strictObject({}), () => ({ kind: 'release' })),
  approve: verb(
    'Confirm the decision as it is; its actions may now happen',
    z.strictObject({ reason: reason.optional() }),
    ({ reason }) => ({ kind: 'approve', ...(reason !== undefined && { reason }) }),
  ),
  override: verb(
    'Confirm with named fields changed',
    z.strictObject({ changes: changesSchema, reason }),
    ({ changes, reason }) => ({ kind: 'override', changes: definedOnly(changes), reason }),
  ),
  dismiss: verb(
    'Not an escalation: a lower severity and a reason; owner and clocks stay',
    z.strictObject({ severity: z.enum(SEVERITIES), reason }),
    ({ severity, reason }) => ({ kind: 'dismiss', severity, reason }),
  ),
} as const

function verb<T>(summary: string, schema: z.ZodType<T>, command: (body: T) => ReviewCommand) {
  return { summary, schema, command: (body: unknown) => command(parseAs(schema, body)) }
}

const listRoute = createRoute({
  method: 'get',
  tags: ['Reviews'],
  path: '/reviews',
  summary: 'The queue of held tickets, most urgent first',
  request: { query: filterSchema },
  responses: {
    200: json(
      'One page',
      z.object({ reviews: z.array(reviewSchema), next: z.string().nullable() }),
    ),
    ...problems(401, 403, 422),
  },
})

const getRoute = createRoute({
  method: 'get',
  tags: ['Reviews'],
  path: '/reviews/{id}',
  summary: 'One held ticket',
  request: { params: id },
  responses: { 200: json('The review', reviewSchema), ...problems(401, 403, 404) },
})

export function addReviews(app: App, deps: ReviewDeps): void {
  for (const route of [listRoute, getRoute]) app.openAPIRegistry.registerPath(route)

  app.get('/reviews', requireRole(deps, 'reviewer', 'lead'), async (c) => {
    const { reviews, next } = await deps.listReviews(parseAs(filterSchema, c.req.query()))
    return c.json({ reviews: [...reviews], next })
  })

  app.get('/reviews/:id', requireRole(deps, 'reviewer', 'lead', 'platform'), async (c) => {
    const review = await deps.findReview(c.req.param('id'))
    if (review === undefined) throw new TriageError('not_found', 'Cannot find this review')
    return c.json(review)
  })

  for (const [name, { summary, schema, command }] of Object.entries(VERBS)) {
    app.openAPIRegistry.registerPath(
      createRoute({
        method: 'post',
        tags: ['Reviews'],
        path: `/reviews/{id}/${name}`,
        summary,
        request: {
          params: id,
          body: { required: false, content: { 'application/json': { schema } } },
        },
        responses: {
          200: json('Done', reviewSchema),
          ...problems(400, 401, 403, 404, 409, 415, 422),
        },
      }),
    )
    app.post(`/reviews/:id/${name}`, requireRole(deps, 'reviewer'), async (c) => {
      const body = await readOptionalBody(c, z.unknown(), { maxBytes: deps.maxBodyBytes })
      const result = await deps.reviewTicket(c.req.param('id'), command(body), callerOf(c).name)
      if (result.ok) return c.json(result.review)
      throw new TriageError('conflict', result.reason, { detail: { current: result.current } })
    })
  }
}

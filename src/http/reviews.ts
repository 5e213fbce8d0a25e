import { createRoute, z } from '@hono/zod-openapi'
import { definedOnly } from '../domain/defined-only.ts'
import { TriageError } from '../domain/errors.ts'
import { SEVERITIES, TYPES } from '../domain/labels.ts'
import { REVIEW_STATES } from '../domain/review-state.ts'
import type { ReviewQuality } from '../domain/review-quality.ts'
import type { ReviewView } from '../domain/review-view.ts'
import type { ReviewRequest } from '../review.ts'
import { actionSchema } from './answer-schema.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, platformOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { parseAs, readOptionalBody } from './read-body.ts'

export type ReviewFilter = z.infer<typeof filterSchema>
export type ReviewPage = { readonly reviews: readonly ReviewView[]; readonly next: string | null }

/** A lost race carries the current state; `stale`: the person saw another version. */
export type ReviewAnswer =
  | { readonly ok: true; readonly review: ReviewView }
  | {
      readonly ok: false
      readonly reason: string
      readonly stale?: true
      readonly current: ReviewView
    }

export type ReviewDeps = AuthDeps & {
  readonly listReviews: (filter: ReviewFilter) => Promise<ReviewPage>
  /** Of a ticket of one caller, as far as it was told; of any, as it stands, when `caller` is null. */
  readonly findReview: (id: string, caller?: string | null) => Promise<ReviewView | undefined>
  readonly reviewTicket: (
    id: string,
    request: ReviewRequest,
    actor: string,
  ) => Promise<ReviewAnswer>
  readonly reviewQuality: (span: { readonly days: number }) => Promise<ReviewQuality>
  readonly maxBodyBytes: number
}

const id = z.object({ id: z.string() })
const reason = z.string().trim().min(1).max(2_000)
const name = z.string().min(1).max(200)

const filterSchema = z.strictObject({
  state: z.enum([...REVIEW_STATES, 'open', 'decided']).default('open'),
  kind: z.enum(['held', 'sample']).optional(),
  severity: z.enum(SEVERITIES).optional(),
  team: name.optional(),
  owner: name.optional(),
  reviewer: name
    .optional()
    .openapi({ description: 'Who has claimed or decided it: the name of a key' }),
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
    message: z
      .string()
      .max(20_000)
      .refine((text) => text.trim() !== '', 'some text is required')
      .optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'at least one field to change is required')

const reviewSchema = z
  .looseObject({
    id: z.string(),
    decisionId: z.string(),
    ticketId: z.string(),
    state: z.enum(REVIEW_STATES),
    kind: z.enum(['held', 'sample']),
    blind: z.boolean().openapi({ description: 'The suggestion is null until it is decided' }),
    fourEyes: z.boolean(),
    severity: z.enum(SEVERITIES).nullable(),
    type: z.enum(TYPES).nullable(),
    team: z.string().nullable(),
    owner: z.string().nullable(),
    backup: z.string().nullable(),
    dueAt: z.iso.datetime(),
    defaultedAt: z.iso.datetime().nullable(),
    changedAt: z.iso
      .datetime()
      .nullable()
      .openapi({ description: 'The ticket changed while this was open: decide with `version`' }),
    supersededBy: z.string().nullable(),
    undoUntil: z.iso.datetime().nullable(),
    version: z.number().int(),
    order: z.object({
      consequence: z.number(),
      doubt: z.number(),
      minutesLeft: z.number(),
      score: z.number(),
      sentence: z.string(),
    }),
    suggestedReviewer: z
      .object({ id: z.string(), name: z.string(), because: z.string().nullable() })
      .nullable(),
    proposal: z.looseObject({ by: z.string(), at: z.iso.datetime() }).nullable().openapi({
      description: 'Under four eyes: what the first person decided; of a blind review only who did',
    }),
    claimedBy: z.string().nullable(),
    leaseUntil: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    outcome: z.looseObject({ kind: z.string(), actions: z.array(actionSchema) }).nullable(),
  })
  .openapi('Review')

/** Minutes that a claim holds unless the reviewer asks for another time. */
const LEASE_MINUTES = 10

const leaseMinutes = z.number().int().min(1).max(120).default(LEASE_MINUTES)
/** The version that the person saw. Acting on another one is a lost race. */
const version = z.number().int().min(1).optional()

/** The verbs: body schema, and the request it becomes. Each verb is one endpoint. */
const VERBS = {
  claim: verb(
    'Take a ticket; the claim lapses by itself',
    z.strictObject({ leaseMinutes, version }),
    (body) => ({ kind: 'claim', ...definedOnly(body) }),
  ),
  renew: verb('Keep a claim for longer', z.strictObject({ leaseMinutes, version }), (body) => ({
    kind: 'renew',
    ...definedOnly(body),
  })),
  release: verb('Put a claimed ticket back', z.strictObject({ version }), (body) => ({
    kind: 'release',
    ...definedOnly(body),
  })),
  approve: verb(
    'Confirm the decision as it is; its actions may now happen',
    z.strictObject({ reason: reason.optional(), version }),
    (body) => ({ kind: 'approve', ...definedOnly(body) }),
  ),
  override: verb(
    'Confirm with named fields changed',
    z.strictObject({ changes: changesSchema, reason, version }),
    ({ changes, ...body }) => ({
      kind: 'override',
      changes: definedOnly(changes),
      ...definedOnly(body),
    }),
  ),
  dismiss: verb(
    'Not an escalation: a lower severity and a reason; owner and clocks stay',
    z.strictObject({ severity: z.enum(SEVERITIES), reason, version }),
    (body) => ({ kind: 'dismiss', ...definedOnly(body) }),
  ),
  answer: verb(
    'Judge a blind review; the suggestion shows afterwards',
    z.strictObject({
      severity: z.enum(SEVERITIES),
      type: z.enum(TYPES),
      team: name,
      reason: reason.optional(),
      version,
    }),
    (body) => ({ kind: 'answer', ...definedOnly(body) }),
  ),
  undo: verb(
    'Take a decision back while nobody outside has been told',
    z.strictObject({ version }),
    (body) => ({ kind: 'undo', ...definedOnly(body) }),
  ),
} as const

function verb<T>(summary: string, schema: z.ZodType<T>, request: (body: T) => ReviewRequest) {
  return { summary, schema, request: (body: unknown) => request(parseAs(schema, body)) }
}

const listRoute = createRoute({
  method: 'get',
  tags: ['Reviews'],
  path: '/reviews',
  summary: 'The queue, most urgent first; what is decided, newest first',
  description:
    'Open reviews come in the order consequence × doubt × time left; `order.sentence` says how it came about.',
  request: { query: filterSchema },
  responses: {
    200: json(
      'One page',
      z.object({ reviews: z.array(reviewSchema), next: z.string().nullable() }),
    ),
    ...problems(401, 403, 422),
  },
})

const spanSchema = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) })

const automatable = z.object({ share: z.number(), doubt: z.number(), errorBound: z.number() })

const qualityRoute = createRoute({
  method: 'get',
  tags: ['Reviews'],
  path: '/reviews/quality',
  summary: 'How well suggestions and reviewers agree, and how fast people decide',
  description:
    '`errorBound` of a route is the upper 95 % bound of wrong suggestions (Clopper and Pearson); `automatable` what could run without a person at the risk of the policy, P1 left out. A reviewer is flagged for rubber-stamping at odds of a thousand to one.',
  request: { query: spanSchema },
  responses: {
    200: json(
      'Statistics',
      z.looseObject({
        since: z.iso.datetime(),
        decided: z.number().int(),
        defaulted: z.number().int(),
        routes: z.array(z.looseObject({ route: z.string(), errorBound: z.number(), automatable })),
        reviewers: z.array(z.looseObject({ reviewer: z.string(), agreement: z.number() })),
      }),
    ),
    ...problems(401, 403, 422),
  },
})

const getRoute = createRoute({
  method: 'get',
  tags: ['Reviews'],
  path: '/reviews/{id}',
  summary: 'One held ticket',
  description:
    'A platform key sees the reviews of tickets it sent; until a decision can no longer be taken back, the review as it was before.',
  request: { params: id },
  responses: { 200: json('The review', reviewSchema), ...problems(401, 403, 404) },
})

export function addReviews(app: App, deps: ReviewDeps): void {
  for (const route of [listRoute, qualityRoute, getRoute]) app.openAPIRegistry.registerPath(route)

  app.get('/reviews', requireRole(deps, 'reviewer', 'lead'), async (c) => {
    const { reviews, next } = await deps.listReviews(parseAs(filterSchema, c.req.query()))
    return c.json({ reviews: [...reviews], next })
  })

  app.get('/reviews/quality', requireRole(deps, 'reviewer', 'lead'), async (c) =>
    c.json(await deps.reviewQuality(parseAs(spanSchema, c.req.query()))),
  )

  app.get('/reviews/:id', requireRole(deps, 'reviewer', 'lead', 'platform'), async (c) => {
    const review = await deps.findReview(c.req.param('id'), platformOf(c))
    if (review === undefined) throw new TriageError('not_found', 'Cannot find this review')
    return c.json(review)
  })

  for (const [name, { summary, schema, request }] of Object.entries(VERBS)) {
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
      const result = await deps.reviewTicket(c.req.param('id'), request(body), callerOf(c).name)
      if (result.ok) return c.json(result.review)
      const { reason, stale, current } = result
      throw new TriageError('conflict', reason, { detail: { ...(stale && { stale }), current } })
    })
  }
}

import { OpenAPIHono } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { DeskDeps } from '../desk/desk.ts'
import { addDesk } from '../desk/desk.ts'
import { addBatch } from './batch.ts'
import type { DecisionDeps } from './decisions.ts'
import { addDecisions } from './decisions.ts'
import type { DocsDeps } from './docs.ts'
import { addDocs } from './docs.ts'
import type { HealthDeps } from './health.ts'
import { addHealth } from './health.ts'
import type { PolicyDeps } from './policy.ts'
import { addPolicy } from './policy.ts'
import { problemOf, problemResponse, requestIdOf } from './problem.ts'
import type { ReviewDeps } from './reviews.ts'
import { addReviews } from './reviews.ts'
import type { SpikeDeps } from './spikes.ts'
import { addSpikes } from './spikes.ts'
import type { TicketDeps } from './tickets.ts'
import { addTickets } from './tickets.ts'
import type { TicketEventEndpointDeps } from './ticket-events.ts'
import { addTicketEvents } from './ticket-events.ts'
import type { TriageEndpointDeps } from './triage.ts'
import { addTriage } from './triage.ts'
import type { WebhookDeps } from './webhooks.ts'
import { addWebhooks } from './webhooks.ts'

export type Variables = { requestId: string }
export type App = OpenAPIHono<{ Variables: Variables }>

/** One finished request: never a path with ids, a query or a body. */
export type RequestLog = {
  readonly requestId: string
  readonly method: string
  /** The route's pattern, so that ids stay out of logs and label sets stay small. */
  readonly route: string
  readonly status: number
  readonly ms: number
}

export type AppDeps = TriageEndpointDeps &
  DecisionDeps &
  TicketDeps &
  TicketEventEndpointDeps &
  ReviewDeps &
  SpikeDeps &
  WebhookDeps &
  PolicyDeps &
  HealthDeps &
  DeskDeps &
  DocsDeps & {
    readonly newId: () => string
    readonly elapsedMs: () => number
    readonly onRequest: (entry: RequestLog) => void
    /** An error that no code names; the message may be logged, never sent. */
    readonly onUnexpected: (error: unknown, requestId: string) => void
  }

/** The whole HTTP surface. The same app runs on Node and in workerd; only the dependencies differ. */
export function createApp(deps: AppDeps): App {
  const app: App = new OpenAPIHono()

  app.use(requestContext(deps))
  // A page that says what it needs keeps its own.
  app.use(secureHeaders({ overwrite: false }))
  app.use(closedByDefault)
  app.onError((error, c) => {
    const problem = problemOf(error, requestIdOf(c))
    if (problem.status === 500) deps.onUnexpected(error, requestIdOf(c))
    return problemResponse(problem)
  })
  app.notFound((c) =>
    problemResponse({
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      detail: 'No such resource; /docs lists them',
      instance: requestIdOf(c),
    }),
  )

  addTriage(app, deps)
  addBatch(app, deps)
  addTickets(app, deps)
  addTicketEvents(app, deps)
  addDecisions(app, deps)
  addReviews(app, deps)
  addSpikes(app, deps)
  addWebhooks(app, deps)
  addPolicy(app, deps)
  addHealth(app, deps)
  addDocs(app, deps)
  addDesk(app, deps)
  return app
}

/** No answer may load or run anything, unless its page says what it needs. */
const closedByDefault = createMiddleware(async (c, next) => {
  await next()
  if (!c.res.headers.has('content-security-policy'))
    c.res.headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
})

function requestContext(deps: AppDeps) {
  return createMiddleware<{ Variables: Variables }>(async (c, next) => {
    const start = deps.elapsedMs()
    const requestId = deps.newId()
    c.set('requestId', requestId)
    c.header('x-request-id', requestId)
    await next()
    const ms = deps.elapsedMs() - start
    c.res.headers.set('x-request-id', requestId)
    c.res.headers.set('server-timing', `app;dur=${ms.toFixed(2)}`)
    deps.onRequest({
      requestId,
      method: c.req.method,
      route: c.req.routePath,
      status: c.res.status,
      ms,
    })
  })
}

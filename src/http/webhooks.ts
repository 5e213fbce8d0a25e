import { createRoute, z } from '@hono/zod-openapi'
import { TriageError } from '../domain/errors.ts'
import { EVENTS } from '../domain/events.ts'
import type { EndpointKind, Webhook } from '../domain/webhook.ts'
import { ENDPOINT_KINDS } from '../domain/webhook.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { readBody } from './read-body.ts'

export type WebhookDeps = AuthDeps & {
  readonly listWebhooks: () => Promise<readonly Webhook[]>
  /** The secret is shown once, here. Rejects an address that nothing may be sent to. */
  readonly registerWebhook: (
    hook: { kind: EndpointKind; url: string; events: readonly string[] },
    actor: string,
  ) => Promise<Webhook & { readonly secret?: string }>
  /** The new secret; the old one goes on signing for a day. Undefined when there is no such webhook. */
  readonly rotateWebhook: (id: string, actor: string) => Promise<string | undefined>
  readonly enableWebhook: (id: string, actor: string) => Promise<boolean>
  readonly deleteWebhook: (id: string, actor: string) => Promise<boolean>
  readonly maxBodyBytes: number
}

const webhookSchema = z
  .object({
    id: z.string(),
    kind: z.enum(ENDPOINT_KINDS),
    url: z.url(),
    events: z.array(z.string()),
    enabled: z.boolean(),
    disabledBecause: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Webhook')

const registration = z.strictObject({
  kind: z.enum(ENDPOINT_KINDS).default('webhook').openapi({
    description: '`webhook`: signed JSON; `slack`: messages to an incoming webhook of Slack',
  }),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .refine(hasNoCredentials, 'an address without user name and password is required'),
  events: z.array(z.enum(EVENTS)).min(1).openapi({ description: 'Which events are sent' }),
})

const listRoute = createRoute({
  method: 'get',
  tags: ['Webhooks'],
  path: '/webhooks',
  summary: 'Registered endpoints',
  responses: {
    200: json('The endpoints', z.object({ webhooks: z.array(webhookSchema) })),
    ...problems(401, 403),
  },
})

const registerRoute = createRoute({
  method: 'post',
  tags: ['Webhooks'],
  path: '/webhooks',
  summary: 'Register an endpoint for signed events',
  description:
    'The answer holds the signing secret (Standard Webhooks, `whsec_…`), once. Events come at least once, with the same `webhook-id` on every try, and `data.sequence` counts them per ticket.',
  request: { body: { required: true, content: { 'application/json': { schema: registration } } } },
  responses: {
    201: json('Registered', webhookSchema.extend({ secret: z.string().optional() })),
    ...problems(400, 401, 403, 415, 422),
  },
})

const rotateRoute = createRoute({
  method: 'post',
  tags: ['Webhooks'],
  path: '/webhooks/{id}/rotate',
  summary: 'A new signing secret; the old one goes on signing beside it for a day',
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: json('The secret, once', z.object({ secret: z.string() })),
    ...problems(401, 403, 404),
  },
})

const enableRoute = createRoute({
  method: 'post',
  tags: ['Webhooks'],
  path: '/webhooks/{id}/enable',
  summary: 'Send again to an endpoint that was disabled because it answered 410',
  request: { params: z.object({ id: z.string() }) },
  responses: { 204: { description: 'Enabled' }, ...problems(401, 403, 404) },
})

const deleteRoute = createRoute({
  method: 'delete',
  tags: ['Webhooks'],
  path: '/webhooks/{id}',
  summary: 'Stop sending to an endpoint',
  request: { params: z.object({ id: z.string() }) },
  responses: { 204: { description: 'Gone' }, ...problems(401, 403, 404) },
})

export function addWebhooks(app: App, deps: WebhookDeps): void {
  for (const route of [listRoute, registerRoute, rotateRoute, enableRoute, deleteRoute])
    app.openAPIRegistry.registerPath(route)

  app.get('/webhooks', requireRole(deps, 'admin'), async (c) =>
    c.json({ webhooks: [...(await deps.listWebhooks())] }),
  )

  app.post('/webhooks', requireRole(deps, 'admin'), async (c) => {
    const hook = await readBody(c, registration, { maxBytes: deps.maxBodyBytes })
    return c.json(await deps.registerWebhook(hook, callerOf(c).name), 201)
  })

  app.post('/webhooks/:id/rotate', requireRole(deps, 'admin'), async (c) => {
    const secret = await deps.rotateWebhook(c.req.param('id'), callerOf(c).name)
    if (secret === undefined) throw new TriageError('not_found', 'Cannot find this webhook')
    return c.json({ secret })
  })

  app.post('/webhooks/:id/enable', requireRole(deps, 'admin'), async (c) => {
    if (!(await deps.enableWebhook(c.req.param('id'), callerOf(c).name)))
      throw new TriageError('not_found', 'Cannot find this webhook')
    return c.body(null, 204)
  })

  app.delete('/webhooks/:id', requireRole(deps, 'admin'), async (c) => {
    if (!(await deps.deleteWebhook(c.req.param('id'), callerOf(c).name)))
      throw new TriageError('not_found', 'Cannot find this webhook')
    return c.body(null, 204)
  })
}

/** Credentials in an address end up in logs; the signature is how a receiver knows us. */
function hasNoCredentials(address: string): boolean {
  const { username, password } = new URL(address)
  return username === '' && password === ''
}

import { createRoute, z } from '@hono/zod-openapi'
import { TriageError } from '../domain/errors.ts'
import { EVENTS } from '../domain/events.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { readBody } from './read-body.ts'

export type Webhook = {
  readonly id: string
  readonly url: string
  readonly events: readonly string[]
  readonly enabled: boolean
  readonly createdAt: string
}

export type WebhookDeps = AuthDeps & {
  readonly listWebhooks: () => Promise<readonly Webhook[]>
  /** The secret is shown once, here. */
  readonly registerWebhook: (
    hook: { url: string; events: readonly string[] },
    actor: string,
  ) => Promise<Webhook & { readonly secret: string }>
  readonly deleteWebhook: (id: string, actor: string) => Promise<boolean>
  readonly maxBodyBytes: number
}

const webhookSchema = z
  .object({
    id: z.string(),
    url: z.url(),
    events: z.array(z.string()),
    enabled: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Webhook')

const registration = z.strictObject({
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
  description: 'The answer holds the signing secret (Standard Webhooks, `whsec_…`), once.',
  request: { body: { required: true, content: { 'application/json': { schema: registration } } } },
  responses: {
    201: json('Registered', webhookSchema.extend({ secret: z.string() })),
    ...problems(400, 401, 403, 415, 422),
  },
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
  for (const route of [listRoute, registerRoute, deleteRoute])
    app.openAPIRegistry.registerPath(route)

  app.get('/webhooks', requireRole(deps, 'admin'), async (c) =>
    c.json({ webhooks: [...(await deps.listWebhooks())] }),
  )

  app.post('/webhooks', requireRole(deps, 'admin'), async (c) => {
    const hook = await readBody(c, registration, { maxBytes: deps.maxBodyBytes })
    return c.json(await deps.registerWebhook(hook, callerOf(c).name), 201)
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

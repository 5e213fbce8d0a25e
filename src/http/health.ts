import { createRoute, z } from '@hono/zod-openapi'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'

/** One thing that must be well before traffic may come. `detail` is for operators and names no secrets. */
export type Check = { readonly name: string; readonly ok: boolean; readonly detail: string }

export type HealthDeps = AuthDeps & {
  readonly readiness: () => Promise<readonly Check[]>
  /** Prometheus text; undefined where no metrics are kept. */
  readonly metrics: (() => Promise<string>) | undefined
}

const checks = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
})

const healthz = createRoute({
  method: 'get',
  tags: ['Operations'],
  path: '/healthz',
  summary: 'Is the process alive',
  responses: { 200: json('Alive', z.object({ ok: z.literal(true) })) },
})

const readyz = createRoute({
  method: 'get',
  tags: ['Operations'],
  path: '/readyz',
  summary: 'May traffic come: store, migrations, model, disk',
  responses: { 200: json('Ready', checks), 503: json('Not ready', checks) },
})

const metrics = createRoute({
  method: 'get',
  tags: ['Operations'],
  path: '/metrics',
  summary: 'Prometheus metrics',
  responses: {
    200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } },
    ...problems(401, 403, 404),
  },
})

export function addHealth(app: App, deps: HealthDeps): void {
  for (const route of [healthz, readyz, metrics]) app.openAPIRegistry.registerPath(route)
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const found = await deps.readiness()
    const ready = found.every((check) => check.ok)
    return c.json({ ready, checks: [...found] }, ready ? 200 : 503)
  })
  const render = deps.metrics
  if (render !== undefined)
    app.get('/metrics', requireRole(deps, 'platform', 'lead', 'reviewer'), async (c) =>
      c.text(await render(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
    )
}

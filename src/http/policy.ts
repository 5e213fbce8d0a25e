import { createRoute, z } from '@hono/zod-openapi'
import type { Policy } from '../domain/policy.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { requireRole } from './auth.ts'
import { problems } from './openapi.ts'

export type PolicyDeps = AuthDeps & {
  /** The policy that decides now, and the text it was parsed from. */
  readonly currentPolicy: () => { readonly policy: Policy; readonly source: string }
}

const route = createRoute({
  method: 'get',
  tags: ['Policy'],
  path: '/policy',
  summary: 'The escalation SOP that decides now',
  description:
    'YAML as written, or the parsed form with `Accept: application/json`. The ETag is the policy’s hash.',
  responses: {
    200: {
      description: 'The policy',
      content: {
        'application/yaml': { schema: z.string() },
        'application/json': {
          schema: z.looseObject({ id: z.string(), version: z.string(), hash: z.string() }),
        },
      },
    },
    ...problems(401, 403),
  },
})

export function addPolicy(app: App, deps: PolicyDeps): void {
  app.openAPIRegistry.registerPath(route)
  app.get('/policy', requireRole(deps, 'platform', 'reviewer', 'lead'), (c) => {
    const { policy, source } = deps.currentPolicy()
    c.header('etag', `"${policy.hash}"`)
    c.header('vary', 'accept')
    return (c.req.header('accept') ?? '').includes('application/json')
      ? c.json(policy)
      : c.body(source, 200, { 'content-type': 'application/yaml; charset=utf-8' })
  })
}

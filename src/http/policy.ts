import { createRoute, z } from '@hono/zod-openapi'
import type { Policy } from '../domain/policy.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { readText, requireMediaType } from './read-body.ts'

export type PolicyDeps = AuthDeps & {
  /** The policy that decides now, and the text it was parsed from. */
  readonly currentPolicy: () => { readonly policy: Policy; readonly source: string }
  /** Every problem of a policy text, or every finding of one without problems. */
  readonly checkPolicy: (source: string) => Promise<PolicyCheck>
  readonly maxBodyBytes: number
}

export type PolicyCheck = {
  readonly problems: readonly object[]
  readonly findings: readonly { readonly level: 'error' | 'warning' }[]
}

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml']

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

const witnessSchema = z.looseObject({ kind: z.enum(['ticket', 'minute', 'text']) }).openapi({
  description: 'An example that shows it: the facts of a ticket, a minute, or a sentence',
})

const checkRoute = createRoute({
  method: 'post',
  tags: ['Policy'],
  path: '/policy/check',
  summary: 'Search a policy for what no support lead wants',
  description:
    'The body is the YAML of a policy. `problems` are what keeps it from being read; `findings` are gaps, overlaps, dead rules, impossible times and uncovered hours of one that can be, each with an example. Errors block start and publishing.',
  request: { body: { content: { 'application/yaml': { schema: z.string() } } } },
  responses: {
    200: json(
      'What was found',
      z.object({
        ok: z.boolean().openapi({ description: 'No problem and no finding of level error' }),
        problems: z.array(
          z.looseObject({
            line: z.number().int(),
            column: z.number().int(),
            path: z.string(),
            message: z.string(),
          }),
        ),
        findings: z.array(
          z.looseObject({
            code: z.string(),
            level: z.enum(['error', 'warning']),
            line: z.number().int(),
            column: z.number().int(),
            path: z.string(),
            message: z.string(),
            mend: z.string(),
            witness: witnessSchema,
          }),
        ),
      }),
    ),
    ...problems(401, 403, 413, 415),
  },
})

export function addPolicy(app: App, deps: PolicyDeps): void {
  app.openAPIRegistry.registerPath(route)
  app.openAPIRegistry.registerPath(checkRoute)
  app.post('/policy/check', requireRole(deps, 'lead'), async (c) => {
    requireMediaType(c, ...YAML_TYPES)
    const { problems: broken, findings } = await deps.checkPolicy(
      await readText(c.req.raw, deps.maxBodyBytes),
    )
    const ok = broken.length === 0 && findings.every(({ level }) => level !== 'error')
    return c.json({ ok, problems: broken, findings })
  })
  app.get('/policy', requireRole(deps, 'platform', 'reviewer', 'lead'), (c) => {
    const { policy, source } = deps.currentPolicy()
    c.header('etag', `"${policy.hash}"`)
    c.header('vary', 'accept')
    return (c.req.header('accept') ?? '').includes('application/json')
      ? c.json(policy)
      : c.body(source, 200, { 'content-type': 'application/yaml; charset=utf-8' })
  })
}

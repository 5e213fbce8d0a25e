import { createRoute, z } from '@hono/zod-openapi'
import { TriageError } from '../domain/errors.ts'
import type { Policy } from '../domain/policy.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, platformOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { parseAs, readBody, readText, requireMediaType } from './read-body.ts'

export type PolicyDeps = AuthDeps & {
  /** The policy that decides now, and the text it was parsed from. */
  readonly currentPolicy: () => { readonly policy: Policy; readonly source: string }
  /** Every problem of a policy text, or every finding of one without problems. */
  readonly checkPolicy: (source: string) => Promise<PolicyCheck>
  /** The picture, with the way of a ticket if one is named; undefined when there is no such ticket. */
  readonly drawPolicy: (
    format: 'svg' | 'mermaid',
    caller: string | null,
    ticketId: string | undefined,
  ) => Promise<string | undefined>
  readonly backtestPolicy: (source: string, limit: number) => Promise<object>
  readonly publishPolicy: (
    source: string,
    by: { readonly actor: string; readonly reason: string },
  ) => Promise<object>
  readonly policyVersions: () => Promise<readonly object[]>
  /** The hash that is in force then. */
  readonly rollBackPolicy: (
    hash: string | undefined,
    by: { readonly actor: string; readonly reason: string },
  ) => Promise<string>
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

const diagramRoute = createRoute({
  method: 'get',
  tags: ['Policy'],
  path: '/policy/diagram',
  summary: 'The procedure as a picture',
  description:
    'An SVG without outside parts, or Mermaid text with `Accept: text/vnd.mermaid`. With `ticket`, the way that this ticket’s decision took is highlighted.',
  request: { query: z.object({ ticket: z.string().optional() }) },
  responses: {
    200: {
      description: 'The picture',
      content: {
        'image/svg+xml': { schema: z.string() },
        'text/vnd.mermaid': { schema: z.string() },
      },
    },
    ...problems(401, 403, 404),
  },
})

const moves = z.record(z.string(), z.number().int())
const backtestSchema = z
  .looseObject({
    tickets: z.number().int(),
    moved: z.number().int(),
    raised: z.number().int(),
    lowered: z.number().int(),
    severities: moves,
    teams: moves,
    owners: moves,
    refusals: z.array(z.string()),
  })
  .openapi('Backtest', {
    description:
      'Stored tickets decided again: who moves between severities, teams and owners, how many are held, and the limits of the new policy that it breaks',
  })

const backtestRoute = createRoute({
  method: 'post',
  tags: ['Policy'],
  path: '/policy/backtest',
  summary: 'What a policy would have made of the stored tickets',
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100_000).default(2_000).openapi({
        description: 'The newest so many tickets',
      }),
    }),
    body: { content: { 'application/yaml': { schema: z.string() } } },
  },
  responses: {
    200: json('The comparison', backtestSchema),
    ...problems(401, 403, 413, 415, 422),
  },
})

const publishBody = z.strictObject({
  source: z.string().openapi({ description: 'The YAML of the policy' }),
  reason: z.string().min(1),
})
const publishRoute = createRoute({
  method: 'post',
  tags: ['Policy'],
  path: '/policy/publish',
  summary: 'Put a policy in force',
  description:
    'Errors of the check refuse it (422), and so do the limits that its backtest breaks (409). A service with POLICY=published decides with it within seconds.',
  request: { body: { content: { 'application/json': { schema: publishBody } } } },
  responses: {
    200: json(
      'In force',
      z.looseObject({ hash: z.string(), changed: z.boolean(), backtest: backtestSchema }),
    ),
    ...problems(400, 401, 403, 409, 413, 415, 422),
  },
})

const versionsRoute = createRoute({
  method: 'get',
  tags: ['Policy'],
  path: '/policy/versions',
  summary: 'What was put in force, by whom and why',
  responses: {
    200: json(
      'The newest first',
      z.object({
        versions: z.array(
          z.looseObject({
            hash: z.string(),
            kind: z.enum(['published', 'rolled_back']),
            actor: z.string(),
            reason: z.string(),
            at: z.iso.datetime(),
          }),
        ),
      }),
    ),
    ...problems(401, 403),
  },
})

const rollbackBody = z.strictObject({ hash: z.string().optional(), reason: z.string().min(1) })
const rollbackRoute = createRoute({
  method: 'post',
  tags: ['Policy'],
  path: '/policy/rollback',
  summary: 'Put an earlier version in force again',
  description: 'Without `hash`: the version before the present one.',
  request: { body: { content: { 'application/json': { schema: rollbackBody } } } },
  responses: {
    200: json('In force', z.object({ hash: z.string() })),
    ...problems(400, 401, 403, 404, 409, 415, 422),
  },
})

export function addPolicy(app: App, deps: PolicyDeps): void {
  app.openAPIRegistry.registerPath(route)
  for (const added of [
    checkRoute,
    diagramRoute,
    backtestRoute,
    publishRoute,
    versionsRoute,
    rollbackRoute,
  ])
    app.openAPIRegistry.registerPath(added)
  app.get('/policy/diagram', requireRole(deps, 'platform', 'reviewer', 'lead'), async (c) => {
    const format = (c.req.header('accept') ?? '').includes('mermaid') ? 'mermaid' : 'svg'
    const picture = await deps.drawPolicy(format, platformOf(c), c.req.query('ticket'))
    if (picture === undefined) throw new TriageError('not_found', 'Cannot find this ticket')
    // The picture carries its own style and nothing else.
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    const type = format === 'svg' ? 'image/svg+xml' : 'text/vnd.mermaid'
    return c.body(picture, 200, { 'content-type': `${type}; charset=utf-8` })
  })
  app.post('/policy/backtest', requireRole(deps, 'lead'), async (c) => {
    requireMediaType(c, ...YAML_TYPES)
    const { limit } = parseAs(backtestRoute.request.query, c.req.query())
    return c.json(await deps.backtestPolicy(await readText(c.req.raw, deps.maxBodyBytes), limit))
  })
  app.post('/policy/publish', requireRole(deps, 'lead'), async (c) => {
    const { source, reason } = await readBody(c, publishBody, { maxBytes: deps.maxBodyBytes })
    return c.json(await deps.publishPolicy(source, { actor: callerOf(c).name, reason }))
  })
  app.get('/policy/versions', requireRole(deps, 'reviewer', 'lead'), async (c) =>
    c.json({ versions: await deps.policyVersions() }),
  )
  app.post('/policy/rollback', requireRole(deps, 'lead'), async (c) => {
    const { hash, reason } = await readBody(c, rollbackBody, { maxBytes: deps.maxBodyBytes })
    return c.json({ hash: await deps.rollBackPolicy(hash, { actor: callerOf(c).name, reason }) })
  })
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

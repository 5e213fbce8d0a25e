import { createRoute, z } from '@hono/zod-openapi'
import { TriageError } from '../domain/errors.ts'
import type { Incident, IncidentCommand } from '../domain/incident.ts'
import { INCIDENT_STATES } from '../domain/incident.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { callerOf, platformOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { parseAs, readOptionalBody } from './read-body.ts'

export type IncidentMemberView = {
  readonly ticketId: string
  readonly region: string | null
  /** Decided before the incident was there. */
  readonly earlier: boolean
  readonly joinedAt: string
  readonly severity: string
  readonly team: string
  readonly owner: string
}

export type IncidentFilter = z.infer<typeof filterSchema>

export type SpikeDeps = AuthDeps & {
  readonly listIncidents: (filter: IncidentFilter) => Promise<readonly Incident[]>
  readonly findIncident: (id: string) => Promise<Incident | undefined>
  readonly incidentMembers: (id: string, limit: number) => Promise<readonly IncidentMemberView[]>
  /** Undefined when there is none; refused with the current state after a lost race. */
  readonly actOnIncident: (
    id: string,
    command: IncidentCommand,
    actor: string,
  ) => Promise<
    | { readonly ok: true; readonly incident: Incident }
    | { readonly ok: false; readonly reason: string; readonly current: Incident }
    | undefined
  >
  readonly maxBodyBytes: number
}

const MEMBERS = 100
const id = z.object({ id: z.string() })
const reason = z.string().trim().min(1).max(2_000)

const filterSchema = z.strictObject({
  state: z.enum([...INCIDENT_STATES, 'open', 'all']).default('open'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

const incidentSchema = z
  .looseObject({
    id: z.string(),
    state: z.enum(INCIDENT_STATES),
    key: z.string().openapi({ description: 'What is said, with its kind: `term:no signal`' }),
    keys: z.array(z.string()),
    openedAt: z.iso.datetime(),
    customers: z.number().openapi({ description: 'Distinct customers in the window now' }),
    peakCustomers: z.number(),
    expected: z.number().openapi({ description: 'Usual at this hour of the week' }),
    ratio: z.number(),
    peakRatio: z.number(),
    members: z.number(),
    timeline: z.array(
      z.object({ at: z.iso.datetime(), customers: z.number(), expected: z.number() }),
    ),
    pagedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    closedAt: z.iso.datetime().nullable(),
    summary: z
      .object({
        minutes: z.number(),
        tickets: z.number(),
        customers: z.number(),
        peakCustomers: z.number(),
        peakRatio: z.number(),
        regions: z.record(z.string(), z.number()),
        examples: z.array(z.string()).openapi({ description: 'Redacted' }),
      })
      .nullable(),
    notice: z.string().nullable().openapi({ description: 'Draft; nothing sends it' }),
  })
  .openapi('Incident')

const memberSchema = z.object({
  ticketId: z.string(),
  region: z.string().nullable(),
  earlier: z.boolean(),
  joinedAt: z.iso.datetime(),
  severity: z.string(),
  team: z.string(),
  owner: z.string(),
})

const VERBS = {
  confirm: {
    summary: 'It is an incident',
    schema: z.strictObject({ reason: reason.optional() }),
  },
  reject: {
    summary: 'It is none: its keys stay quiet until twice as many customers say it',
    schema: z.strictObject({ reason }),
  },
  close: {
    summary: 'It is over: summed up, its keys rest for the cooldown',
    schema: z.strictObject({ reason: reason.optional() }),
  },
} as const

const listRoute = createRoute({
  method: 'get',
  tags: ['Spikes'],
  path: '/spikes',
  summary: 'What many customers report now',
  description:
    'For a platform key without the words of customers (`summary.examples`), the notice, and who decided why.',
  request: { query: filterSchema },
  responses: {
    200: json('Incidents, newest first', z.object({ spikes: z.array(incidentSchema) })),
    ...problems(401, 403, 422),
  },
})

const getRoute = createRoute({
  method: 'get',
  tags: ['Spikes'],
  path: '/spikes/{id}',
  summary: 'One incident with its newest tickets',
  request: { params: id },
  responses: {
    200: json('The incident', incidentSchema.extend({ tickets: z.array(memberSchema) })),
    ...problems(401, 403, 404),
  },
})

export function addSpikes(app: App, deps: SpikeDeps): void {
  for (const route of [listRoute, getRoute]) app.openAPIRegistry.registerPath(route)

  app.get('/spikes', requireRole(deps, 'reviewer', 'lead', 'platform'), async (c) => {
    const spikes = await deps.listIncidents(parseAs(filterSchema, c.req.query()))
    return c.json({ spikes: platformOf(c) === null ? spikes : spikes.map(withoutWords) })
  })

  app.get('/spikes/:id', requireRole(deps, 'reviewer', 'lead'), async (c) => {
    const incident = await deps.findIncident(c.req.param('id'))
    if (incident === undefined) throw unknownIncident()
    return c.json({ ...incident, tickets: await deps.incidentMembers(incident.id, MEMBERS) })
  })

  for (const [kind, { summary, schema }] of Object.entries(VERBS)) {
    app.openAPIRegistry.registerPath(
      createRoute({
        method: 'post',
        tags: ['Spikes'],
        path: `/spikes/{id}/${kind}`,
        summary,
        request: {
          params: id,
          body: { required: false, content: { 'application/json': { schema } } },
        },
        responses: {
          200: json('Done', incidentSchema),
          ...problems(400, 401, 403, 404, 409, 415, 422),
        },
      }),
    )
    app.post(`/spikes/:id/${kind}`, requireRole(deps, 'reviewer', 'lead'), async (c) => {
      const body = await readOptionalBody(c, schema, { maxBytes: deps.maxBodyBytes })
      const command = { kind, ...body } as IncidentCommand
      const result = await deps.actOnIncident(c.req.param('id'), command, callerOf(c).name)
      if (result === undefined) throw unknownIncident()
      if (result.ok) return c.json(result.incident)
      throw new TriageError('conflict', result.reason, { detail: { current: result.current } })
    })
  }
}

/** A platform sees what is said and by how many, not what customers of other platforms wrote or people decided. */
function withoutWords(incident: Incident): Incident {
  const { summary } = incident
  return {
    ...incident,
    reason: null,
    decidedBy: null,
    closedBy: null,
    notice: null,
    summary: summary && { ...summary, examples: [] },
  }
}

const unknownIncident = () => new TriageError('not_found', 'Cannot find this incident')

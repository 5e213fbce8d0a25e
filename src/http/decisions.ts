import { createRoute, z } from '@hono/zod-openapi'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { TriageError } from '../domain/errors.ts'
import type { Receipt } from '../domain/receipt.ts'
import { explain } from '../explain.ts'
import { replay } from '../replay.ts'
import { reasonSchema, signalsSchema } from './answer-schema.ts'
import type { App } from './app.ts'
import type { AuthDeps } from './auth.ts'
import { platformOf, requireRole } from './auth.ts'
import { json, problems } from './openapi.ts'
import { readOptionalBody } from './read-body.ts'

export type DecisionDeps = AuthDeps & {
  /** Of one caller, or of any when `caller` is null. */
  readonly findReceipt: (decisionId: string, caller?: string | null) => Promise<Receipt | undefined>
  /** A policy that has decided here before, by hash. */
  readonly findPolicy: (hash: string) => Promise<CompiledPolicy | undefined>
  readonly maxBodyBytes: number
}

const id = z.object({ id: z.string() })

const receiptSchema = z
  .looseObject({
    decisionId: z.string(),
    ticketId: z.string(),
    revision: z.number().int(),
    follows: z.string().nullable(),
    redactedText: z.string(),
    signals: signalsSchema,
    decision: z.looseObject({ reasons: z.array(reasonSchema) }),
    policy: z.object({ id: z.string(), version: z.string(), hash: z.string() }),
    now: z.iso.datetime(),
    clockStart: z.iso.datetime(),
  })
  .openapi('Receipt', { description: 'Everything the decision was made from' })

const failedComparison = z.looseObject({
  fact: z.string(),
  value: z.unknown(),
  asked: z.string(),
  margin: z.number().optional().openapi({ description: 'How far a number was from its bound' }),
})

const explanationSchema = z
  .object({
    nearMisses: z.array(
      z.looseObject({
        rule: z.string(),
        kind: z.enum(['trigger', 'route']),
        would: z.looseObject({}),
        failed: z.array(failedComparison),
      }),
    ),
    whatIf: z.array(
      z.looseObject({
        fact: z.string(),
        sentence: z.string(),
        severity: z.string(),
        team: z.string(),
      }),
    ),
  })
  .openapi('Explanation', {
    description:
      'Rules that nearly decided, with the comparison that failed and its margin; and for each fact the smallest change of it alone that gives another severity or team. Worked out on reading, under the policy of the decision',
  })

const getRoute = createRoute({
  method: 'get',
  tags: ['Decisions'],
  path: '/decisions/{id}',
  summary:
    'The receipt of a decision, with its reasons, why not otherwise, and what would change it',
  request: { params: id },
  responses: {
    200: json('The receipt', receiptSchema.extend({ explanation: explanationSchema.optional() })),
    ...problems(401, 403, 404),
  },
})

const replayBody = z.strictObject({ policyHash: z.string().optional() })

const replayRoute = createRoute({
  method: 'post',
  tags: ['Decisions'],
  path: '/decisions/{id}/replay',
  summary: 'Decide again on the stored facts',
  description:
    'Without a body the decision is made again under its own policy: `identical` is true and the bytes are equal. With `policyHash`, `differences` shows what another version would have decided.',
  request: {
    params: id,
    body: { required: false, content: { 'application/json': { schema: replayBody } } },
  },
  responses: {
    200: json(
      'The decision made again',
      z.looseObject({
        identical: z.boolean(),
        policy: z.object({ id: z.string(), version: z.string(), hash: z.string() }),
        differences: z.array(z.object({ pointer: z.string(), was: z.unknown(), is: z.unknown() })),
      }),
    ),
    ...problems(400, 401, 403, 404, 415, 422),
  },
})

export function addDecisions(app: App, deps: DecisionDeps): void {
  for (const route of [getRoute, replayRoute]) app.openAPIRegistry.registerPath(route)

  app.get('/decisions/:id', requireRole(deps, 'platform', 'reviewer', 'lead'), async (c) => {
    const receipt = await requireReceipt(deps, c.req.param('id'), platformOf(c))
    const compiled = await deps.findPolicy(receipt.policy.hash)
    return c.json(
      compiled === undefined ? receipt : { ...receipt, explanation: explain(receipt, compiled) },
    )
  })

  app.post(
    '/decisions/:id/replay',
    requireRole(deps, 'platform', 'reviewer', 'lead'),
    async (c) => {
      const { policyHash } = await readOptionalBody(c, replayBody, { maxBytes: deps.maxBodyBytes })
      const receipt = await requireReceipt(deps, c.req.param('id'), platformOf(c))
      const compiled = await deps.findPolicy(policyHash ?? receipt.policy.hash)
      if (compiled === undefined)
        throw new TriageError('not_found', 'Cannot find a policy with this hash')
      return c.json(replay(receipt, compiled))
    },
  )
}

async function requireReceipt(
  deps: DecisionDeps,
  decisionId: string,
  caller: string | null,
): Promise<Receipt> {
  const receipt = await deps.findReceipt(decisionId, caller)
  if (receipt === undefined) throw new TriageError('not_found', 'Cannot find this decision')
  return receipt
}

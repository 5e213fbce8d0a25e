import { z } from '@hono/zod-openapi'
import {
  EMOTIONS,
  INTENTS,
  LEVELS,
  PRIORITIES,
  SEVERITIES,
  TRIGGER_KINDS,
  TYPES,
} from '../domain/labels.ts'
import { CLOCK_KINDS, TRIGGER_CATEGORIES } from '../domain/policy.ts'

const band = z
  .enum(['high', 'medium', 'low'])
  .openapi({ description: 'The error rate of each band is in the model card' })
const confidence = z.number().min(0).max(1)
const unscored = z
  .object({ unscored: z.string() })
  .openapi('Unscored', { description: 'Why this could not be scored' })
const offset = z
  .number()
  .int()
  .min(0)
  .openapi({ description: 'UTF-16 units of the text as sent (subject, newline, body)' })

export const personSchema = z.object({ id: z.string(), name: z.string() }).openapi('Person')

export const signalsSchema = z
  .object({
    sentiment: z.union([
      z.object({ value: z.number().int().min(-2).max(2), label: z.string(), confidence, band }),
      unscored,
    ]),
    emotions: z.union([z.array(z.object({ label: z.enum(EMOTIONS), confidence, band })), unscored]),
    intent: z.union([
      z.object({
        label: z.enum(INTENTS),
        confidence,
        band,
        alternatives: z.array(z.object({ label: z.enum(INTENTS), confidence })),
      }),
      unscored,
    ]),
    urgency: z.union([
      z.object({ value: z.number().int().min(0).max(3), confidence, band }),
      unscored,
    ]),
    priority: z.union([
      z.object({
        label: z.enum(PRIORITIES),
        confidence,
        band,
        alternatives: z.array(z.object({ label: z.enum(PRIORITIES), confidence })).optional(),
      }),
      unscored,
    ]),
    language: z.union([z.object({ code: z.string(), confidence }), unscored]),
    triggers: z.array(
      z.object({
        kind: z.enum(TRIGGER_KINDS),
        quote: z.string(),
        start: offset,
        end: offset,
        source: z.enum(['phrase', 'model', 'llm']),
        phrase: z.string().optional(),
      }),
    ),
    spikes: z.array(
      z.object({
        key: z.string(),
        customers: z.number(),
        expected: z.number(),
        ratio: z.number(),
        windowMinutes: z.number(),
        probability: z.number().optional(),
        region: z.string().optional(),
        incident: z.string().optional(),
      }),
    ),
  })
  .openapi('Signals')

const evidence = z.object({
  start: offset,
  end: offset,
  quote: z.string(),
  source: z.enum(['phrase', 'model', 'llm']),
})

export const reasonSchema = z
  .object({
    rule: z.string(),
    kind: z.enum(['trigger', 'route', 'review', 'owner', 'default']),
    sentence: z.string(),
    category: z.enum(TRIGGER_CATEGORIES).optional(),
    raise: z.enum(SEVERITIES).optional(),
    floor: z.boolean().optional(),
    evidence: z.array(evidence),
    compared: z.array(
      z.object({
        fact: z.string(),
        value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
        asked: z.string(),
      }),
    ),
  })
  .openapi('Reason')

const external = z
  .boolean()
  .openapi({ description: 'Leaves the house: the customer or the platform sees it' })

export const actionSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('set_priority'),
      external,
      priority: z.enum(PRIORITIES),
      severity: z.enum(SEVERITIES),
    }),
    z.object({
      kind: z.literal('assign'),
      external,
      team: z.string(),
      owner: z.string(),
      backup: z.string(),
    }),
    z.object({ kind: z.literal('add_tags'), external, tags: z.array(z.string()) }),
    z.object({
      kind: z.literal('notify'),
      external,
      people: z.array(z.string()),
      because: z.string(),
    }),
    z.object({ kind: z.literal('draft_reply'), external, body: z.string() }),
  ])
  .openapi('Action')

export const answerSchema = z
  .object({
    decisionId: z.string(),
    ticketId: z.string(),
    revision: z.number().int().min(1),
    follows: z.string().nullable().openapi({ description: 'The decision that this one revises' }),
    severity: z.enum(SEVERITIES),
    level: z.enum(LEVELS).optional().openapi({
      description: 'How a three-level policy calls the severity',
    }),
    segments: z.array(z.string()).optional().openapi({
      description: 'Segments of the policy that the ticket belongs to',
    }),
    priority: z.enum(PRIORITIES),
    type: z.enum(TYPES),
    disposition: z
      .enum(['auto', 'review'])
      .openapi({ description: '`review`: held for a person, nothing may happen yet' }),
    route: z.object({
      id: z.string(),
      team: z.string(),
      tier: z.number().int(),
      owner: personSchema,
      backup: personSchema,
      decisionMaker: personSchema.optional().openapi({
        description: 'Who may decide what the ticket asks for',
      }),
      lastResort: z.literal(true).optional().openapi({
        description: 'Nobody of the team could take it in time',
      }),
    }),
    clocks: z.array(
      z.object({
        kind: z.enum(CLOCK_KINDS),
        dueAt: z.iso.datetime(),
        target: z.string(),
        calendar: z.string(),
        metAt: z.iso.datetime().optional(),
        pausedAt: z.iso.datetime().optional(),
      }),
    ),
    actions: z.array(actionSchema).openapi({
      description: 'What the platform may do now; empty while a person has not decided',
    }),
    review: z
      .object({
        id: z.string(),
        dueAt: z.iso.datetime(),
        url: z.string(),
        because: z.array(z.string()),
      })
      .optional(),
    signals: signalsSchema,
    reasons: z.array(reasonSchema),
    degraded: z
      .array(z.string())
      .openapi({ description: 'Scorers that did not run; empty when all did' }),
    links: z
      .array(
        z.object({
          kind: z.enum(['resend', 'repeat']),
          ticketId: z.string(),
          at: z.iso.datetime(),
        }),
      )
      .optional()
      .openapi({
        description:
          'Earlier tickets of this customer: `resend`, the same words within minutes; `repeat`, about the same within a week',
      }),
    pending: z.array(z.string()).optional().openapi({
      description:
        'Second opinions that have not come yet, with the reason for asking. A later revision may raise this decision, never lower it',
    }),
    policy: z.object({ id: z.string(), version: z.string(), hash: z.string() }),
    scorers: z.array(z.object({ name: z.string(), version: z.string(), ms: z.number() })),
  })
  .openapi('Decision')

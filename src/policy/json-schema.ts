import { z } from 'zod'
import { DECIDED_FACTS, FACTS, type FactDefinition } from '../domain/facts.ts'
import { policySchema } from './schema.ts'

type Json = Record<string, unknown>

/** JSON Schema of a policy file, for editors: completion of fields and facts, and their descriptions on hovering. */
export function policyJsonSchema(): Json {
  const schema = z.toJSONSchema(policySchema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => {
      if (!isCondition(zodSchema)) return
      const { description } = jsonSchema
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Json)[key]
      Object.assign(jsonSchema, { description, $ref: '#/$defs/condition' })
    },
  }) as Json
  return {
    ...schema,
    title: 'Escalation procedure of Triage',
    $defs: { condition: condition(), matchers: matchers() },
  }
}

/** True for the `when` of a rule, which has a reader of its own and is described here by hand. */
export function isCondition(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.['condition'] === true
}

function condition(): Json {
  const facts = Object.entries({ ...FACTS, ...DECIDED_FACTS }).map(([name, fact]) => [
    name,
    {
      description: describeFact(fact),
      anyOf: [...plainValues(fact), { $ref: '#/$defs/matchers' }],
    },
  ])
  const several = { type: 'array', items: { $ref: '#/$defs/condition' } }
  return {
    type: 'object',
    properties: {
      all: { description: 'Every one of these', ...several },
      any: { description: 'At least one of these', ...several },
      not: { description: 'The opposite of this', $ref: '#/$defs/condition' },
      ...Object.fromEntries(facts),
    },
    patternProperties: {
      '^attributes\\.': { description: 'A fact that `attributes:` declares' },
    },
    additionalProperties: false,
  }
}

function describeFact({ doc, type, fromModel }: FactDefinition): string {
  return `${doc} (${type.replace('_', ' ')}${fromModel ? ', from a model: not for floor triggers' : ''})`
}

function plainValues({ type, values }: FactDefinition): readonly Json[] {
  switch (type) {
    case 'number':
    case 'hours_until':
      return [{ type: 'number' }]
    case 'boolean':
      return [{ type: 'boolean' }]
    case 'string':
    case 'list': {
      const one = values === undefined ? { type: 'string' } : { enum: [...values] }
      return [one, { type: 'array', items: one }]
    }
  }
}

/** What may stand for a value: `{ gte: 5 }`. */
export const MATCHERS: Readonly<Record<string, { readonly doc: string; readonly schema: Json }>> = {
  lt: { doc: 'Less than', schema: { type: 'number' } },
  lte: { doc: 'At most', schema: { type: 'number' } },
  gt: { doc: 'More than', schema: { type: 'number' } },
  gte: { doc: 'At least', schema: { type: 'number' } },
  between: {
    doc: 'From the first to the second, both included',
    schema: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
  },
  within: {
    doc: 'Ahead and not further away than this: "48h", "7 days"',
    schema: { type: 'string' },
  },
  includes: {
    doc: 'The list holds at least one of these',
    schema: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  },
  missing: { doc: 'True: the fact is not known', schema: { type: 'boolean' } },
}

function matchers(): Json {
  const properties = Object.entries(MATCHERS).map(([name, { doc, schema }]) => [
    name,
    { description: doc, ...schema },
  ])
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    minProperties: 1,
  }
}

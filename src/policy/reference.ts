import { z } from 'zod'
import { DECIDED_FACTS, FACTS, type FactDefinition } from '../domain/facts.ts'
import { isCondition, MATCHERS } from './json-schema.ts'
import { policySchema } from './schema.ts'

/** The reference of the policy language as Markdown: every section, field, fact and matcher of the schema. */
export function policyReference(): string {
  const sections = Object.entries(policySchema.shape).flatMap(([name, schema]) => [
    `## \`${name}\``,
    '',
    describe(schema) ?? '',
    '',
    ...fieldTable(schema, []),
  ])
  return [
    '# The policy language',
    '',
    'Generated from the schema by `npm run generate:policy`; a test keeps it current. Sections that are not marked as optional are required.',
    '',
    ...sections,
    ...conditionReference(),
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
}

type Field = { readonly path: string; readonly schema: z.core.$ZodType }

function fieldTable(schema: z.core.$ZodType, path: readonly string[]): readonly string[] {
  const fields = fieldsOf(schema, path)
  if (fields.length === 0) return [`Takes ${kindOf(schema)}${presence(schema)}.`, '']
  const rows = fields.map(
    (field) =>
      `| \`${field.path}\` | ${kindOf(field.schema)} | ${whenAbsent(field.schema)} | ${describe(field.schema) ?? ''} |`,
  )
  return ['| field | takes | if absent | |', '| --- | --- | --- | --- |', ...rows, '']
}

/** Every field below a schema, with the names of maps as `NAME` and the entries of lists as `[]`. */
export function fieldsOf(schema: z.core.$ZodType, path: readonly string[]): readonly Field[] {
  const plain = unwrap(schema)
  if (plain instanceof z.ZodObject)
    return Object.entries(plain.shape).flatMap(([name, field]) => [
      { path: [...path, name].join('.'), schema: field },
      ...fieldsOf(field, [...path, name]),
    ])
  if (plain instanceof z.ZodArray) return fieldsOf(plain.element, [...path, '[]'])
  if (plain instanceof z.ZodRecord) return fieldsOf(plain.valueType, [...path, 'NAME'])
  if (plain instanceof z.ZodUnion) {
    const object = plain.options.find((option) => option instanceof z.ZodObject)
    return object === undefined ? [] : fieldsOf(object, path)
  }
  return []
}

export function describe(schema: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(schema)?.description
  if (own !== undefined) return own
  const inner = innerOf(schema)
  return inner === undefined ? undefined : describe(inner)
}

function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return schema.def.innerType
  return schema instanceof z.ZodPipe ? schema.def.in : undefined
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = innerOf(schema)
  return inner === undefined ? schema : unwrap(inner)
}

function kindOf(schema: z.core.$ZodType): string {
  const plain = unwrap(schema)
  if (isCondition(plain)) return 'a condition'
  if (plain instanceof z.ZodEnum) return plain.options.map((value) => `\`${value}\``).join(', ')
  if (plain instanceof z.ZodLiteral)
    return [...plain.values].map((value) => `\`${String(value)}\``).join(', ')
  if (plain instanceof z.ZodArray) return `a list: ${kindOf(plain.element)}`
  if (plain instanceof z.ZodRecord) return `a map: ${kindOf(plain.valueType)}`
  if (plain instanceof z.ZodObject) return 'a map of fields'
  if (plain instanceof z.ZodUnion) return [...new Set(plain.options.map(kindOf))].join(' or ')
  if (plain instanceof z.ZodBoolean) return 'true or false'
  if (plain instanceof z.ZodNumber) return 'a number'
  if (plain instanceof z.ZodString) return 'text'
  return 'anything'
}

function whenAbsent(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodDefault) return `\`${JSON.stringify(schema.def.defaultValue)}\``
  if (schema instanceof z.ZodPrefault) return 'its defaults'
  return schema instanceof z.ZodOptional ? 'left out' : 'required'
}

function presence(schema: z.core.$ZodType): string {
  return whenAbsent(schema) === 'required' ? '' : `; optional (${whenAbsent(schema)})`
}

function conditionReference(): readonly string[] {
  const row = ([name, fact]: [string, FactDefinition]) =>
    `| \`${name}\` | ${fact.type.replace('_', ' ')} | ${fact.doc}${fact.values === undefined ? '' : `: ${fact.values.map((value) => `\`${value}\``).join(', ')}`}${fact.fromModel ? ' (a model’s opinion)' : ''} |`
  return [
    '## Conditions',
    '',
    '`when` maps facts to what they must be; all of them must hold. `all`, `any` and `not` combine conditions. A value stands for itself, a list for any of its values, and a matcher for a range. A missing fact makes its condition false; `missing: true` asks for it. Facts that are a model’s opinion are not for triggers with `floor: true`.',
    '',
    '| matcher | holds when |',
    '| --- | --- |',
    ...Object.entries(MATCHERS).map(([name, { doc }]) => `| \`${name}\` | ${doc} |`),
    '',
    '| fact | kind | |',
    '| --- | --- | --- |',
    ...Object.entries(FACTS).map(row),
    '',
    'Routes and review rules may also read what was decided:',
    '',
    '| fact | kind | |',
    '| --- | --- | --- |',
    ...Object.entries(DECIDED_FACTS).map(row),
    '',
  ]
}

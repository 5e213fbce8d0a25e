import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { FACTS } from '../../src/domain/facts.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { diagramOf } from '../../src/policy/diagram/graph.ts'
import { toSvg } from '../../src/policy/diagram/svg.ts'
import { policyJsonSchema } from '../../src/policy/json-schema.ts'
import { describe, fieldsOf, policyReference } from '../../src/policy/reference.ts'
import { policySchema } from '../../src/policy/schema.ts'
import { shippedPolicy } from '../support/shipped-policy.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
/** Tables may be aligned by the formatter. */
const plain = (markdown: string) =>
  markdown
    .replace(/-{3,}/g, '---')
    .replace(/\s+/g, ' ')
    .replace(/\\([_*])/g, '$1')
    .trim()

test('every section and field of the language is described', () => {
  const fields = fieldsOf(policySchema, [])
  expect(fields.length).toBeGreaterThan(100)
  const silent = fields.filter(({ schema }) => !describe(schema)).map(({ path }) => path)
  expect(silent).toEqual([])
})

test('the JSON Schema for editors is current: npm run generate:policy', () => {
  expect(JSON.parse(read('policies/policy.schema.json'))).toEqual(
    JSON.parse(JSON.stringify(policyJsonSchema())),
  )
})

test('the reference is current: npm run generate:policy', () => {
  expect(plain(read('docs/policy-reference.md'))).toBe(plain(policyReference()))
})

test('the picture of the shipped procedure is current: npm run generate:policy', () => {
  expect(read('docs/procedure.svg')).toBe(toSvg(diagramOf(compilePolicy(shippedPolicy()))))
})

test('editors complete sections, fields and facts, and find the schema from the shipped policy', () => {
  const schema = policyJsonSchema() as {
    required: readonly string[]
    properties: Record<string, unknown>
    $defs: { condition: { properties: Record<string, { anyOf?: unknown }> } }
  }
  const saas = read('policies/saas.yaml')
  expect(saas).toMatch(/^# yaml-language-server: \$schema=\.\/policy\.schema\.json$/m)
  for (const section of Object.keys(parse(saas) as object))
    expect(Object.keys(schema.properties), section).toContain(section)
  expect(Object.keys(schema.$defs.condition.properties)).toEqual(
    expect.arrayContaining(['all', 'any', 'not', ...Object.keys(FACTS), 'severity']),
  )
  expect(JSON.stringify(schema.$defs.condition.properties['sla.breached'])).toContain('resolution')
  expect(schema.required).toContain('last_resort')
})

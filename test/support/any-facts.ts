import * as fc from 'fast-check'
import { FACTS, type FactDefinition, type Facts, type FactValue } from '../../src/domain/facts.ts'
import type { Policy } from '../../src/domain/policy.ts'

type Values = Facts['values']

export const MODEL_FACTS: readonly string[] = Object.keys(FACTS).filter(
  (name) => FACTS[name]?.fromModel,
)

/** Any values of the service's facts and of the policy's attributes; each may be missing. */
export function anyValues(
  policy: Pick<Policy, 'attributes'>,
  only: (name: string) => boolean = () => true,
): fc.Arbitrary<Values> {
  const attributes = Object.entries(policy.attributes).map(
    ([name, definition]) => [`attributes.${name}`, definition] as const,
  )
  const names = [...Object.entries(FACTS), ...attributes].filter(([name]) => only(name))
  const record = Object.fromEntries(
    names.map(([name, definition]) => [name, anyValue(name, definition)]),
  )
  return fc.record(record, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Values>
}

export function isModelFact(name: string): boolean {
  return MODEL_FACTS.includes(name)
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  'customer.tier': ['smb', 'business', 'enterprise', 'Strategic'],
  'scoring.degraded': ['local: timed out'],
  language: ['en', 'de'],
}
/** Around the thresholds that policies like to use. */
const NUMBERS = [0, 1, 2, 3, 5, 30, 39, 40, 70, 100, 499, 500, 600, 6000, 50_000, 200_000, 500_000]

function anyValue(name: string, definition: FactDefinition): fc.Arbitrary<FactValue> {
  const words = definition.values ?? WORDS[name] ?? ['one', 'two']
  switch (definition.type) {
    case 'string':
      return fc.constantFrom(...words)
    case 'list':
      return fc.subarray([...words])
    case 'boolean':
      return fc.boolean()
    case 'hours_until':
      return fc.integer({ min: -100, max: 3000 })
    case 'number': {
      const { min = -100, max = 1_000_000 } = definition
      const fitting = NUMBERS.filter((number) => number >= min && number <= max)
      return max <= 3
        ? fc.integer({ min, max })
        : fc.oneof(fc.constantFrom(...fitting), fc.integer({ min, max }))
    }
  }
}

import { z } from 'zod'
import { didYouMean } from './did-you-mean.ts'
import type { Path, Report } from './problem.ts'
import { showPath, showValue } from './problem.ts'
import { policySchema, type PartialPolicy } from './schema.ts'

type Data = Readonly<Record<string, unknown>>

/** The entries of a file that have the right shape. */
export type Shape = {
  readonly policy: PartialPolicy
  /** Reports at the place in the file, also when entries before it were left out. */
  readonly report: Report
}

/**
 * Checks the shape. A wrong entry is reported and left out, so that the rest can still be checked and all problems
 * come at once.
 */
export function checkShape(value: Data, report: Report): Shape {
  const parsed = policySchema.safeParse(value, { reportInput: true })
  if (parsed.success) return { policy: parsed.data, report }
  for (const issue of parsed.error.issues) reportIssue(issue, report)
  const { kept, placeOf } = withoutFaulty(value, parsed.error.issues)
  const rest = policySchema.partial().safeParse(kept)
  return {
    policy: rest.success ? rest.data : {},
    report: (path, message, at) => report(placeOf(path), message, at),
  }
}

function reportIssue(issue: z.core.$ZodIssue, report: Report): void {
  const path = issue.path as Path
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        const known = fieldsAt(path)
        const way = didYouMean(key, known) || `; known are ${known.join(', ')}`
        report([...path, key], `Cannot read field "${key}": unknown${way}`, 'key')
      }
      return
    case 'invalid_key':
      report(path, `Cannot read name "${path.at(-1)}": ${issue.issues[0]?.message}`, 'key')
      return
    case 'invalid_value': {
      const values = issue.values.map(String)
      const near = typeof issue.input === 'string' ? didYouMean(issue.input, values) : ''
      report(path, required(path, `one of ${values.join(', ')}`, issue.input) + near)
      return
    }
    case 'invalid_type':
      report(path, required(path, NAMES[issue.expected] ?? issue.expected, issue.input))
      return
    case 'invalid_union': {
      // The branch that took the value's shape says more than the union.
      const deeper = issue.errors.find((errors) =>
        errors.some((error) => error.code !== 'invalid_type'),
      )
      const error = deeper?.find((one) => one.code === 'custom')
      const text = error?.message ?? issue.message
      report(
        [...path, ...((error?.path ?? []) as Path)],
        `Cannot read ${showPath(path)}: ${text}, got ${showValue(issue.input)}`,
      )
      return
    }
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
      report(path, `Cannot read ${showPath(path)}: ${issue.message}, got ${showValue(issue.input)}`)
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text (in quotes when it looks like a number)',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
}

function required(path: Path, what: string, input: unknown): string {
  return `Cannot read ${showPath(path) || 'the policy'}: ${what} required, got ${showValue(input)}`
}

/** The field names that the schema knows at a place. */
function fieldsAt(path: Path): readonly string[] {
  let schema: z.core.$ZodType = policySchema
  for (const step of path) schema = inner(schema, step)
  const object = unwrap(schema)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function inner(schema: z.core.$ZodType, step: string | number): z.core.$ZodType {
  const plain = unwrap(schema)
  if (plain instanceof z.ZodObject) return plain.shape[String(step)] ?? plain
  if (plain instanceof z.ZodArray) return plain.element
  if (plain instanceof z.ZodRecord) return plain.valueType
  return plain
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return unwrap(schema.def.innerType)
  if (schema instanceof z.ZodUnion)
    return schema.options.find((option) => option instanceof z.ZodObject) ?? schema
  return schema
}

type Kept = {
  readonly kept: Data
  /** A path in what was kept as the path in the file. */
  readonly placeOf: (path: Path) => Path
}

/** The data without the entries that have an issue; a section of fixed fields goes whole. */
function withoutFaulty(value: Data, issues: readonly z.core.$ZodIssue[]): Kept {
  const kept: Record<string, unknown> = { ...value }
  const places = new Map<string, readonly number[]>()
  for (const issue of issues.filter((one) => one.path.length === 0))
    for (const key of issue.code === 'unrecognized_keys' ? issue.keys : []) delete kept[key]
  for (const [section, faulty] of faultyEntries(issues)) {
    const data = kept[section]
    if (faulty.has(WHOLE) || data === null || typeof data !== 'object') delete kept[section]
    else if (Array.isArray(data)) {
      const left = data.map((_, index) => index).filter((index) => !faulty.has(String(index)))
      places.set(section, left)
      kept[section] = left.map((index) => data[index])
    } else
      kept[section] = Object.fromEntries(Object.entries(data).filter(([key]) => !faulty.has(key)))
  }
  const placeOf = (path: Path): Path => {
    const [section, index, ...rest] = path
    const place = typeof index === 'number' ? places.get(String(section))?.[index] : undefined
    return place === undefined ? path : [section!, place, ...rest]
  }
  return { kept, placeOf }
}

const WHOLE = '*'

/** Section → names or positions of the entries with an issue. */
function faultyEntries(
  issues: readonly z.core.$ZodIssue[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const faulty = new Map<string, Set<string>>()
  for (const { path } of issues) {
    if (path.length === 0) continue
    const section = String(path[0])
    const entry = path.length < 2 || FIXED_SECTIONS.has(section) ? WHOLE : String(path[1])
    faulty.set(section, (faulty.get(section) ?? new Set()).add(entry))
  }
  return faulty
}

const FIXED_SECTIONS: ReadonlySet<string> = new Set([
  'severities',
  'otherwise',
  'last_resort',
  'review',
  'spikes',
  'retention',
  'sla',
  'messages',
])

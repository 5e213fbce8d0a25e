import { TriageError } from '../../src/domain/errors.ts'
import type { ImportedRow } from './imported-case.ts'

const TICKET_FIELDS = [
  'id',
  'text',
  'subject',
  'body',
  'channel',
  'tier',
  'customer',
  'source',
] as const
const NUMBERS = new Set(['sentiment', 'urgency'])
const LISTS = new Set(['emotions'])
const LABELS = [
  'intent',
  'sentiment',
  'emotions',
  'urgency',
  'priority',
  'language',
  'severity',
  'type',
  'team',
  'disposition',
]

/** Which column holds what: `body=message`, `intent=category`. */
export type ColumnMap = Readonly<Record<string, string>>

/** `body=message,intent=category` as a map. @throws TriageError for a field that does not exist. */
export function parseColumnMap(text: string): ColumnMap {
  const entries = text.split(',').map((part) => part.split('=').map((each) => each.trim()))
  for (const [field, column] of entries)
    if (column === undefined || ![...TICKET_FIELDS, ...LABELS].includes(field ?? ''))
      throw new TriageError(
        'configuration',
        `Cannot map "${field}": field=column is required, with a field of ${[...TICKET_FIELDS, ...LABELS].join(', ')}`,
      )
  return Object.fromEntries(entries) as ColumnMap
}

/** @throws TriageError for a mapped column that no record has: its labels would be missing without a word. */
export function checkColumns(
  map: ColumnMap,
  records: readonly Readonly<Record<string, unknown>>[],
  file: string,
): void {
  const columns = new Set(records.flatMap((record) => Object.keys(record)))
  for (const [field, column] of Object.entries(map))
    if (!columns.has(column))
      throw new TriageError(
        'configuration',
        `Cannot map ${field}=${column}: the columns of ${file} are ${[...columns].join(', ')}`,
      )
}

/** One record of a CSV or JSONL file as a row; without a map the columns have the names of the fields. */
export function mapRow(
  record: Readonly<Record<string, unknown>>,
  map: ColumnMap,
  place: number,
): ImportedRow {
  const read = (field: string): unknown => record[map[field] ?? field]
  const ticket = Object.fromEntries(
    TICKET_FIELDS.flatMap((field) => (isGiven(read(field)) ? [[field, String(read(field))]] : [])),
  )
  const expected = Object.fromEntries(
    LABELS.flatMap((field) => (isGiven(read(field)) ? [[field, labelOf(field, read(field))]] : [])),
  )
  return { id: `row-${place + 1}`, ...ticket, expected }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function labelOf(field: string, value: unknown): unknown {
  if (NUMBERS.has(field)) return Number(value)
  if (LISTS.has(field) && typeof value === 'string')
    return value.split(/[;|]/).map((each) => each.trim())
  return value
}

import { TYPE_OF_INTENT, type Intent, type Priority } from '../../src/domain/labels.ts'

/** What a data set says about one message, in the words of the label guide; anything may be missing. */
export type ImportedRow = {
  readonly id: string
  readonly text?: string
  readonly subject?: string
  readonly body?: string
  readonly channel?: string
  readonly tier?: string
  readonly customer?: string
  readonly source?: string
  readonly expected: Readonly<Record<string, unknown>>
}

/** P1 is critical, P2 and P3 are high, P4 is low; a P3 for a low one is no error of the kind that hurts. */
const SEVERITY_OF_PRIORITY: Readonly<Record<Priority, string | readonly [string, string]>> = {
  critical: 'P1',
  high: ['P2', 'P3'],
  low: ['P3', 'P4'],
}
const CHANNELS: Readonly<Record<string, string>> = {
  form: 'web',
  app: 'web',
  tweet: 'social',
  review: 'web',
  call: 'phone',
}
const KNOWN = new Set(['email', 'web', 'chat', 'phone', 'social', 'api', 'other'])

/** A row as a case line. Imported cases are all open: nobody sealed them. */
export function importedCase(row: ImportedRow): object {
  const { intent, priority } = row.expected as { intent?: Intent; priority?: Priority }
  const channel = CHANNELS[row.channel ?? ''] ?? row.channel
  const { subject, body } = row
  return {
    id: row.id,
    half: 'open',
    tags: [],
    ...(row.source !== undefined && { source: row.source }),
    ticket: {
      id: row.id,
      ...(channel !== undefined && { channel: KNOWN.has(channel) ? channel : 'other' }),
      ...(subject ? { subject } : {}),
      ...(body ? { body } : subject ? {} : { body: row.text ?? '' }),
      ...((row.customer ?? row.tier) !== undefined && {
        customer: {
          ...(row.customer && { id: row.customer }),
          ...(row.tier && { tier: row.tier }),
        },
      }),
    },
    expected: {
      ...(priority && { severity: SEVERITY_OF_PRIORITY[priority] }),
      ...(intent && { type: TYPE_OF_INTENT[intent] }),
      ...row.expected,
    },
  }
}

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { TriageError } from '../../src/domain/errors.ts'
import { INTENTS, PRIORITIES } from '../../src/domain/labels.ts'
import { POLARITIES } from '../suite/eval-case.ts'
import type { ImportedRow } from './imported-case.ts'

/** One data set of the shared folder as rows. */
export type ImportedSet = { readonly name: string; readonly rows: readonly ImportedRow[] }

type SharedRow = {
  readonly id: string
  readonly text: string
  readonly subject?: string
  readonly body?: string
  readonly channel?: string
  readonly lang?: string
  readonly source?: string
  readonly labels: Readonly<Record<string, unknown>>
}
type Mapping = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Mapped>>>>>>
type Mapped = Readonly<Record<string, unknown>> & { readonly strength?: string }

/**
 * The test parts of the shared data: real and written messages with the whole guide, and the public sets with the
 * labels that `mapping.json` calls strong. Rows without any label that we grade are left out.
 */
export async function readSharedData(folder: string): Promise<readonly ImportedSet[]> {
  const mapping = JSON.parse(
    await readText(join(folder, 'public', 'mapping.json'), folder),
  ) as Mapping
  const guided = await Promise.all(
    ['labelled', 'written'].map(async (name) => ({
      name: `${name}-test`,
      rows: parseRows(await readText(join(folder, name, 'test.jsonl'), folder)).map(guidedRow),
    })),
  )
  const names = (await readdir(join(folder, 'public'))).filter((name) => name in mapping).sort()
  const sets: ImportedSet[] = [...guided]
  for (const name of names) {
    const zipped = await readFile(join(folder, 'public', name, 'test.jsonl.gz')).catch(() => null)
    if (zipped === null) continue
    const rows = parseRows(gunzipSync(zipped).toString('utf8')).flatMap((row) =>
      publicRow(row, mapping[name] ?? {}),
    )
    if (rows.length > 0) sets.push({ name: `public-${name.replaceAll('_', '-')}`, rows })
  }
  return sets
}

function guidedRow(row: SharedRow): ImportedRow {
  const { id, text, subject, body, channel, source, lang, labels } = row
  return {
    id,
    // Offsets of the labels count in `text`; it is subject, newline, body when both are there.
    ...(subject && body && text === `${subject}\n${body}` ? { subject, body } : { text }),
    ...(channel !== undefined && { channel }),
    ...(source !== undefined && { source }),
    expected: { ...labels, ...triggersOf(row), ...(lang !== undefined && { language: lang }) },
  }
}

/** The data count offsets in code points, the service in UTF-16 units; an emoji in front makes them differ. */
function triggersOf({ text, labels }: SharedRow): { readonly triggers?: readonly object[] } {
  const { triggers } = labels
  if (!Array.isArray(triggers)) return {}
  const codePoints = Array.from(text)
  const unitsBefore = (place: number) => codePoints.slice(0, place).join('').length
  return {
    triggers: triggers.map((span: { start: number; end: number }) => ({
      ...span,
      start: unitsBefore(span.start),
      end: unitsBefore(span.end),
    })),
  }
}

function publicRow(row: SharedRow, mapping: Mapping[string]): readonly ImportedRow[] {
  const { id, text, source, lang, labels } = row
  const expected: Record<string, unknown> = {}
  for (const [column, byLabel] of Object.entries(mapping)) {
    const given = labels[column]
    for (const label of Array.isArray(given) ? given : [given])
      read(byLabel[String(label)], expected)
  }
  if (Object.keys(expected).length === 0) return []
  return [
    {
      id,
      text,
      ...(source !== undefined && { source }),
      expected: { ...expected, ...(lang !== undefined && { language: lang }) },
    },
  ]
}

function read(mapped: Mapped | undefined, expected: Record<string, unknown>): void {
  if (mapped === undefined || mapped.strength !== 's') return
  const { intent, priority, emotions, sentiment } = mapped
  // "negative (-1)" of star ratings says which way, not how much.
  const polarity = POLARITIES.find((known) => String(sentiment).startsWith(known))
  if (polarity !== undefined) expected['polarity'] = polarity
  if (INTENTS.some((known) => known === intent)) expected['intent'] = intent
  if (PRIORITIES.some((known) => known === priority)) expected['priority'] = priority
  if (Array.isArray(emotions))
    expected['emotions'] = [
      ...new Set([...((expected['emotions'] as string[] | undefined) ?? []), ...emotions]),
    ]
}

function parseRows(text: string): readonly SharedRow[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as SharedRow]))
}

async function readText(file: string, folder: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new TriageError(
      'configuration',
      `Cannot read ${file}: ${folder} must be the folder with labelled/, written/ and public/`,
      { cause: error },
    )
  })
}

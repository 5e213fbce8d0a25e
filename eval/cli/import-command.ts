import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { TriageError } from '../../src/domain/errors.ts'
import { mapRow, parseColumnMap } from '../import/map-columns.ts'
import { parseCsv } from '../import/parse-csv.ts'
import { readSharedData, type ImportedSet } from '../import/shared-data.ts'
import { writeSuite } from '../import/write-suite.ts'

/** Turns a file of labelled tickets, or the shared data folder, into suites and prints their folders. */
export async function importCommand(
  path: string,
  options: { readonly map?: string; readonly to: string },
): Promise<number> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => {
      throw new TriageError(
        'configuration',
        `Cannot read ${path}: a JSONL or CSV file, or the shared data folder, is required`,
      )
    },
  )
  const sets = isFolder ? await readSharedData(path) : [await readRows(path, options.map)]
  for (const set of sets) process.stdout.write(`${await writeSuite(set, options.to)}\n`)
  return 0
}

async function readRows(path: string, map: string | undefined): Promise<ImportedSet> {
  const text = await readFile(path, 'utf8')
  const columns = map === undefined ? {} : parseColumnMap(map)
  const records =
    extname(path) === '.csv'
      ? parseCsv(text)
      : text
          .split('\n')
          .flatMap((line, at) => (line.trim() === '' ? [] : [parseLine(line, `${path}:${at + 1}`)]))
  const name = basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return { name, rows: records.map((record, at) => mapRow(record, columns, at)) }
}

/** Labels may lie beside the text or under `labels`. */
function parseLine(line: string, where: string): Readonly<Record<string, unknown>> {
  try {
    const { labels, ...rest } = JSON.parse(line) as Record<string, unknown>
    return { ...rest, ...(labels as object | undefined) }
  } catch {
    throw new TriageError('configuration', `Cannot read ${where}: not JSON`)
  }
}

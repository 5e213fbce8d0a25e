import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { z } from 'zod'
import { TriageError } from '../../src/domain/errors.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { exportedReviewSchema } from '../import/exported-review.ts'
import { importedCase } from '../import/imported-case.ts'
import { checkColumns, mapRow, parseColumnMap, type ColumnMap } from '../import/map-columns.ts'
import { parseCsv } from '../import/parse-csv.ts'
import { readJsonl } from '../import/read-jsonl.ts'
import { casesOfReceipts, casesOfReviews, receiptSchema } from '../import/recorded-cases.ts'
import { readSharedData } from '../import/shared-data.ts'
import { writeSuite, type ImportedSuite } from '../import/write-suite.ts'

/**
 * Turns a file of labelled tickets, of exported reviews or of receipts, or the shared data folder, into suites and
 * prints their folders. What a JSONL file holds is told by its first line.
 */
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
  const suites = isFolder
    ? (await readSharedData(path)).map(({ name, rows }) => ({
        name,
        cases: rows.map(importedCase),
      }))
    : [{ name: nameOf(path), cases: await readCases(path, options.map) }]
  if (!isFolder && suites[0]?.cases.length === 0)
    throw new TriageError('configuration', `Cannot import ${path}: there is no case in it`)
  for (const suite of suites) process.stdout.write(`${await writeSuite(suite, options.to)}\n`)
  return 0
}

function nameOf(path: string): string {
  return basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
}

async function readCases(path: string, map: string | undefined): Promise<ImportedSuite['cases']> {
  const columns = map === undefined ? {} : parseColumnMap(map)
  if (extname(path) === '.csv')
    return mappedCases(parseCsv(await readFile(path, 'utf8'), path), columns, path)
  const lines = await readJsonl(path, z.record(z.string(), z.unknown()))
  const [first = {}] = lines
  if ('redactedText' in first && 'decisionId' in first)
    return casesOfReceipts((await readJsonl(path, receiptSchema)) as unknown as readonly Receipt[])
  if ('ticket' in first && 'decision' in first)
    return casesOfReviews(await readJsonl(path, exportedReviewSchema))
  return mappedCases(lines.map(flat), columns, path)
}

function mappedCases(
  records: readonly Readonly<Record<string, unknown>>[],
  columns: ColumnMap,
  path: string,
): ImportedSuite['cases'] {
  checkColumns(columns, records, path)
  return records.map((record, at) => importedCase(mapRow(record, columns, at)))
}

/** Labels may lie beside the text or under `labels`. */
function flat({
  labels,
  ...rest
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...rest, ...(labels as object | undefined) }
}

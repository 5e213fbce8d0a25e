import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TriageError } from '../../src/domain/errors.ts'
import type { Graded } from '../grade/graded.ts'
import type { Report } from '../report/report.ts'

/** A finished run as it lies in its folder. */
export type StoredRun = {
  readonly report: Report
  /** By suite and case id. */
  readonly graded: ReadonlyMap<string, Graded>
}

/** Reads what `eval` left in its `--out` folder. */
export async function readRun(folder: string): Promise<StoredRun> {
  const report = JSON.parse(await read(folder, 'report.json')) as Report
  const lines = (await read(folder, 'graded.jsonl')).split('\n').filter((line) => line !== '')
  const graded = new Map<string, Graded>()
  for (const line of lines) {
    const { suite, ...rest } = JSON.parse(line) as { suite: string } & Omit<Graded, 'receipt'>
    if (rest.outcome.receipt !== null)
      graded.set(`${suite}/${rest.evalCase.id}`, { ...rest, receipt: rest.outcome.receipt })
  }
  return { report, graded }
}

async function read(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch((error: unknown) => {
    throw new TriageError(
      'configuration',
      `Cannot read ${join(folder, name)}: run "npm run eval -- --out ${folder}" first`,
      { cause: error },
    )
  })
}

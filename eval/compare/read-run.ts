import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TriageError } from '../../src/domain/errors.ts'
import type { Graded } from '../grade/graded.ts'
import type { StoredCase } from '../run/rescore-outcomes.ts'
import type { Report } from '../report/report.ts'

/** A finished run as it lies in its folder. */
export type StoredRun = {
  readonly report: Report
  /** By suite and case id. */
  readonly graded: ReadonlyMap<string, Graded>
  /** Cases without a decision, by the same key. */
  readonly lost: ReadonlyMap<string, StoredCase>
}

/** Reads what `eval` left in its `--out` folder. */
export async function readRun(folder: string): Promise<StoredRun> {
  const stored = JSON.parse(await read(folder, 'report.json')) as { readonly schema: number }
  if (stored.schema !== 2)
    throw new TriageError(
      'configuration',
      `Cannot read the run in ${folder}: another version of eval wrote it, run it again`,
    )
  const lines = (await read(folder, 'graded.jsonl')).split('\n').filter((line) => line !== '')
  const graded = new Map<string, Graded>()
  const lost = new Map<string, StoredCase>()
  for (const line of lines) {
    const { suite, ...rest } = JSON.parse(line) as { suite: string } & Omit<Graded, 'receipt'>
    const key = `${suite}/${rest.evalCase.id}`
    const { receipt } = rest.outcome
    if (receipt === null) lost.set(key, rest)
    else graded.set(key, { ...rest, receipt })
  }
  return { report: stored as Report, graded, lost }
}

/** What the run has of one suite, decided or not. */
export function storedCases({ graded, lost }: StoredRun, suite: string): readonly StoredCase[] {
  return [...graded, ...lost].flatMap(([key, each]) => (key.startsWith(`${suite}/`) ? each : []))
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

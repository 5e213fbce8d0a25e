import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { parseCases } from '../suite/read-suite.ts'

export type ImportedSuite = { readonly name: string; readonly cases: readonly object[] }

/** Writes cases as a suite without gates that `--suite FOLDER` runs; every one is checked before anything is written. */
export async function writeSuite({ name, cases }: ImportedSuite, folder: string): Promise<string> {
  const lines = cases.map((each) => `${JSON.stringify(each)}\n`).join('')
  parseCases(lines, `${name} (imported)`)
  const target = join(folder, name)
  await mkdir(target, { recursive: true })
  await writeFile(join(target, 'cases.jsonl'), lines)
  await writeFile(
    join(target, 'suite.yaml'),
    stringify({ id: name, purpose: `Imported, ${cases.length} cases`, gates: [] }),
  )
  return target
}

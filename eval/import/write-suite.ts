import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCases } from '../suite/read-suite.ts'
import { importedCase } from './imported-case.ts'
import type { ImportedSet } from './shared-data.ts'

/** Writes rows as a suite without gates that `--suite FOLDER` runs; every row is checked before anything is written. */
export async function writeSuite({ name, rows }: ImportedSet, folder: string): Promise<string> {
  const lines = rows.map((row) => `${JSON.stringify(importedCase(row))}\n`).join('')
  parseCases(lines, `${name} (imported)`)
  const target = join(folder, name)
  await mkdir(target, { recursive: true })
  await writeFile(join(target, 'cases.jsonl'), lines)
  await writeFile(
    join(target, 'suite.yaml'),
    `id: ${name}\npurpose: Imported, ${rows.length} cases\ngates: []\n`,
  )
  return target
}

import { readFile } from 'node:fs/promises'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { TriageError } from '../domain/errors.ts'
import { compileSource } from './compile-source.ts'

export type LoadedPolicy = { readonly compiled: CompiledPolicy; readonly source: string }

/** @throws TriageError `configuration` when the file cannot be read, `invalid_policy` with every problem when it can. */
export async function loadPolicy(file: string): Promise<LoadedPolicy> {
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new TriageError(
      'configuration',
      `Cannot read the policy ${file}: POLICY must name a YAML file`,
      { cause: error },
    )
  })
  return { compiled: compileSource(source, file), source }
}

import { readFile } from 'node:fs/promises'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { TriageError } from '../domain/errors.ts'
import { compileSource, requireNoErrors } from './compile-source.ts'

export type LoadedPolicy = { readonly compiled: CompiledPolicy; readonly source: string }

/**
 * The policy of a file, with errors of the check refused like those of reading.
 * @throws TriageError `configuration` when the file cannot be read, `invalid_policy` with every problem when it can.
 */
export async function loadPolicy(file: string, now = new Date()): Promise<LoadedPolicy> {
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new TriageError(
      'configuration',
      `Cannot read the policy ${file}: POLICY must name a YAML file`,
      { cause: error },
    )
  })
  const compiled = compileSource(source, file)
  requireNoErrors(source, file, compiled, now.getTime())
  return { compiled, source }
}

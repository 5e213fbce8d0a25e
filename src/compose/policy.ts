import { readFile } from 'node:fs/promises'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { compilePolicy } from '../domain/compile-policy.ts'
import { TriageError } from '../domain/errors.ts'
import { checkPhrase } from '../domain/phrase-pattern.ts'
import { parsePolicy } from '../policy/parse.ts'

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

/** A policy text as `decide` wants it. */
export function compileSource(source: string, file: string): CompiledPolicy {
  return compilePolicy(parsePolicy(source, file, { checkPhrase }))
}

import { readFile } from 'node:fs/promises'
import { compileSource } from '../compose/compile-source.ts'
import { parseConfig } from '../config.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { TriageError } from '../domain/errors.ts'

export type ReadPolicy = {
  readonly file: string
  readonly source: string
  readonly compiled: CompiledPolicy
}

/** The policy file that is named, or the one that the service would use. @throws TriageError `configuration`, `invalid_policy`. */
export async function readPolicy(given: string | undefined): Promise<ReadPolicy> {
  const file = policyFileOf(given)
  const source = await readPolicyText(file)
  return { file, source, compiled: compileSource(source, file) }
}

export function policyFileOf(given: string | undefined): string {
  return given ?? parseConfig(process.env).policyFile
}

export function readPolicyText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new TriageError('configuration', `Cannot read the policy ${file}`, { cause: error })
  })
}

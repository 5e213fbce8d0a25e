import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { compilePolicy } from '../domain/compile-policy.ts'
import { checkPhrase } from '../domain/phrase-pattern.ts'
import { parsePolicy } from '../policy/parse.ts'

/** A policy text as `decide` wants it. @throws TriageError `invalid_policy` with every problem. */
export function compileSource(source: string, file: string): CompiledPolicy {
  return compilePolicy(parsePolicy(source, file, { checkPhrase }))
}

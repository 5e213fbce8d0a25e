import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { compilePolicy } from '../domain/compile-policy.ts'
import { TriageError } from '../domain/errors.ts'
import { checkPhrase } from '../domain/phrase-pattern.ts'
import { checkForErrors, type LocatedFinding } from '../policy/check/check-policy.ts'
import { parsePolicy } from '../policy/parse.ts'

/** A policy text as `decide` wants it. @throws TriageError `invalid_policy` with every problem. */
export function compileSource(source: string, file: string): CompiledPolicy {
  return compilePolicy(parsePolicy(source, file, { checkPhrase }))
}

/** @throws TriageError `invalid_policy` when the check finds an error: it blocks start and publishing. */
export function requireNoErrors(
  source: string,
  file: string,
  compiled: CompiledPolicy,
  nowMs: number,
): void {
  refuseErrors(file, checkForErrors(source, file, compiled, nowMs))
}

/** @throws TriageError `invalid_policy` when one of the findings is an error. */
export function refuseErrors(file: string, findings: readonly LocatedFinding[]): void {
  const problems = findings.filter(({ level }) => level === 'error')
  const [first] = problems
  if (first === undefined) return
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  throw new TriageError(
    'invalid_policy',
    `Cannot use policy ${file}:${first.line}:${first.column}: ${first.message}${more}; "policy check" shows an example of each`,
    { detail: { problems } },
  )
}

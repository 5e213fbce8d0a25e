import { TriageError } from '../domain/errors.ts'
import { checkPolicy, type LocatedFinding } from '../policy/check/check-policy.ts'
import type { PolicyProblem } from '../policy/parse.ts'
import { compileSource } from './compile-source.ts'

export type SourceCheck = {
  /** What keeps the policy from being read. */
  readonly problems: readonly PolicyProblem[]
  /** What the check found in one that can be read. */
  readonly findings: readonly LocatedFinding[]
}

/** Every problem of a policy text, or every finding of one without problems. Takes a second or two of one core. */
export function checkSource(source: string, file: string, fromMs: number): SourceCheck {
  try {
    const compiled = compileSource(source, file)
    return { problems: [], findings: checkPolicy(source, file, compiled, fromMs) }
  } catch (error) {
    if (!(error instanceof TriageError) || error.code !== 'invalid_policy') throw error
    const problems = (error.detail['problems'] as readonly PolicyProblem[] | undefined) ?? []
    return { problems, findings: [] }
  }
}

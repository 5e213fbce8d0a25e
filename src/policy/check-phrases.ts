import type { Report } from './problem.ts'
import type { PartialPolicy } from './schema.ts'

/** What is wrong with a phrase pattern, or null. */
export type CheckPhrase = (pattern: string) => string | null

export function checkPhrases(
  policy: PartialPolicy,
  checkPhrase: CheckPhrase | undefined,
  report: Report,
): void {
  if (checkPhrase === undefined) return
  for (const [index, phrase] of (policy.phrases ?? []).entries())
    for (const [place, pattern] of phrase.patterns.entries()) {
      const problem = checkPhrase(pattern)
      if (problem !== null)
        report(
          ['phrases', index, 'patterns', place],
          `Cannot use pattern of phrase "${phrase.id}": ${problem}`,
        )
    }
}

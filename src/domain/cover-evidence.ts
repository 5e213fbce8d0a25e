import type { ScorerRun } from './signal.ts'

/** The runs with every quote as it stands in `covered`, a text of the same length as the one that was scored. */
export function coverEvidence(runs: readonly ScorerRun[], covered: string): readonly ScorerRun[] {
  return runs.map((run) => {
    const { triggers } = run.scores
    if (triggers === undefined) return run
    const shown = triggers.map((hit) => ({ ...hit, quote: covered.slice(hit.start, hit.end) }))
    return { ...run, scores: { ...run.scores, triggers: shown } }
  })
}

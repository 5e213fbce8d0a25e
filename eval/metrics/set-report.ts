import { macroOf, scoresOf, type ClassScores } from './class-report.ts'

/** Several labels per case: the emotions of a message, the kinds of its triggers. */
export type SetPair<L extends string> = {
  readonly expected: readonly L[]
  readonly actual: readonly L[]
}

export type SetReport<L extends string> = {
  readonly perClass: ReadonlyMap<L, ClassScores>
  readonly macro: Omit<ClassScores, 'support'>
  /** Over all labels of all cases together. */
  readonly micro: ClassScores
  readonly count: number
}

/** Multi-label precision, recall and F1; repeated labels of one case count once. */
export function setReport<L extends string>(
  pairs: readonly SetPair<L>[],
  labels: readonly L[],
): SetReport<L> {
  const tallies = labels.map((label) => {
    const tally = { label, hits: 0, claimed: 0, support: 0 }
    for (const { expected, actual } of pairs) {
      const wanted = expected.includes(label)
      const claimed = actual.includes(label)
      if (wanted) tally.support += 1
      if (claimed) tally.claimed += 1
      if (wanted && claimed) tally.hits += 1
    }
    return tally
  })
  const total = (of: 'hits' | 'claimed' | 'support') =>
    tallies.reduce((sum, tally) => sum + tally[of], 0)
  const perClass = new Map(
    tallies.map(({ label, hits, claimed, support }) => [label, scoresOf(hits, claimed, support)]),
  )
  return {
    perClass,
    macro: macroOf([...perClass.values()]),
    micro: scoresOf(total('hits'), total('claimed'), total('support')),
    count: pairs.length,
  }
}

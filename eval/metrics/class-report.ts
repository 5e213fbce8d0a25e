import { confusionOf } from './confusion.ts'
import { meanOf, shareOf, type Pair } from './pair.ts'

export type ClassScores = {
  readonly support: number
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
}

export type ClassReport<L extends string | number> = {
  readonly perClass: ReadonlyMap<L, ClassScores>
  /** Mean over the classes for which the figure is defined. */
  readonly macro: Omit<ClassScores, 'support'>
  /** For one label per case micro precision, recall and F1 are all the accuracy. */
  readonly accuracy: number | null
  readonly count: number
}

/** Precision, recall and F1 per class, and their macro mean (scikit-learn with `zero_division=nan`). */
export function classReport<L extends string | number>(
  pairs: readonly Pair<L>[],
  labels: readonly L[],
): ClassReport<L> {
  const { counts } = confusionOf(pairs, labels)
  const perClass = new Map(
    labels.map((label, at) => {
      const hits = counts[at]![at]!
      const support = counts[at]!.reduce((sum, count) => sum + count, 0)
      const claimed = counts.reduce((sum, row) => sum + row[at]!, 0)
      return [label, scoresOf(hits, claimed, support)] as const
    }),
  )
  const hits = counts.reduce((sum, row, at) => sum + row[at]!, 0)
  return {
    perClass,
    macro: macroOf([...perClass.values()]),
    accuracy: shareOf(hits, pairs.length),
    count: pairs.length,
  }
}

/** F1 = 2·tp ÷ (claimed + support), which stays defined when only one of precision and recall is. */
export function scoresOf(hits: number, claimed: number, support: number): ClassScores {
  return {
    support,
    precision: shareOf(hits, claimed),
    recall: shareOf(hits, support),
    f1: shareOf(2 * hits, claimed + support),
  }
}

export function macroOf(scores: readonly ClassScores[]): Omit<ClassScores, 'support'> {
  const mean = (of: 'precision' | 'recall' | 'f1') =>
    meanOf(scores.map((each) => each[of]).filter((value) => value !== null))
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') }
}

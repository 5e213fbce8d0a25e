import { confusionOf } from './confusion.ts'
import type { Pair } from './pair.ts'

/** How bad a confusion is: all alike, or the square of the distance in the order of `labels`. */
export type KappaWeights = 'nominal' | 'quadratic'

/**
 * Cohen's κ (1960), weighted form (1968): 1 − observed ÷ chance disagreement. Null when chance alone leaves nothing
 * to disagree on (one label only).
 */
export function cohenKappa<L extends string | number>(
  pairs: readonly Pair<L>[],
  labels: readonly L[],
  weights: KappaWeights = 'nominal',
): number | null {
  const { counts } = confusionOf(pairs, labels)
  const rows = counts.map((row) => row.reduce((sum, count) => sum + count, 0))
  const columns = labels.map((_, at) => counts.reduce((sum, row) => sum + row[at]!, 0))
  let observed = 0
  let chance = 0
  for (let row = 0; row < labels.length; row += 1)
    for (let column = 0; column < labels.length; column += 1) {
      const weight = weights === 'quadratic' ? (row - column) ** 2 : Number(row !== column)
      observed += weight * counts[row]![column]!
      chance += (weight * rows[row]! * columns[column]!) / pairs.length
    }
  return pairs.length === 0 || chance === 0 ? null : 1 - observed / chance
}

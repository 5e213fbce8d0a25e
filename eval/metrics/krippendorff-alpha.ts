/** Distance of two values; null stands for "this rater did not label this unit". */
export type AlphaLevel = 'nominal' | 'interval'
type Value = string | number

/**
 * Krippendorff's α (Computing Krippendorff's Alpha-Reliability, 2011): 1 − observed ÷ expected disagreement, for any
 * number of raters and missing labels. `units[i]` holds the labels that unit i got. Null when nothing can disagree.
 */
export function krippendorffAlpha(
  units: readonly (readonly (Value | null)[])[],
  level: AlphaLevel = 'nominal',
): number | null {
  const pairable = units
    .map((unit) => unit.filter((value) => value !== null))
    .filter((unit) => unit.length >= 2)
  const values = pairable.flat()
  const total = values.length
  let observed = 0
  for (const unit of pairable) observed += disagreement(unit, level) / (unit.length - 1)
  const expected = disagreement(values, level) / (total - 1)
  return total < 2 || expected === 0 ? null : 1 - observed / expected
}

/** Sum of the distances over all ordered pairs, by counts so that it is linear in the number of labels. */
function disagreement(values: readonly Value[], level: AlphaLevel): number {
  const counts = new Map<Value, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let sum = 0
  for (const [a, countOfA] of counts)
    for (const [b, countOfB] of counts)
      if (a !== b) sum += countOfA * countOfB * distance(a, b, level)
  return sum
}

function distance(a: Value, b: Value, level: AlphaLevel): number {
  return level === 'nominal' ? 1 : (Number(a) - Number(b)) ** 2
}

import type { Pair } from './pair.ts'

/** Rows are the expected labels, columns the actual ones, in the order of `labels`. */
export type Confusion<L extends string | number> = {
  readonly labels: readonly L[]
  readonly counts: readonly (readonly number[])[]
}

/** Counts every combination of expected and actual label. A label outside `labels` is an error, never dropped. */
export function confusionOf<L extends string | number>(
  pairs: readonly Pair<L>[],
  labels: readonly L[],
): Confusion<L> {
  const index = new Map(labels.map((label, place) => [label, place]))
  const counts = labels.map(() => labels.map(() => 0))
  for (const { expected, actual } of pairs) {
    const row = counts[placeOf(index, expected)]!
    row[placeOf(index, actual)]! += 1
  }
  return { labels, counts }
}

function placeOf<L extends string | number>(index: ReadonlyMap<L, number>, label: L): number {
  const place = index.get(label)
  if (place === undefined) throw new Error(`Cannot count label ${label}: it is not in the list`)
  return place
}

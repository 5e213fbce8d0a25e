/** What was expected and what came out, for one case. */
export type Pair<L extends string | number> = { readonly expected: L; readonly actual: L }

/** The mean, or null when there is nothing to average. */
export function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** A share, or null when nothing was counted: 0 would claim something that nobody looked at. */
export function shareOf(count: number, of: number): number | null {
  return of === 0 ? null : count / of
}

import type { ScorerRun } from './signal.ts'

/** The steps taken down the ladder, for people: "local: queue full". Empty when every scorer ran. */
export function degradedSteps(runs: readonly ScorerRun[]): readonly string[] {
  return runs.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`]))
}

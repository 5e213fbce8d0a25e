import type { Suite } from '../suite/suite-definition.ts'
import { compareRuns, type Comparison } from './compare-runs.ts'
import { readRun, type StoredRun } from './read-run.ts'

type WithBaseline = { readonly suite: Suite; readonly baseline: StoredRun }

/** The stored runs that suites name as their baselines. */
export async function readBaselines(suites: readonly Suite[]): Promise<readonly WithBaseline[]> {
  const found = suites.map(async (suite) =>
    suite.baseline === undefined ? [] : [{ suite, baseline: await readRun(suite.baseline) }],
  )
  return (await Promise.all(found)).flat()
}

/** What a run moved since the baselines of its suites, on the cases that it was about. */
export function compareBaselines(
  baselines: readonly WithBaseline[],
  run: StoredRun,
): readonly Comparison[] {
  return baselines.map(({ suite, baseline }) =>
    compareRuns(partOf(baseline, suite), partOf(run, suite)),
  )
}

/** The run as if it had been about these cases alone. */
function partOf({ report, graded, lost }: StoredRun, { definition, cases }: Suite): StoredRun {
  const keys = new Set(cases.map((each) => `${definition.id}/${each.id}`))
  const only = <T>(entries: ReadonlyMap<string, T>) =>
    new Map([...entries].filter(([key]) => keys.has(key)))
  const suites = report.suites.filter(({ suite }) => suite === definition.id)
  return { report: { ...report, suites }, graded: only(graded), lost: only(lost) }
}

import { loadPolicy } from '../../src/compose/policy.ts'
import { DEFAULT_COSTS } from '../../src/domain/costs.ts'
import { TriageError } from '../../src/domain/errors.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { readRun, storedCases } from '../compare/read-run.ts'
import { buildReport } from '../report/report.ts'
import { rescoreOutcomes } from '../run/rescore-outcomes.ts'
import { readSuite } from '../suite/read-suite.ts'
import { selectCases } from '../suite/select-cases.ts'
import { summarise } from '../summary/summarise.ts'
import { finish } from './run-command.ts'

export type RescoreOptions = {
  readonly policy: string
  readonly out: string
  readonly suite?: readonly string[]
  readonly json?: boolean
  readonly showSealed?: boolean
}

/**
 * Grades a stored run again, under another policy if given: no model runs, only `decide` and the policy's phrases. It is
 * about the same part of the same suites, and what the run did not decide stays undecided.
 */
export async function rescoreCommand(folder: string, options: RescoreOptions): Promise<number> {
  const { compiled } = await loadPolicy(options.policy)
  const { id, version, hash, phrases, costs = DEFAULT_COSTS } = compiled.policy
  const before = await readRun(folder)
  const ran = before.report.run.suites
  const chosen = options.suite?.map((name) => ran.find((each) => each.id === name)?.from ?? name)
  const read = (chosen ?? ran.map(({ from }) => from)).map(async (from) => {
    const suite = selectCases(await readSuite(from), before.report.run)
    if (ran.some((each) => each.id === suite.definition.id)) return { from, suite }
    throw new TriageError(
      'configuration',
      `Cannot rescore ${from}: the run in ${folder} is about ${ran.map((each) => each.id).join(', ')}`,
    )
  })
  const suites = await Promise.all(read)
  const summarised = await Promise.all(
    suites.map(async ({ suite }) => {
      const rescored = await rescoreOutcomes(suite, storedCases(before, suite.definition.id), {
        policy: compiled,
        phrases: createPhraseScorer(phrases, version),
      })
      return { suite: suite.definition.id, ...summarise(suite, rescored, compiled) }
    }),
  )
  const run = {
    ...before.report.run,
    suites: suites.map(({ from, suite }) => ({ id: suite.definition.id, from })),
    ran: null,
    policy: { id, version, hash },
    costs,
  }
  const report = buildReport(
    run,
    summarised.map(({ summary }) => summary),
  )
  await finish(
    {
      report,
      graded: summarised.map(({ suite, graded, lost }) => ({ suite, cases: graded, lost })),
      showSealed: options.showSealed === true,
    },
    options,
  )
  return report.passed ? 0 : 1
}

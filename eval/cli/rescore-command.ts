import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadPolicy } from '../../src/compose/policy.ts'
import { DEFAULT_COSTS } from '../../src/domain/costs.ts'
import { TriageError } from '../../src/domain/errors.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { buildReport, type Report } from '../report/report.ts'
import { parseOutcomes } from '../run/outcome-file.ts'
import { rescoreOutcomes } from '../run/run-suite.ts'
import { readSuite } from '../suite/read-suite.ts'
import { summarise } from '../summary/summarise.ts'
import { finish } from './run-command.ts'

export type RescoreOptions = {
  readonly policy: string
  readonly out: string
  readonly suite?: readonly string[]
  readonly json?: boolean
  readonly showSealed?: boolean
}

/** Grades a stored run again, under another policy if given: no model runs, only `decide` and the policy's phrases. */
export async function rescoreCommand(folder: string, options: RescoreOptions): Promise<number> {
  const { compiled } = await loadPolicy(options.policy)
  const { id, version, hash, phrases, costs = DEFAULT_COSTS } = compiled.policy
  const read = (name: string) =>
    readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      throw new TriageError(
        'configuration',
        `Cannot read ${join(folder, name)}: no run is stored there`,
        { cause: error },
      )
    })
  const before = JSON.parse(await read('report.json')) as Report
  const stored = parseOutcomes(await read('outcomes.jsonl')).filter(
    ({ receipt }) => receipt === null || receipt.policy.hash === before.run.policy.hash,
  )
  const names = options.suite ?? before.suites.map(({ suite }) => suite)
  const suites = await Promise.all(names.map(readSuite))
  const summarised = await Promise.all(
    suites.map(async (suite) => {
      const rescored = await rescoreOutcomes(suite, stored, {
        policy: compiled,
        phrases: createPhraseScorer(phrases, version),
      })
      const cases = suite.cases.filter((each) => rescored.some(({ caseId }) => caseId === each.id))
      return { suite: suite.definition.id, ...summarise({ ...suite, cases }, rescored, compiled) }
    }),
  )
  const run = { ...before.run, ran: null, policy: { id, version, hash }, costs }
  const report = buildReport(
    run,
    summarised.map(({ summary }) => summary),
  )
  await finish(
    {
      report,
      graded: summarised.map(({ suite, graded }) => ({ suite, cases: graded })),
      showSealed: options.showSealed === true,
    },
    options,
  )
  return report.passed ? 0 : 1
}

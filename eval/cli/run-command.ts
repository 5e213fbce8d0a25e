import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createPaint } from '../../src/cli/paint.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import { parseConfig } from '../../src/config.ts'
import { DEFAULT_COSTS } from '../../src/domain/costs.ts'
import { TriageError } from '../../src/domain/errors.ts'
import { compareBaselines, readBaselines } from '../compare/compare-baselines.ts'
import type { Comparison } from '../compare/compare-runs.ts'
import { readRun } from '../compare/read-run.ts'
import { renderComparison } from '../compare/render-comparison.ts'
import { buildReport, type FullReport } from '../report/report.ts'
import { renderTerminal } from '../report/terminal.ts'
import { writeReports } from '../report/write-reports.ts'
import { openScoreCache } from '../run/cached-scorers.ts'
import { codeVersion } from '../run/code-version.ts'
import { openEvalScorers } from '../run/open-eval-scorers.ts'
import { openOutcomeFile } from '../run/outcome-file.ts'
import { runSuite } from '../run/run-suite.ts'
import { listSuites, readSuite } from '../suite/read-suite.ts'
import { PERTURBATIONS, type Perturbation } from '../suite/perturb-suite.ts'
import { selectCases, type Selection } from '../suite/select-cases.ts'
import { summarise } from '../summary/summarise.ts'
import type { RunOptions } from './options.ts'
import { createProgress } from './progress.ts'

/** Runs suites, writes the reports and answers with the exit code: 0 when every gate holds, 1 when one fails. */
export async function runCommand(
  options: RunOptions,
  env: NodeJS.ProcessEnv,
  abort: AbortSignal,
): Promise<number> {
  const shipped = await listSuites()
  const names = options.suite ?? shipped
  const suites = await Promise.all(names.map(readSuite))
  const { compiled } = await loadPolicy(options.policy)
  if (options.fresh === true) {
    await rm(join(options.out, 'outcomes.jsonl'), { force: true })
    await rm(join(options.out, 'scores.jsonl'), { force: true })
  }
  const file = await openOutcomeFile(join(options.out, 'outcomes.jsonl'))
  const code = await codeVersion()
  const cache = await openScoreCache(options.out, code)
  const opened = await openEvalScorers(compiled, {
    names: options.scorer,
    cases: suites.flatMap(({ cases }) => cases),
    modelFolder: options.model,
    threads: options.threads,
    answerBudgetMs: options.budgetMs,
    llm: options.scorer.includes('llm') ? parseConfig(env).llm : undefined,
    ...(options.prompt !== undefined && { prompt: options.prompt }),
  })
  const selection: Selection = {
    half: options.half ?? null,
    sample: options.sample ?? null,
    perturb: parsePerturbations(options.perturb),
  }
  const baselines = await readBaselines(suites.map((suite) => selectCases(suite, selection)))
  const summarised = []
  let ranCases = 0
  let ranMs = 0
  try {
    for (const whole of suites) {
      const suite = selectCases(whole, selection)
      const progress = createProgress(options.quiet === true ? SILENT : process.stderr, {
        label: suite.definition.id,
        total: suite.cases.length,
        elapsedMs: () => performance.now(),
      })
      const startedAt = performance.now()
      const outcomes = await runSuite(suite, {
        policy: compiled,
        code,
        ...opened,
        concurrency: options.concurrency,
        file,
        cache,
        onCase: (_, isNew) => {
          if (isNew) ranCases += 1
          progress.step()
        },
        abort,
      })
      ranMs += performance.now() - startedAt
      progress.end()
      summarised.push({ suite: whole.definition.id, ...summarise(suite, outcomes, compiled) })
    }
  } finally {
    await opened.close()
  }

  const { id, version, hash } = compiled.policy
  const report = buildReport(
    {
      ...selection,
      suites: names.map((name, at) => ({
        id: suites[at]!.definition.id,
        from: shipped.includes(name) ? name : resolve(name),
      })),
      policy: { id, version, hash },
      costs: compiled.policy.costs ?? DEFAULT_COSTS,
      scorers: [...opened.scorers, ...(opened.secondOpinion ? [opened.secondOpinion] : [])].map(
        ({ name, version }) => ({ name, version }),
      ),
      concurrency: options.concurrency,
      ran: ranCases === 0 ? null : { cases: ranCases, seconds: ranMs / 1000 },
    },
    summarised.map(({ summary }) => summary),
  )
  const full = {
    report,
    graded: summarised.map(({ suite, graded, lost }) => ({ suite, cases: graded, lost })),
    showSealed: options.showSealed === true,
  }
  await finish(full, options)
  if (baselines.length > 0) {
    const stored = await readRun(options.out)
    for (const comparison of compareBaselines(baselines, stored)) showBaseline(comparison, options)
  }
  if (abort.aborted) return 130
  return report.passed ? 0 : 1
}

/** The named kinds of variants. @throws TriageError for one that does not exist. */
function parsePerturbations(names: readonly string[] = []): readonly Perturbation[] {
  return names.map((name) => {
    const known = PERTURBATIONS.find((each) => each === name)
    if (known !== undefined) return known
    throw new TriageError(
      'configuration',
      `Cannot perturb by "${name}": one of ${PERTURBATIONS.join(', ')} is required`,
    )
  })
}

/** The report alone is what --json prints, so there the comparison goes to stderr. */
function showBaseline(comparison: Comparison, { json, showSealed }: RunOptions): void {
  const look = { paint: createPaint(false), showSealed: showSealed === true }
  const stream = json === true ? process.stderr : process.stdout
  stream.write(`Against the baseline (A):\n${renderComparison(comparison, look)}\n`)
}

/** Writes the report files and shows the run. */
export async function finish(
  full: FullReport,
  { out, json }: Pick<RunOptions, 'out' | 'json'>,
): Promise<void> {
  await writeReports(full, out)
  if (json === true) process.stdout.write(`${JSON.stringify(full.report)}\n`)
  else {
    const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
    process.stdout.write(`${renderTerminal(full, createPaint(color))}\n`)
    process.stdout.write(`Reports: ${join(out, 'report.html')}, .md, .json and junit.xml\n`)
  }
}

const SILENT = { isTTY: false, write: () => {} }

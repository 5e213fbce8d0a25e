import { createPaint, type Paint } from '../../src/cli/paint.ts'
import { TriageError } from '../../src/domain/errors.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { readRun } from '../compare/read-run.ts'
import { measureDrift, type Drift, type DriftLimits } from '../drift/measure-drift.ts'
import { exportedReviewSchema } from '../import/exported-review.ts'
import { readJsonl } from '../import/read-jsonl.ts'
import { receiptSchema } from '../import/recorded-cases.ts'

export type DriftOptions = DriftLimits & {
  readonly suite?: string
  readonly reviews?: string
  readonly json?: boolean
}

/** Live receipts against a stored run; 1 when anything has moved beyond its limit. */
export async function driftCommand(
  receipts: string,
  run: string,
  options: DriftOptions,
): Promise<number> {
  const live = (await readJsonl(receipts, receiptSchema)) as unknown as readonly Receipt[]
  const reviews =
    options.reviews === undefined ? [] : await readJsonl(options.reviews, exportedReviewSchema)
  if (live.length === 0)
    throw new TriageError('configuration', `Cannot compare ${receipts}: there is no receipt in it`)
  const suite = await readReceipts(run, options.suite)
  const drift = measureDrift(suite, live, reviews, options)
  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(drift)}\n`
      : `${renderDrift(drift, options, createPaint(color))}\n`,
  )
  return drift.hasDrifted ? 1 : 0
}

/** What a stored run decided. @throws TriageError where there is nothing to compare with. */
async function readReceipts(folder: string, suite?: string): Promise<readonly Receipt[]> {
  const { report, graded } = await readRun(folder)
  const decided = [...graded].flatMap(([key, { receipt }]) =>
    suite === undefined || key.startsWith(`${suite}/`) ? receipt : [],
  )
  if (decided.length > 0) return decided
  const names = report.suites.map((each) => each.suite).join(', ')
  throw new TriageError(
    'configuration',
    `Cannot compare with ${suite ?? 'the run'} in ${folder}: it decided no case there; its suites are ${names}`,
  )
}

function renderDrift(drift: Drift, limits: DriftLimits, paint: Paint): string {
  const { counts, facts, unscored, overturned } = drift
  const verdict = (hasDrifted: boolean) =>
    hasDrifted ? paint('danger', 'MOVED') : paint('calm', 'ok')
  const share = (value: number | null) => (value === null ? 'n/a' : `${(value * 100).toFixed(1)} %`)
  return [
    paint('heading', `${counts.live} live tickets against ${counts.suite} of the suite`),
    `Population stability, ${limits.psi} at most:`,
    ...facts.map(
      ({ fact, psi, hasDrifted }) =>
        `  ${fact.padEnd(20)} ${(psi === null ? 'n/a' : psi.toFixed(3)).padStart(7)}  ${verdict(hasDrifted)}`,
    ),
    `Intent unscored: suite ${share(unscored.suite)}, live ${share(unscored.live)}  ${verdict(unscored.hasDrifted)}`,
    `Reviews overturned: ${share(overturned.rate)} of ${counts.decided}${overturned.rate === null ? '' : `  ${verdict(overturned.hasDrifted)}`}`,
  ].join('\n')
}

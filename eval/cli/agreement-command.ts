import { writeFile } from 'node:fs/promises'
import {
  agreementOfReadings,
  agreementOfReviews,
  type Agreement,
} from '../agreement/measure-agreement.ts'
import { blindLine, readSecondReading, sampleForReading } from '../agreement/second-reading.ts'
import { exportedReviewSchema } from '../import/exported-review.ts'
import { readJsonl } from '../import/read-jsonl.ts'
import { listSuites, readSuite } from '../suite/read-suite.ts'

export type AgreementOptions = {
  readonly suite?: readonly string[]
  readonly reviews?: string
  readonly differing?: boolean
  readonly json?: boolean
}

/** How far two readers, or the service and its reviewers, say the same. */
export async function agreementCommand(options: AgreementOptions): Promise<number> {
  if (options.reviews !== undefined) {
    const figures = agreementOfReviews(await readJsonl(options.reviews, exportedReviewSchema))
    print(options, { figures }, figures.map(showAgreement))
    return 0
  }
  const suites = await Promise.all((options.suite ?? (await listSuites())).map(readSuite))
  const measured = await Promise.all(
    suites.map(async (suite) => {
      const readings = await readSecondReading(suite)
      const { figures, differing } = agreementOfReadings(suite.cases, readings)
      return {
        suite: suite.definition.id,
        cases: suite.cases.length,
        read: new Set(readings.map((reading) => reading.case)).size,
        figures,
        differing,
      }
    }),
  )
  const lines = measured.flatMap(({ suite, cases, read, figures, differing }) => [
    `${suite}: ${read} of ${cases} cases read twice`,
    ...figures.map(showAgreement),
    ...(options.differing === true
      ? differing.map(
          (each) => `    ${each.case}: ${each.label} ${each.first}, then ${each.second}`,
        )
      : []),
  ])
  print(options, { suites: measured }, lines)
  return 0
}

/** Writes the texts that a second reader labels, without what was expected of them. */
export async function blindTextsCommand(options: {
  readonly suite?: readonly string[]
  readonly share: number
  readonly to: string
}): Promise<number> {
  const suites = await Promise.all((options.suite ?? (await listSuites())).map(readSuite))
  const lines = suites.flatMap(({ definition, cases }) =>
    sampleForReading(cases, options.share).map((each) => blindLine(definition.id, each)),
  )
  await writeFile(options.to, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  process.stdout.write(`${lines.length} texts in ${options.to}\n`)
  return 0
}

function print(options: AgreementOptions, value: object, lines: readonly string[]): void {
  process.stdout.write(
    options.json === true ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`,
  )
}

function showAgreement({ label, read, same, kappa, alpha }: Agreement): string {
  const number = (value: number | null) => (value === null ? 'n/a' : value.toFixed(3))
  const share = same === null ? 'n/a' : `${(100 * same).toFixed(1)} %`
  return `  ${label.padEnd(46)} ${String(read).padStart(4)}  same ${share.padStart(7)}  κ ${number(kappa)}  α ${number(alpha)}`
}

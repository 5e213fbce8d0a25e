import type { Paint } from '../../src/cli/paint.ts'
import { METRIC_NAMES, type MetricName } from '../summary/metric-names.ts'
import { METRICS } from '../summary/metrics.ts'
import type { Summary } from '../summary/summarise.ts'
import { caseLine } from './case-line.ts'
import { describePart } from '../suite/select-cases.ts'
import { failedCases, lostLine, shownOf, undecidedLine, type FullReport } from './report.ts'
import { showInterval, showValue } from './show-figure.ts'

const MOST_CASES = 12

/** The run as tables: figures of all suites side by side, then the gates, then the worst cases of each suite. */
export function renderTerminal(full: FullReport, paint: Paint): string {
  const { report } = full
  const { run, suites } = report
  const scorers = run.scorers.map(({ name, version }) => `${name} ${version}`).join(', ')
  const part = describePart(run)
  const lines = [
    '',
    `${paint('heading', `policy ${run.policy.id} ${run.policy.version}`)}  ${paint('faint', `${run.policy.hash.slice(0, 12)}, scorers: ${scorers || 'none'}`)}`,
    ...(part === null ? [] : [paint('notice', part)]),
    ...(run.ran === null ? [] : [paint('faint', rateLine(run.ran))]),
    '',
    ...renderFigures(suites, paint),
  ]
  for (const summary of suites) {
    lines.push(...renderGates(summary, paint))
    const { cases, lost } = shownOf(full, summary.suite)
    for (const each of lost.slice(0, MOST_CASES)) lines.push(`    ${lostLine(each)}`)
    const failed = failedCases(cases)
    if (failed.length > 0)
      lines.push(
        `  ${failed.length} ${full.showSealed ? '' : 'open '}cases outside the accepted severity:`,
      )
    for (const each of failed.slice(0, MOST_CASES)) lines.push(`    ${caseLine(each)}`)
    if (failed.length > MOST_CASES)
      lines.push(paint('faint', `    … and ${failed.length - MOST_CASES} more in the report`))
    lines.push('')
  }
  return lines.join('\n')
}

function rateLine({
  cases,
  seconds,
}: {
  readonly cases: number
  readonly seconds: number
}): string {
  return `${cases} cases ran in ${seconds.toFixed(1)} s, ${Math.round(cases / seconds)} a second; the others were stored`
}

function renderFigures(suites: readonly Summary[], paint: Paint): readonly string[] {
  const shown = METRIC_NAMES.filter((name) =>
    suites.some(({ figures }) => figures[name].value !== null),
  )
  const titles = shown.map((name) => METRICS[name].title)
  const first = Math.max(...titles.map((title) => title.length), 8)
  const columns = suites.map((summary) => {
    const cells = shown.map((name) => cellOf(summary, name))
    const head = `${summary.suite} (${summary.counts.decided})`
    return { head, cells, width: Math.max(head.length, ...cells.map((cell) => cell.length)) }
  })
  const row = (title: string, cells: readonly string[]) =>
    `  ${title.padEnd(first)}  ${cells.map((cell, at) => cell.padStart(columns[at]!.width)).join('  ')}`
  return [
    paint(
      'heading',
      row(
        '',
        columns.map(({ head }) => head),
      ),
    ),
    ...shown.map((_, at) =>
      row(
        titles[at]!,
        columns.map(({ cells }) => cells[at]!),
      ),
    ),
    '',
  ]
}

function cellOf({ figures }: Summary, name: MetricName): string {
  const { unit } = METRICS[name]
  const figure = figures[name]
  return `${showValue(figure.value, unit)} ${showInterval(figure, unit)}`.trim()
}

function renderGates(summary: Summary, paint: Paint): readonly string[] {
  const undecided = undecidedLine(summary)
  return [
    paint('heading', summary.suite),
    ...(undecided === null ? [] : [`  ${paint('danger', 'FAIL')}  ${undecided}`]),
    ...summary.gates.map(({ metric, limit, value, open, sealed, passed }) => {
      const { title, unit } = METRICS[metric]
      const show = (given: number | null) => showValue(given, unit)
      const verdict = passed ? paint('calm', 'pass') : paint('danger', 'FAIL')
      return `  ${verdict}  ${title} ${show(value)} (${limit}), open ${show(open)}, sealed ${show(sealed)}`
    }),
  ]
}

import { METRICS } from '../summary/metrics.ts'
import type { MetricName } from '../summary/metric-names.ts'
import type { Summary } from '../summary/summarise.ts'
import { caseLine } from './case-line.ts'
import {
  failedCases,
  lostLine,
  shownOf,
  undecidedLine,
  verdictOf,
  type FullReport,
} from './report.ts'
import { showInterval, showValue } from './show-figure.ts'

const MOST_CASES = 20
const SHOWN: readonly MetricName[] = [
  'critical_recall',
  'under_escalation',
  'over_escalation',
  'review_load',
  'cost_loss',
  'severity_accuracy',
  'type_accuracy',
  'intent_accuracy',
  'intent_macro_f1',
  'sentiment_kappa',
  'latency_p95_ms',
]

/** The run for a pull request. */
export function renderMarkdown(full: FullReport): string {
  const { run, suites } = full.report
  const scorers = run.scorers.map(({ name, version }) => `${name} ${version}`).join(', ') || 'none'
  const head = `## Eval: ${verdictOf(full.report)}\n\nPolicy \`${run.policy.id} ${run.policy.version}\` (${run.policy.hash.slice(0, 12)}), scorers ${scorers}.\n`
  const sections = suites.map((summary) => {
    const { cases, lost } = shownOf(full, summary.suite)
    const failed = failedCases(cases)
    return [
      renderGates(summary),
      renderCases(lost.map(lostLine), 'listed cases without a decision'),
      renderCases(failed.map(caseLine), 'listed cases outside the accepted severity'),
    ].join('\n')
  })
  return [head, renderFigures(suites), ...sections].join('\n')
}

function renderFigures(suites: readonly Summary[]): string {
  const rows = SHOWN.map((name) => {
    const { title, unit } = METRICS[name]
    const cells = suites.map(({ figures }) =>
      `${showValue(figures[name].value, unit)} ${showInterval(figures[name], unit)}`.trim(),
    )
    return tableRow([title, ...cells])
  })
  const head = tableRow(['', ...suites.map(({ suite, counts }) => `${suite} (${counts.decided})`)])
  return `${head}${tableRow(['---', ...suites.map(() => '---:')])}${rows.join('')}`
}

function renderGates(summary: Summary): string {
  const undecided = undecidedLine(summary)
  const missing = undecided === null ? '' : tableRow(['❌', undecided, '', '', ''])
  const rows = summary.gates.map(({ metric, limit, value, open, sealed, passed }) => {
    const { title, unit } = METRICS[metric]
    return tableRow([
      passed ? '✅' : '❌',
      `${title} ${limit}`,
      ...[value, open, sealed].map((each) => showValue(each, unit)),
    ])
  })
  return `### ${summary.suite}\n\n${tableRow(['', 'gate', 'all', 'open', 'sealed'])}${tableRow(['---', '---', '---:', '---:', '---:'])}${missing}${rows.join('')}`
}

function renderCases(lines: readonly string[], title: string): string {
  if (lines.length === 0) return ''
  const shown = lines.slice(0, MOST_CASES)
  const more = lines.length > shown.length ? `\n- … and ${lines.length - shown.length} more` : ''
  return `\n<details><summary>${lines.length} ${title}</summary>\n\n${shown.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}${more}\n\n</details>\n`
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |\n`
}

/** Case ids and rule names may come from imported files. */
function escapeMarkdown(text: string): string {
  return text.replace(/[<>&[\]`*_\\]/g, (character) => `&#${character.charCodeAt(0)};`)
}

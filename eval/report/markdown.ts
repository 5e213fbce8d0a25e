import { METRICS } from '../summary/metrics.ts'
import type { MetricName } from '../summary/metric-names.ts'
import type { Summary } from '../summary/summarise.ts'
import { caseLine } from './case-line.ts'
import { failedCases, shownCases, type FullReport } from './report.ts'
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
  const { run, suites, passed } = full.report
  const scorers = run.scorers.map(({ name, version }) => `${name} ${version}`).join(', ') || 'none'
  const head = `## Eval: ${passed ? 'every gate holds' : 'gates fail'}\n\nPolicy \`${run.policy.id} ${run.policy.version}\` (${run.policy.hash.slice(0, 12)}), scorers ${scorers}.\n`
  const sections = suites.map((summary) => {
    const failed = failedCases(shownCases(full, summary.suite))
    return `${renderGates(summary)}\n${renderCases(failed.slice(0, MOST_CASES).map(caseLine), failed.length)}`
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

function renderGates({ suite, gates }: Summary): string {
  const rows = gates.map(({ metric, limit, value, open, sealed, passed }) => {
    const { title, unit } = METRICS[metric]
    return tableRow([
      passed ? '✅' : '❌',
      `${title} ${limit}`,
      ...[value, open, sealed].map((each) => showValue(each, unit)),
    ])
  })
  return `### ${suite}\n\n${tableRow(['', 'gate', 'all', 'open', 'sealed'])}${tableRow(['---', '---', '---:', '---:', '---:'])}${rows.join('')}`
}

function renderCases(lines: readonly string[], total: number): string {
  if (total === 0) return ''
  const more = total > lines.length ? `\n- … and ${total - lines.length} more` : ''
  return `\n<details><summary>${total} listed cases outside the accepted severity</summary>\n\n${lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}${more}\n\n</details>\n`
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |\n`
}

/** Case ids and rule names may come from imported files. */
function escapeMarkdown(text: string): string {
  return text.replace(/[<>&[\]`*_\\]/g, (character) => `&#${character.charCodeAt(0)};`)
}

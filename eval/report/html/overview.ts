import { METRICS } from '../../summary/metrics.ts'
import type { Summary } from '../../summary/summarise.ts'
import { isDecided } from '../report.ts'
import { showValue } from '../show-figure.ts'
import { escapeHtml } from './escape.ts'

const COLUMNS = [
  'critical_recall',
  'under_escalation',
  'over_escalation',
  'review_load',
  'severity_accuracy',
  'cost_loss',
] as const

/** All suites on one screen, each leading to its section. */
export function renderOverview(suites: readonly Summary[]): string {
  const heads = COLUMNS.map((name) => `<th class="n">${METRICS[name].title}</th>`).join('')
  const rows = suites.map((summary) => {
    const { suite, gates, counts, figures } = summary
    const failed = gates.filter(({ passed }) => !passed).length
    const verdict =
      failed === 0
        ? isDecided(summary)
          ? '<td class="pass">passes</td>'
          : '<td class="fail">not all decided</td>'
        : `<td class="fail">${failed} of ${gates.length} fail</td>`
    const cells = COLUMNS.map(
      (name) => `<td class="n">${showValue(figures[name].value, METRICS[name].unit)}</td>`,
    ).join('')
    return `<tr><td><a href="#${escapeHtml(suite)}">${escapeHtml(suite)}</a></td>${verdict}<td class="n">${counts.decided}</td>${cells}</tr>`
  })
  return `<nav class="card"><table><tr><th>suite</th><th>gates</th><th class="n">cases</th>${heads}</tr>${rows.join('')}</table></nav>`
}

import { createHash } from 'node:crypto'
import type { Graded } from '../../grade/graded.ts'
import type { StoredCase } from '../../run/rescore-outcomes.ts'
import { METRIC_NAMES } from '../../summary/metric-names.ts'
import { METRICS } from '../../summary/metrics.ts'
import type { Summary } from '../../summary/summarise.ts'
import {
  failedCases,
  hasPassed,
  lostLine,
  shownOf,
  undecidedLine,
  verdictOf,
  type FullReport,
} from '../report.ts'
import { showInterval, showValue } from '../show-figure.ts'
import { caseItem } from './case-item.ts'
import { CLIENT } from './client.ts'
import { escapeHtml, escapeJson } from './escape.ts'
import {
  plotConfusion,
  plotLatency,
  plotReliability,
  plotRiskCoverage,
  plotSlices,
} from './plots.ts'
import { renderOverview } from './overview.ts'
import { STYLE } from './style.ts'

/** Beyond this many cases the page would be slow to open; the wrong ones come first. */
const MOST_CASES = 2000
const TILES = [
  'critical_recall',
  'under_escalation',
  'over_escalation',
  'review_load',
  'severity_accuracy',
  'intent_accuracy',
  'cost_loss',
  'latency_p95_ms',
] as const

/** The whole report as one file that loads nothing from anywhere and runs only its own script. */
export function renderPage(full: FullReport): string {
  const { report } = full
  const items = report.suites.flatMap(({ suite }) => {
    const { cases } = shownOf(full, suite)
    const failed = new Set(failedCases(cases))
    const order = [...failed, ...cases.filter((each) => !failed.has(each))]
    return order.map((each: Graded) => caseItem(suite, each))
  })
  const shown = [
    ...items.filter(({ right }) => !right),
    ...items.filter(({ right }) => right),
  ].slice(0, MOST_CASES)
  const { policy, scorers, concurrency } = report.run
  const hash = createHash('sha256').update(CLIENT).digest('base64')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<title>Eval: ${verdictOf(report)}</title><style>${STYLE}</style></head><body><main>
<h1>Does it decide right? <span class="verdict${report.passed ? '' : ' no'}">${verdictOf(report)}</span></h1>
<p class="soft">Policy ${escapeHtml(`${policy.id} ${policy.version}`)} (${escapeHtml(policy.hash.slice(0, 12))}) · scorers ${escapeHtml(scorers.map(({ name, version }) => `${name} ${version}`).join(', ') || 'none')} · ${concurrency} cases at once. Square brackets are 95 % intervals; n/a means that nothing was counted.</p>
${report.suites.length > 1 ? renderOverview(report.suites) : ''}
${report.suites.map((summary) => renderSuite(summary, shownOf(full, summary.suite).lost)).join('')}
<h2>Cases</h2>
<div class="controls"><input id="search" type="search" placeholder="words of the ticket, a rule, a tag, an id" aria-label="Search cases">
<select id="suite" aria-label="Suite"><option value="">all suites</option>${report.suites.map(({ suite }) => `<option>${escapeHtml(suite)}</option>`).join('')}</select>
<select id="show" aria-label="Which cases"><option value="wrong">severity not accepted</option><option value="right">accepted</option><option value="all">all</option></select></div>
${full.showSealed ? '' : '<p class="soft">Sealed cases count in every figure and are not listed, so that nobody tunes on them.</p>'}
<p class="soft" id="found"></p><div id="list"></div>
${items.length > shown.length ? `<p class="soft">${items.length - shown.length} more cases are in graded.jsonl.</p>` : ''}
<script type="application/json" id="cases">${escapeJson(shown)}</script>
<script>${CLIENT}</script></main></body></html>
`
}

function renderSuite(summary: Summary, lost: readonly StoredCase[]): string {
  const { suite, purpose, counts } = summary
  const passed = hasPassed(summary)
  const undecided = undecidedLine(summary)
  return `<section id="${escapeHtml(suite)}"><h2>${escapeHtml(suite)} <span class="verdict${passed ? '' : ' no'}">${passed ? 'passes' : 'fails'}</span></h2>
<p class="soft">${escapeHtml(purpose)} · ${counts.decided} of ${counts.cases} cases decided</p>
${undecided === null ? '' : `<div class="card"><p><span class="fail">fails</span> ${undecided}</p>${lost.map((each) => `<p class="soft">${escapeHtml(lostLine(each))}</p>`).join('')}</div>`}
<div class="tiles">${TILES.filter((name) => summary.figures[name].value !== null)
    .map((name) => tile(summary, name))
    .join('')}</div>
<div class="card"><h3>Gates</h3>${renderGates(summary)}</div>
<details class="more"><summary>Plots and all figures</summary><div class="grid">${plotsOf(summary)
    .map(
      ({ title, plot, wide }) =>
        `<div class="card${wide ? ' wide' : ''}"><h3>${title}</h3>${plot}</div>`,
    )
    .join('')}
<div class="card wide"><h3>All figures</h3>${renderFigures(summary)}</div></div></details></section>`
}

function tile({ figures }: Summary, name: (typeof TILES)[number]): string {
  const { title, unit } = METRICS[name]
  return `<div class="card tile"><span class="soft">${title}</span><b>${showValue(figures[name].value, unit)}</b><span class="soft">${showInterval(figures[name], unit)}</span></div>`
}

function renderGates({ gates }: Summary): string {
  const rows = gates.map(({ metric, limit, value, open, sealed, passed }) => {
    const { title, unit } = METRICS[metric]
    return `<tr><td class="${passed ? 'pass">holds' : 'fail">fails'}</td><td>${title} ${limit}</td>${[value, open, sealed].map((each) => `<td class="n">${showValue(each, unit)}</td>`).join('')}</tr>`
  })
  return `<table><tr><th></th><th></th><th class="n">all</th><th class="n">open</th><th class="n">sealed</th></tr>${rows.join('')}</table>`
}

function renderFigures(summary: Summary): string {
  const rows = METRIC_NAMES.filter((name) => summary.figures[name].value !== null).map((name) => {
    const { title, unit } = METRICS[name]
    const show = (value: number | null) => `<td class="n">${showValue(value, unit)}</td>`
    const { open, sealed } = summary.halves
    return `<tr><td>${title}</td>${show(summary.figures[name].value)}<td class="n soft">${showInterval(summary.figures[name], unit)}</td>${show(open[name])}${show(sealed[name])}</tr>`
  })
  return `<table><tr><th></th><th class="n">all</th><th class="n">95 %</th><th class="n">open</th><th class="n">sealed</th></tr>${rows.join('')}</table>`
}

function plotsOf(summary: Summary) {
  const { confusions, slices } = summary
  return [
    {
      title: 'Severity: accepted (down) and decided (across)',
      plot: plotConfusion(confusions['severity']!, 'Severity'),
      wide: false,
    },
    {
      title: 'Is the confidence in the intent honest?',
      plot: plotReliability(summary.reliability),
      wide: false,
    },
    {
      title: 'Errors left when only the surest are decided',
      plot: plotRiskCoverage(summary.riskCoverage),
      wide: false,
    },
    { title: 'Time to decide', plot: plotLatency(summary.latencies), wide: false },
    {
      title: 'By tag (green: accepted, red: too low)',
      plot: plotSlices(slices.tag ?? [], 'Accepted severities by tag'),
      wide: false,
    },
    {
      title: 'By channel (green: accepted, red: too low)',
      plot: plotSlices(slices.channel ?? [], 'Accepted severities by channel'),
      wide: false,
    },
    {
      title: 'By tier (green: accepted, red: too low)',
      plot: plotSlices(slices.tier ?? [], 'Accepted severities by tier'),
      wide: false,
    },
    {
      title: 'By language (green: accepted, red: too low)',
      plot: plotSlices(slices.language ?? [], 'Accepted severities by language'),
      wide: false,
    },
    {
      title: 'By length (green: accepted, red: too low)',
      plot: plotSlices(slices.length ?? [], 'Accepted severities by length'),
      wide: false,
    },
    {
      title: 'Intent: labelled (down) and scored (across)',
      plot: plotConfusion(confusions['intent']!, 'Intent'),
      wide: true,
    },
  ].filter(({ plot }) => plot !== null)
}

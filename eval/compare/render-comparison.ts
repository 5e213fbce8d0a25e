import type { Paint } from '../../src/cli/paint.ts'
import type { Graded } from '../grade/graded.ts'
import type { RunDescription } from '../report/report.ts'
import { showValue } from '../report/show-figure.ts'
import { METRICS } from '../summary/metrics.ts'
import { describePart } from '../suite/select-cases.ts'
import type { Move } from './move-of.ts'
import { describeSlice } from '../summary/slices.ts'
import { listedMoves } from './compare-runs.ts'
import type { Comparison, Gated, MetricDifference, SuiteComparison } from './compare-runs.ts'

const MOST_MOVES = 60

export type Look = { readonly paint: Paint; readonly showSealed: boolean }

/** What changed from A to B: figures that differ beyond chance, then every case that moved with the rules of both. */
export function renderComparison({ runs, suites, unpaired }: Comparison, look: Look): string {
  const { paint } = look
  const lines = [
    paint('faint', `A  ${describe(runs.a)}`),
    paint('faint', `B  ${describe(runs.b)}`),
    ...suites.flatMap((suite) => renderSuite(suite, look)),
  ]
  if (unpaired > 0)
    lines.push(paint('faint', `${unpaired} cases are in one run only and were left out`))
  return lines.join('\n')
}

function describe(run: RunDescription): string {
  const { policy, scorers } = run
  const names = scorers.map(({ name, version }) => `${name} ${version}`).join(', ') || 'no scorer'
  const part = describePart(run)
  return `policy ${policy.id} ${policy.version} (${policy.hash.slice(0, 12)}), ${names}${part === null ? '' : `, ${part}`}`
}

function renderSuite(comparison: SuiteComparison, { paint, showSealed }: Look): readonly string[] {
  const { suite, cases, severity, metrics, moves, gated } = comparison
  const count = (kind: Move['kind']) => moves.filter((move) => move.kind === kind).length
  const listed = listedMoves(comparison, showSealed)
  const p = severity.pValue === null ? 'n/a' : severity.pValue.toPrecision(2)
  return [
    '',
    paint('heading', `${suite} (${cases} cases in both)`),
    `  ${count('regression')} regressions, ${count('improvement')} improvements, ${count('moved')} other changes; McNemar p = ${p}`,
    ...gated.map(
      (gate) => `  ${paint('danger', gate.isNew ? 'NEWLY GATED' : 'STILL GATED')} ${titleOf(gate)}`,
    ),
    ...metrics.flatMap((metric) => renderMetric(metric, paint)),
    ...listed.slice(0, MOST_MOVES).map((move) => renderMove(move, paint)),
    ...(listed.length > MOST_MOVES
      ? [`  … and ${listed.length - MOST_MOVES} more (--json lists all)`]
      : []),
  ]
}

function titleOf({ metric, slice }: Gated): string {
  const title = metric === 'decided' ? 'Cases have no decision in B' : METRICS[metric].title
  return slice === undefined ? title : `${title} where ${describeSlice(slice)}`
}

function renderMetric({ metric, a, b, paired }: MetricDifference, paint: Paint): readonly string[] {
  if (paired === null) return []
  const { title, unit, better } = METRICS[metric]
  const scale = unit === 'share' ? 100 : 1
  const { low, high } = paired.interval
  const sign = (value: number) =>
    `${value > 0 ? '+' : ''}${(value * scale).toFixed(unit === 'share' ? 1 : 3)}`
  const isBetter = paired.difference > 0 === (better === 'high')
  const verdict = paired.isDifferent
    ? paint(isBetter ? 'calm' : 'danger', isBetter ? ' better ' : ' worse ')
    : ''
  return [
    `  ${title.padEnd(34)} ${showValue(a, unit)} → ${showValue(b, unit)}  ${sign(paired.difference)} [${sign(low)}, ${sign(high)}] ${verdict}`,
  ]
}

function renderMove({ kind, a, b, differs }: Move, paint: Paint): string {
  const name = kind === 'regression' ? paint('danger', kind) : kind
  return `  ${name} ${a.evalCase.id} (expected ${a.grades.severity?.expected ?? '–'}): ${decisionOf(a)} → ${decisionOf(b)}; ${differs.join(', ')}`
}

function decisionOf({ receipt: { decision } }: Graded): string {
  const rules = decision.reasons.filter(({ kind }) => kind === 'trigger').map(({ rule }) => rule)
  return `${decision.severity} ${decision.route.team}${decision.disposition === 'review' ? ' held' : ''} (${rules.join(', ') || 'nothing fired'})`
}

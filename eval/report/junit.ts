import { METRICS } from '../summary/metrics.ts'
import type { Summary } from '../summary/summarise.ts'
import { caseLine } from './case-line.ts'
import { escapeHtml } from './html/escape.ts'
import { describePart } from '../suite/select-cases.ts'
import { failedCases, lostLine, shownOf, undecidedLine, type FullReport } from './report.ts'
import { showValue } from './show-figure.ts'

const MOST_CASES = 50
/** XML 1.0 has no way to write these, not even escaped. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

/** Gates as test cases, one test suite per eval suite, and whether every case was decided; a failing one lists the worst cases. */
export function renderJunit(full: FullReport): string {
  const { run, suites } = full.report
  const part = describePart(run)
  const name = part === null ? 'eval' : `eval, ${part}`
  const rendered = suites.map((summary) => renderSuite(summary, shownOf(full, summary.suite)))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(name)}">\n${rendered.join('')}</testsuites>\n`
}

type Test = { readonly name: string; readonly failure: string | null; readonly lines: string[] }

function renderSuite(summary: Summary, shown: ReturnType<typeof shownOf>): string {
  const { suite } = summary
  const failed = failedCases(shown.cases).slice(0, MOST_CASES).map(caseLine)
  const lost = shown.lost.slice(0, MOST_CASES).map(lostLine)
  const tests: readonly Test[] = [
    { name: 'every case decided', failure: undecidedLine(summary), lines: lost },
    ...summary.gates.map(({ metric, limit, value, passed }) => {
      const { title, unit } = METRICS[metric]
      const failure = passed ? null : showValue(value, unit)
      return { name: `${title} ${limit}`, failure, lines: failed }
    }),
  ]
  const failures = tests.filter(({ failure }) => failure !== null).length
  const rendered = tests.map((test) => renderTest(suite, test)).join('')
  return `  <testsuite name="${xml(suite)}" tests="${tests.length}" failures="${failures}">\n${rendered}  </testsuite>\n`
}

function renderTest(suite: string, { name, failure, lines }: Test): string {
  const open = `    <testcase classname="${xml(`eval.${suite}`)}" name="${xml(name)}"`
  if (failure === null) return `${open}/>\n`
  return `${open}>\n      <failure message="${xml(failure)}">${xml(lines.join('\n'))}</failure>\n    </testcase>\n`
}

function xml(text: string): string {
  return escapeHtml(text.replace(FORBIDDEN, '�').toWellFormed())
}

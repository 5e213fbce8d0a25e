import { METRICS } from '../summary/metrics.ts'
import type { Summary } from '../summary/summarise.ts'
import { caseLine } from './case-line.ts'
import { escapeHtml } from './html/escape.ts'
import type { Graded } from '../grade/graded.ts'
import { failedCases, shownCases, type FullReport } from './report.ts'
import { showValue } from './show-figure.ts'

const MOST_CASES = 50
/** XML 1.0 has no way to write these, not even escaped. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

/** Gates as test cases, one test suite per eval suite; a failing gate lists the worst cases. */
export function renderJunit(full: FullReport): string {
  const suites = full.report.suites.map((summary) =>
    renderSuite(summary, shownCases(full, summary.suite)),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="eval">\n${suites.join('')}</testsuites>\n`
}

function renderSuite({ suite, gates }: Summary, shown: readonly Graded[]): string {
  const failures = gates.filter(({ passed }) => !passed).length
  const cases = failedCases(shown).slice(0, MOST_CASES).map(caseLine).join('\n')
  const tests = gates.map(({ metric, limit, value, passed }) => {
    const { title, unit } = METRICS[metric]
    const name = xml(`${title} ${limit}`)
    const open = `    <testcase classname="${xml(`eval.${suite}`)}" name="${name}"`
    if (passed) return `${open}/>\n`
    return `${open}>\n      <failure message="${xml(showValue(value, unit))}">${xml(cases)}</failure>\n    </testcase>\n`
  })
  return `  <testsuite name="${xml(suite)}" tests="${gates.length}" failures="${failures}">\n${tests.join('')}  </testsuite>\n`
}

function xml(text: string): string {
  return escapeHtml(text.replace(FORBIDDEN, '�').toWellFormed())
}

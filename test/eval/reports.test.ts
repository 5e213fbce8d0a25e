import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createPaint } from '../../src/cli/paint.ts'
import { escapeJson } from '../../eval/report/html/escape.ts'
import { renderPage } from '../../eval/report/html/page.ts'
import { renderJunit } from '../../eval/report/junit.ts'
import { renderMarkdown } from '../../eval/report/markdown.ts'
import { buildReport, undecidedLine, type FullReport } from '../../eval/report/report.ts'
import { renderTerminal } from '../../eval/report/terminal.ts'
import { readSuite } from '../../eval/suite/read-suite.ts'
import { summarise } from '../../eval/summary/summarise.ts'
import { alwaysRaise, followLabels, policyWith, runLabelled } from './support/run-labelled.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let full: FullReport
beforeAll(async () => {
  const policy = await policyWith(() => ({ triggers: [alwaysRaise('P3')] }))
  full = (await runLabelled(['must-catch', 'injection'], policy)).full
})

describe('the HTML page', () => {
  test('loads nothing, and text of a ticket is never markup', () => {
    const page = renderPage(full)
    const [markup = ''] = page.split('<script type="application/json"')
    expect(/src\s*=|href\s*=(?!"#)|url\(/.exec(markup)).toBeNull()
    // The suite holds <script>alert(document.cookie)</script> and an image with onerror.
    expect(page.includes(String.raw`\u003cscript\u003ealert(document.cookie)`)).toBe(true)
    expect(/<script>alert|<img/.exec(page)).toBeNull()
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page.includes("default-src 'none'")).toBe(true)
  })

  test('JSON inside a script element cannot end it and stays the same JSON', () => {
    const hostile = { text: '</script><!--\u2028<script>' }
    const escaped = escapeJson(hostile)
    expect(escaped).not.toMatch(/[<>\u2028]/)
    expect(JSON.parse(escaped)).toEqual(hostile)
  })

  test('draws the plots that there are data for', () => {
    const page = renderPage(full)
    for (const title of [
      'Severity: expected by row',
      'Reliability of the intent',
      'Risk and coverage',
      'Latency',
      'by tag',
    ])
      expect([title, page.includes(title)]).toEqual([title, true])
  })
})

test('JUnit has one test case per gate, one for missing cases, and names failing cases', () => {
  const xml = renderJunit(full)
  expect(xml.match(/<testcase /g)?.length).toBe(
    full.report.suites.reduce((sum, { gates }) => sum + gates.length + 1, 0),
  )
  const { gates } = full.report.suites.find(({ suite }) => suite === 'must-catch')!
  const failing = gates.filter(({ passed }) => !passed).length
  expect(failing).toBeGreaterThan(0)
  expect(xml).toContain(
    `testsuite name="must-catch" tests="${gates.length + 1}" failures="${failing}"`,
  )
  expect(xml).toContain('outage-calm-01')
  // oxlint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/)
})

test('Markdown and the terminal show the gates with both halves', () => {
  expect(renderMarkdown(full)).toContain('| ❌ | Critical recall ≥ 1 | 0.0 % | 0.0 % | 0.0 % |')
  expect(renderTerminal(full, createPaint(false))).toContain(
    'FAIL  Critical recall 0.0 % (≥ 1), open 0.0 %, sealed 0.0 %',
  )
})

test('a case that gave no decision fails the report even where every gate holds, and is named in each form', async () => {
  const policy = await policyWith(() => ({ triggers: [alwaysRaise('P1')] }))
  const { graded } = (await runLabelled(['must-catch'], policy)).full
  const { definition, cases } = await readSuite('must-catch')
  const [lost, ...others] = graded[0]!.cases.map(({ outcome }) => outcome)
  const outcomes = [{ ...lost!, receipt: null, violations: ['failed: boom'] }, ...others]
  const gates = definition.gates.filter(({ metric }) => metric === 'critical_recall')
  const suite = { definition: { ...definition, gates }, cases }
  const { summary, ...rest } = summarise(suite, outcomes, policy, 10)
  expect(summary.gates.every(({ passed }) => passed)).toBe(true)
  const report = buildReport(full.report.run, [summary])
  expect(report.passed).toBe(false)
  const shown = {
    report,
    graded: [{ suite: 'must-catch', cases: rest.graded, lost: rest.lost }],
    showSealed: true,
  }
  for (const text of [
    renderPage(shown),
    renderMarkdown(shown),
    renderJunit(shown),
    renderTerminal(shown, createPaint(false)),
  ]) {
    expect(text).toContain(`${lost!.caseId}: failed: boom`)
    expect(text).toContain('1 of 156 cases gave no decision')
    expect(text).not.toContain('every gate holds')
  }
  expect(renderJunit(shown)).toContain('tests="2" failures="1"')
})

test('a suite without cases, and one that did not run to its end, do not pass', async () => {
  const policy = await followLabels()
  const { definition, cases } = await readSuite('must-not')
  const verdicts = [cases, []].map((given) => {
    const gateless = { definition: { ...definition, gates: [] }, cases: given }
    const { summary } = summarise(gateless, [], policy, 10)
    return [buildReport(full.report.run, [summary]).passed, undecidedLine(summary)]
  })
  expect(verdicts).toEqual([
    [false, '156 of 156 cases did not run'],
    [false, 'there is no case to run'],
  ])
})

test('every form says that a run was about a part of its suites', () => {
  const run = { ...full.report.run, half: 'open' as const, sample: 3 }
  const shown = { ...full, report: buildReport(run, full.report.suites) }
  for (const text of [
    renderPage(shown),
    renderMarkdown(shown),
    renderJunit(shown),
    renderTerminal(shown, createPaint(false)),
  ])
    expect(text).toContain('only the open half, a sample of 3 a suite')
})

test('sealed cases are counted and not listed, unless asked for', () => {
  const sealed = full.graded[0]!.cases.find(({ evalCase }) => evalCase.half === 'sealed')!
  const listedIn = (shown: FullReport) =>
    [
      renderPage(shown),
      renderMarkdown(shown),
      renderJunit(shown),
      renderTerminal(shown, createPaint(false)),
    ].map(
      (text) =>
        text.includes(`${sealed.evalCase.id}:`) || text.includes(`"id":"${sealed.evalCase.id}"`),
    )
  expect(listedIn(full)).toEqual([true, true, true, true])
  expect(listedIn({ ...full, showSealed: false })).toEqual([false, false, false, false])
})

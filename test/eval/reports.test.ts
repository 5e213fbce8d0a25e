import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createPaint } from '../../src/cli/paint.ts'
import { escapeJson } from '../../eval/report/html/escape.ts'
import { renderPage } from '../../eval/report/html/page.ts'
import { renderJunit } from '../../eval/report/junit.ts'
import { renderMarkdown } from '../../eval/report/markdown.ts'
import type { FullReport } from '../../eval/report/report.ts'
import { renderTerminal } from '../../eval/report/terminal.ts'
import { alwaysRaise, policyWith, runLabelled } from './support/run-labelled.ts'

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

test('JUnit has one test case per gate and names failing cases', () => {
  const xml = renderJunit(full)
  expect(xml.match(/<testcase /g)?.length).toBe(
    full.report.suites.reduce((sum, { gates }) => sum + gates.length, 0),
  )
  const { gates } = full.report.suites.find(({ suite }) => suite === 'must-catch')!
  const failing = gates.filter(({ passed }) => !passed).length
  expect(failing).toBeGreaterThan(0)
  expect(xml).toContain(`testsuite name="must-catch" tests="${gates.length}" failures="${failing}"`)
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

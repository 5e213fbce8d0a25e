import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Graded } from '../grade/graded.ts'
import { renderPage } from './html/page.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import type { FullReport } from './report.ts'

/** Writes every form of a report into one folder. */
export async function writeReports(full: FullReport, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { report, graded } = full
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  await write('report.json', `${JSON.stringify(report, null, 2)}\n`)
  await write('report.md', renderMarkdown(full))
  await write('report.html', renderPage(full))
  await write('junit.xml', renderJunit(full))
  await write(
    'graded.jsonl',
    graded.flatMap(({ suite, cases }) => cases.map((each) => gradedLine(suite, each))).join(''),
  )
}

/** The receipt is in the outcome already; reading puts it back. */
function gradedLine(suite: string, graded: Graded): string {
  return `${JSON.stringify({ suite, ...graded, receipt: undefined })}\n`
}

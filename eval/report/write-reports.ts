import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  const lines = graded.flatMap(({ suite, cases, lost }) =>
    // The receipt is in the outcome already; reading puts it back.
    [...cases.map((each) => ({ ...each, receipt: undefined })), ...lost].map(
      (each) => `${JSON.stringify({ suite, ...each })}\n`,
    ),
  )
  await write('graded.jsonl', lines.join(''))
}

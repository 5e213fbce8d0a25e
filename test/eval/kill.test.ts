import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { parseOutcomes } from '../../eval/run/outcome-file.ts'
import { createRandom } from '../../eval/metrics/random.ts'

vi.setConfig({ testTimeout: 120_000 })

const CASES = 400
const KILLS = 3

test('a run that is killed again and again ends with every case once, and loses none that it had', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eval-kill-'))
  await writeFile(join(folder, 'suite.yaml'), 'id: killed\npurpose: Killed\ngates: []\n')
  const lines = Array.from({ length: CASES }, (_, at) => {
    const id = `c${at}`
    const ticket = { id, body: `Case ${at}: our whole site is down and nobody can log in` }
    return JSON.stringify({ id, half: 'open', tags: [], ticket, expected: { severity: 'P1' } })
  })
  await writeFile(join(folder, 'cases.jsonl'), lines.join('\n'))
  const outcomes = join(folder, 'out', 'outcomes.jsonl')
  const stored = async () => parseOutcomes(await readFile(outcomes, 'utf8').catch(() => ''))
  const lineCount = async () =>
    (await readFile(outcomes, 'utf8').catch(() => '')).split('\n').length - 1
  const start = () =>
    spawn(
      process.execPath,
      [
        'eval/cli.ts',
        '--suite',
        folder,
        '--scorer',
        'phrases',
        '--out',
        join(folder, 'out'),
        '--quiet',
      ],
      { stdio: 'ignore' },
    )

  const random = createRandom(process.pid)
  const kept = new Set<string>()
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = start()
    const ended = once(child, 'exit')
    const target = kept.size + Math.floor(random() * ((CASES - kept.size) / 2)) + 1
    while ((await lineCount()) < target && child.exitCode === null) await wait(5)
    child.kill('SIGKILL')
    await ended
    const now = new Set((await stored()).map(({ caseId }) => caseId))
    expect([...kept].filter((id) => !now.has(id))).toEqual([])
    for (const id of now) kept.add(id)
  }
  expect(kept.size).toBeGreaterThan(0)

  const [code] = (await once(start(), 'exit')) as [number]
  expect(code).toBe(0)
  const ids = (await stored()).map(({ caseId }) => caseId)
  expect(ids).toHaveLength(CASES)
  expect(new Set(ids).size).toBe(CASES)
  const report = JSON.parse(await readFile(join(folder, 'out', 'report.json'), 'utf8')) as {
    suites: { counts: object }[]
  }
  expect(report.suites[0]?.counts).toEqual({ cases: CASES, run: CASES, decided: CASES })
  await rm(folder, { recursive: true })
})

import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rescoreCommand } from '../../eval/cli/rescore-command.ts'
import { runCommand } from '../../eval/cli/run-command.ts'
import { readRun } from '../../eval/compare/read-run.ts'
import { runOptions } from './support/run-options.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const CASES = 10
const GATES = `gates:\n  - { metric: critical_recall, at_least: 1 }\n`
const POLICY = 'policies/saas.yaml'

let folder: string
let run: string
let again: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-rescore-'))
  run = join(folder, 'run')
  again = join(folder, 'again')
  await mkdir(join(folder, 'suite'))
  await writeFile(join(folder, 'suite', 'suite.yaml'), `id: small\npurpose: test\n${GATES}`)
  await writeCases()
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

async function writeCases(edit: (body: string, at: number) => string = (body) => body) {
  const lines = Array.from({ length: CASES }, (_, at) => {
    const id = `c${at}`
    const body = edit(`Case ${at}: our whole site is down and nobody can log in`, at)
    const expected = { severity: 'P1', priority: 'critical' }
    return JSON.stringify({ id, half: 'open', tags: [], ticket: { id, body }, expected })
  })
  await writeFile(join(folder, 'suite', 'cases.jsonl'), lines.join('\n'))
}

function start(given: object = {}, abort: Pick<AbortSignal, 'aborted'> = { aborted: false }) {
  const options = runOptions(run, { suite: [join(folder, 'suite')], ...given })
  return runCommand(options, {}, abort as AbortSignal)
}

/** An interruption after so many cases. */
function afterCases(cases: number): Pick<AbortSignal, 'aborted'> {
  let asked = 0
  return {
    get aborted() {
      asked += 1
      return asked > cases
    },
  }
}

const countsOf = async (out: string) => {
  const { report } = await readRun(out)
  return { passed: report.passed, ...report.suites[0]!.counts }
}

test('a suite that was given as a folder is found again', async () => {
  expect(await start()).toBe(0)
  expect(await rescoreCommand(run, { policy: POLICY, out: again })).toBe(0)
  expect(await countsOf(again)).toMatchObject({ passed: true, cases: CASES, decided: CASES })
  expect(await rescoreCommand(run, { policy: POLICY, out: again, suite: ['small'] })).toBe(0)
})

test('an interrupted run has not passed, and rescoring it does not make it pass', async () => {
  expect(await start({}, afterCases(7))).toBe(130)
  expect(await countsOf(run)).toEqual({ passed: false, cases: CASES, run: 7, decided: 7 })
  expect(await rescoreCommand(run, { policy: POLICY, out: again })).toBe(1)
  expect(await countsOf(again)).toMatchObject({ passed: false, cases: CASES, decided: 7 })
  const { lost } = await readRun(again)
  expect([...lost.values()].map(({ outcome }) => outcome.violations)).toEqual(
    [7, 8, 9].map(() => ['failed: the stored run does not have this case']),
  )
  expect(await rescoreCommand(again, { policy: POLICY, out: join(folder, 'third') })).toBe(1)
})

test('a case that says something else by now gets no score of what it said then', async () => {
  await start()
  await writeCases((body, at) => (at === 3 ? 'thank you for the quick help' : body))
  expect(await rescoreCommand(run, { policy: POLICY, out: again })).toBe(1)
  const { lost } = await readRun(again)
  expect([...lost.keys()]).toEqual(['small/c3'])
})

test('outcomes of an earlier run with other scorers in the same folder are left alone', async () => {
  for (const scorer of [['phrases'], ['phrases', 'labels'], ['phrases']]) await start({ scorer })
  await rescoreCommand(run, { policy: POLICY, out: again })
  const scorers = [...(await readRun(again)).graded.values()].map(({ receipt }) =>
    receipt.scorers.map(({ name }) => name),
  )
  expect(scorers).toEqual(Array.from({ length: CASES }, () => ['phrases']))
})

test('a run about a part is decided again about that part', async () => {
  await start({ sample: 4 })
  expect(await rescoreCommand(run, { policy: POLICY, out: again })).toBe(0)
  expect(await countsOf(again)).toMatchObject({ cases: 4, decided: 4 })
  expect(await readFile(join(again, 'report.md'), 'utf8')).toContain('only a sample of 4 a suite')
})

test('a suite that names a baseline is compared with it at the end of a run', async () => {
  await start()
  await rename(run, join(folder, 'baseline'))
  const definition = join(folder, 'suite', 'suite.yaml')
  await appendFile(definition, 'baseline: ../baseline\n')
  const policy = join(folder, 'later.yaml')
  const text = await readFile(POLICY, 'utf8')
  await writeFile(policy, text.replaceAll('first_response: 15m', 'first_response: 30m'))
  const shown = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  shown.mockClear()
  await start({ policy, sample: 4, json: false })
  const printed = shown.mock.calls.map(([chunk]) => String(chunk)).join('')
  expect(printed).toContain('Against the baseline')
  expect(printed).toContain('0 regressions, 0 improvements, 4 other changes')
  await rm(join(folder, 'baseline'), { recursive: true })
  await expect(start()).rejects.toThrow('baseline/report.json')
})

test('a suite that the run is not about is named', async () => {
  await start()
  await expect(
    rescoreCommand(run, { policy: POLICY, out: again, suite: ['policy'] }),
  ).rejects.toThrow('is about small')
})

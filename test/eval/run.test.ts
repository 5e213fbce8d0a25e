import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runCommand } from '../../eval/cli/run-command.ts'
import type { Report } from '../../eval/report/report.ts'
import { openScoreCache } from '../../eval/run/cached-scorers.ts'
import { openOutcomeFile, parseOutcomes } from '../../eval/run/outcome-file.ts'
import { rescoreOutcomes } from '../../eval/run/rescore-outcomes.ts'
import { runSuite } from '../../eval/run/run-suite.ts'
import { parseCases } from '../../eval/suite/read-suite.ts'
import { suiteSchema, type Suite } from '../../eval/suite/suite-definition.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { alwaysRaise, followLabels, policyWith } from './support/run-labelled.ts'
import { runOptions } from './support/run-options.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-'))
})
afterEach(() => rm(folder, { recursive: true }))

const cases = Array.from({ length: 12 }, (_, at) => ({
  id: `c${at}`,
  half: 'open',
  tags: [],
  ticket: { id: `c${at}`, body: `message number ${at}` },
  expected: { severity: 'P1' },
}))
const suite: Suite = {
  definition: suiteSchema.parse({ id: 'small', purpose: 'test', gates: [] }),
  cases: parseCases(cases.map((each) => JSON.stringify(each)).join('\n'), 'small'),
}

function countingScorer(onScore: () => void = () => {}): Scorer & { readonly runs: () => number } {
  let runs = 0
  return {
    name: 'counting',
    version: '1',
    runs: () => runs,
    score: async () => {
      runs += 1
      onScore()
      return {
        intent: { label: 'outage', confidence: 0.9, band: 'high', alternatives: [] },
        priority: { label: 'critical', confidence: 0.9, band: 'high' },
        language: { code: 'en', confidence: 1 },
      }
    },
  }
}

async function run(scorer: Scorer, abort?: AbortSignal, code = 'test') {
  const file = await openOutcomeFile(join(folder, 'outcomes.jsonl'))
  const policy = await followLabels()
  return runSuite(suite, {
    policy,
    code,
    scorers: [scorer],
    concurrency: 3,
    cache: null,
    file,
    ...(abort && { abort }),
  })
}

describe('an interrupted run', () => {
  test('goes on where it stopped, without redoing or losing a case', async () => {
    const stop = new AbortController()
    const first = countingScorer(() => first.runs() === 5 && stop.abort())
    const before = await run(first, stop.signal)
    expect(before.length).toBeLessThan(12)
    const second = countingScorer()
    const after = await run(second)
    expect(after.map(({ caseId }) => caseId)).toEqual(suite.cases.map(({ id }) => id))
    expect(first.runs() + second.runs()).toBe(12)
    const uninterrupted = countingScorer()
    await rm(join(folder, 'outcomes.jsonl'))
    const whole = await run(uninterrupted)
    expect(whole.map(({ receipt }) => receipt?.decision)).toEqual(
      after.map(({ receipt }) => receipt?.decision),
    )
  })

  test('repeats a last line that was cut off in the middle', async () => {
    await run(countingScorer())
    const path = join(folder, 'outcomes.jsonl')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.slice(0, -40))
    const again = countingScorer()
    expect(await run(again)).toHaveLength(12)
    expect(again.runs()).toBe(1)
    expect(parseOutcomes(await readFile(path, 'utf8'))).toHaveLength(12)
  })

  test('tries a case again whose scorer had failed', async () => {
    const failing: Scorer = {
      name: 'counting',
      version: '1',
      score: () => Promise.reject(new Error('x')),
    }
    const degraded = await run(failing)
    expect(degraded[0]?.receipt?.degraded).toEqual(['counting: failed'])
    const healthy = countingScorer()
    await run(healthy)
    expect(healthy.runs()).toBe(12)
  })
})

test('known scores are not computed again for another policy, and say so by having no latency', async () => {
  const scorer = countingScorer()
  const policies = [
    await followLabels(),
    await policyWith(() => ({ triggers: [alwaysRaise('P2')] })),
  ]
  const latencies = []
  for (const policy of policies) {
    const file = await openOutcomeFile(join(folder, 'outcomes.jsonl'))
    const cache = await openScoreCache(folder, 'test')
    const outcomes = await runSuite(suite, {
      policy,
      code: 'test',
      scorers: [scorer],
      concurrency: 1,
      cache,
      file,
    })
    latencies.push(outcomes.every(({ ms }) => ms === null))
  }
  expect(scorer.runs()).toBe(12)
  expect(latencies).toEqual([false, true])
})

test('what other code decided or scored runs again', async () => {
  const scorer = countingScorer()
  for (const code of ['before', 'after']) {
    await run(scorer, undefined, code)
    const cache = await openScoreCache(folder, code)
    await cache.wrap().of(scorer).score({ text: 'the same' })
    await cache.close()
  }
  expect(scorer.runs()).toBe(2 * 12 + 2)
})

test('a model of the same version with one threshold moved runs again', async () => {
  const model = join(folder, 'model')
  await cp('model', model, { recursive: true, filter: (path) => !path.includes('training') })
  const out = join(folder, 'out')
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const ranCases = async () => {
    const options = { suite: ['must-catch'], half: 'open', sample: 3 } as const
    const scorer = ['phrases', 'local']
    await runCommand(
      runOptions(out, { ...options, scorer, model }),
      {},
      new AbortController().signal,
    )
    const { run } = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Report
    return run.ran?.cases ?? 0
  }
  expect([await ranCases(), await ranCases()]).toEqual([3, 0])
  const file = join(model, 'config.json')
  const config = JSON.parse(await readFile(file, 'utf8')) as {
    heads: { priority: { critical: { threshold: number } } }
  }
  config.heads.priority.critical.threshold = 0.99
  await writeFile(file, JSON.stringify(config))
  expect(await ranCases()).toBe(3)
  vi.restoreAllMocks()
})

test('a cache that was cut off is read as far as it goes', async () => {
  await appendFile(join(folder, 'scores.jsonl'), '{"key":"a","sco')
  await expect(openScoreCache(folder, 'test')).resolves.toBeDefined()
})

test('stored outcomes are decided again under another policy without a scorer', async () => {
  const ran = await run(countingScorer())
  const stored = ran.map((outcome, at) => ({ evalCase: suite.cases[at]!, outcome }))
  const policy = await policyWith(() => ({ triggers: [alwaysRaise('P3')] }))
  const rescored = await rescoreOutcomes(suite, stored, { policy, phrases: null })
  expect(ran.map(({ receipt }) => receipt?.decision.severity)).toEqual(suite.cases.map(() => 'P1'))
  expect(rescored.map(({ receipt }) => receipt?.decision.severity)).toEqual(
    suite.cases.map(() => 'P3'),
  )
  expect(rescored[0]?.receipt?.scorers[0]?.name).toBe('counting')
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { runCommand } from '../../eval/cli/run-command.ts'
import { compareRuns } from '../../eval/compare/compare-runs.ts'
import { readRun } from '../../eval/compare/read-run.ts'
import { rescoreCommand } from '../../eval/cli/rescore-command.ts'
import { CALM_ANSWER, startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const USAGE = { prompt_tokens: 1000, completion_tokens: 100 }
const SUITE = `id: asked
purpose: The LLM is asked
gates: []
`
const CASES = ['the warehouse floor is wet', 'the lift makes a sound', 'our sign fell off'].map(
  (body, at) => ({
    id: `c${at}`,
    half: 'open',
    tags: [],
    ticket: { id: `c${at}`, body },
    expected: { severity: 'P1', intent: 'security' },
  }),
)

let server: OpenAiServer
let folder: string
beforeAll(async () => {
  server = await startOpenAiServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-'))
  await writeFile(join(folder, 'suite.yaml'), SUITE)
  await writeFile(join(folder, 'cases.jsonl'), CASES.map((each) => JSON.stringify(each)).join('\n'))
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  return () => rm(folder, { recursive: true })
})

async function run(out: string, options: { scorer: string[]; prompt?: string; policy?: string }) {
  const env = {
    OPENAI_MODEL: 'test-model',
    OPENAI_BASE_URL: server.url,
    LLM_PRICE_INPUT: '2',
    LLM_PRICE_OUTPUT: '10',
  }
  const whole = {
    suite: [folder],
    policy: 'policies/saas.yaml',
    model: 'model',
    concurrency: 2,
    threads: 1,
    budgetMs: 10_000,
    out: join(folder, out),
    quiet: true,
    ...options,
  }
  await runCommand(whole, env, new AbortController().signal)
  return readRun(join(folder, out))
}

/** The shipped prompt with another version and one more sentence. */
async function secondPrompt(): Promise<string> {
  const text = await readFile('prompts/classify-ticket.v1.md', 'utf8')
  const file = join(folder, 'v2.md')
  await writeFile(
    file,
    text
      .replace('version: 1', 'version: 2')
      .replace('# system\n', '# system\n\nThings that fall are dangerous.\n'),
  )
  return file
}

/** Labels by what the prompt says, so that another prompt gives other answers. */
function answerByPrompt() {
  server.play(({ body }) => ({
    kind: 'answer',
    usage: USAGE,
    answer: JSON.stringify(body.messages).includes('Things that fall')
      ? { ...CALM_ANSWER, intent: 'security', priority: 'critical', urgency: 3 }
      : CALM_ANSWER,
  }))
}

test('two prompts are compared case by case, with tokens and money', async () => {
  answerByPrompt()
  const first = await run('first', { scorer: ['phrases', 'llm'] })
  const second = await run('second', { scorer: ['phrases', 'llm'], prompt: await secondPrompt() })
  const { figures } = first.report.suites[0]!
  expect(figures.llm_asked_share.value).toBe(1)
  expect(figures.llm_tokens.value).toBe(1100)
  expect(figures.llm_money.value).toBeCloseTo((1000 * 2 + 100 * 10) / 1e6, 12)
  const versions = [first, second].map(({ report }) => report.run.scorers.at(-1)?.version)
  expect(versions[0]).toContain('classify-ticket.v1')
  expect(versions[1]).toContain('classify-ticket.v2')

  const [suite] = compareRuns(first, second, 50).suites
  expect(suite?.moves.map(({ kind, b }) => [kind, b.receipt.decision.severity])).toEqual(
    CASES.map(() => ['improvement', 'P1']),
  )
  expect(suite?.metrics.find(({ metric }) => metric === 'intent_accuracy')?.b).toBe(1)
})

test('a run again asks nobody, and what the answers cost stays in the report', async () => {
  answerByPrompt()
  await run('once', { scorer: ['phrases', 'llm'] })
  const asked = server.requests.length
  await rm(join(folder, 'once', 'outcomes.jsonl'))
  const again = await run('once', { scorer: ['phrases', 'llm'] })
  expect(server.requests.length).toBe(asked)
  expect(again.report.suites[0]?.figures.llm_tokens.value).toBe(1100)
})

test('beside the local model it is a second opinion, as the policy says, also when decided again from the stored run', async () => {
  server.play(() => ({
    kind: 'answer',
    usage: USAGE,
    answer: { ...CALM_ANSWER, intent: 'security', priority: 'critical', urgency: 3 },
  }))
  const text = await readFile('policies/saas.yaml', 'utf8')
  const policy = join(folder, 'asks.yaml')
  await writeFile(policy, text.replace('bands: [low]', 'bands: [low, medium, high]'))
  const { graded } = await run('both', { scorer: ['phrases', 'local', 'llm'], policy })
  const receipts = [...graded.values()].map(({ receipt }) => receipt)
  const raised = receipts.filter(({ secondOpinion }) => secondOpinion !== undefined)
  expect(raised.length).toBeGreaterThan(0)
  for (const { scorers, decision } of raised) {
    expect(scorers.map(({ name }) => name)).toEqual(['phrases', 'local', 'llm'])
    expect(decision.severity).toBe('P1')
  }
  await rescoreCommand(join(folder, 'both'), {
    policy,
    suite: [folder],
    out: join(folder, 'again'),
  })
  const again = await readRun(join(folder, 'again'))
  expect([...again.graded.values()].map(({ receipt }) => receipt.decision)).toEqual(
    receipts.map(({ decision }) => decision),
  )
})

test('without a configured server the scorer is refused with what is missing', async () => {
  const options = {
    suite: [folder],
    scorer: ['llm'],
    policy: 'policies/saas.yaml',
    model: 'model',
    concurrency: 1,
    threads: 1,
    budgetMs: 1000,
    out: join(folder, 'none'),
    quiet: true,
  }
  await expect(runCommand(options, {}, new AbortController().signal)).rejects.toThrow(
    'OPENAI_MODEL',
  )
})

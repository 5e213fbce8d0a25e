import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { compareCommand } from '../../eval/cli/compare-command.ts'
import { compareRuns, type SuiteComparison } from '../../eval/compare/compare-runs.ts'
import type { StoredRun } from '../../eval/compare/read-run.ts'
import type { Graded } from '../../eval/grade/graded.ts'
import { writeReports } from '../../eval/report/write-reports.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import { alwaysRaise, followLabels, policyWith, runLabelled } from './support/run-labelled.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const FEW_RESAMPLES = 20

type Run = Awaited<ReturnType<typeof runLabelled>>
let text: string
let shipped: Run
let folder: string
beforeAll(async () => {
  text = await readFile('policies/saas.yaml', 'utf8')
  shipped = await runEdited((policy) => policy)
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-compare-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

function runEdited(edit: (text: string) => string, suites = ['policy']): Promise<Run> {
  return runLabelled(suites, compilePolicy(parsePolicy(edit(text), 'saas.yaml')))
}

function compareOne(a: StoredRun, b: StoredRun): SuiteComparison {
  return compareRuns(a, b, FEW_RESAMPLES).suites[0]!
}

/** Exit code and output of `eval compare` on two runs. */
async function compareFolders(a: Run, b: Run, showSealed = false) {
  await writeReports(a.full, join(folder, 'a'))
  await writeReports(b.full, join(folder, 'b'))
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const code = await compareCommand(join(folder, 'a'), join(folder, 'b'), {
    json: true,
    showSealed,
  })
  const [suite] = (JSON.parse(String(written.mock.calls.at(-1)?.[0])) as Json).suites
  return { code, suite: suite! }
}
type Json = {
  readonly suites: readonly {
    readonly moved: Readonly<Record<string, number>>
    readonly moves: readonly { readonly case: string }[]
  }[]
}

describe('what goes from right to wrong is a regression at the same severity too', () => {
  test('another team', async () => {
    const b = await runEdited((policy) =>
      policy.replace(
        'team: engineering\n    because: A critical',
        'team: support\n    because: A critical',
      ),
    )
    const move = compareOne(shipped.stored, b.stored).moves.find(
      ({ a }) => a.evalCase.id === 'model-critical',
    )
    expect(move?.kind).toBe('regression')
    expect(move?.differs).toContain('team')
  })

  test('due times doubled; where none is expected the case is listed all the same', async () => {
    const b = await runEdited((policy) =>
      policy.replaceAll('first_response: 15m', 'first_response: 30m'),
    )
    const { moves } = compareOne(shipped.stored, b.stored)
    const late = moves.filter(({ differs }) => differs.join() === 'clocks')
    expect(late).toHaveLength(moves.length)
    const expectsClocks = ({ evalCase }: Graded) => evalCase.expected.clocks !== undefined
    expect(
      late.filter(({ kind }) => kind === 'regression').every(({ a }) => expectsClocks(a)),
    ).toBe(true)
    expect(new Set(late.map(({ kind }) => kind))).toEqual(new Set(['regression', 'moved']))
  })

  test('from too high to too low', async () => {
    const [high, low] = await Promise.all(
      (['P1', 'P4'] as const).map(async (severity) =>
        runLabelled(
          ['must-not', 'core'],
          await policyWith(() => ({ triggers: [alwaysRaise(severity)] })),
        ),
      ),
    )
    const moves = compareRuns(high!.stored, low!.stored, FEW_RESAMPLES).suites.flatMap(
      (suite) => suite.moves,
    )
    const passedOver = moves.filter(({ a: { judged } }) => {
      const { most = 'P1', least = 'P4' } = judged?.expected ?? {}
      return most !== 'P1' && least !== 'P4'
    })
    expect(passedOver.length).toBeGreaterThan(0)
    expect(new Set(passedOver.map(({ kind }) => kind))).toEqual(new Set(['regression']))
  })
})

describe('what only one run has is not passed over', () => {
  test('a suite that B does not have', async () => {
    const a = await runLabelled(['policy', 'scenarios'], await followLabels())
    const b = await runLabelled(['policy'], await followLabels())
    const gone = compareRuns(a.stored, b.stored, FEW_RESAMPLES).suites[1]
    expect(gone).toMatchObject({
      suite: 'scenarios',
      cases: 0,
      gated: [{ metric: 'decided', isNew: true }],
    })
    expect((await compareFolders(a, b)).code).toBe(1)
  })

  test('a suite that only B has and that fails', async () => {
    const a = await runLabelled(['scenarios'], await followLabels())
    const b = await runLabelled(
      ['scenarios', 'must-catch'],
      await policyWith(() => ({ triggers: [alwaysRaise('P3')] })),
    )
    const added = compareRuns(a.stored, b.stored, FEW_RESAMPLES).suites[1]
    expect(added?.gated).toContainEqual({ metric: 'critical_recall', isNew: true })
  })

  test('a case that B did not decide', () => {
    const { stored } = shipped
    const graded = new Map([...stored.graded].slice(1))
    expect(compareOne(stored, { ...stored, graded }).gated).toContainEqual({
      metric: 'decided',
      isNew: true,
    })
    expect(compareOne(stored, stored).gated).toEqual([])
  })
})

test('variants of --perturb count in flips and in nothing else', () => {
  const withVariants = (decided: 'P1' | 'P4'): StoredRun => {
    const variants = [...shipped.stored.graded].map(([key, each]): [string, Graded] => [
      `${key}~typo`,
      {
        ...each,
        evalCase: {
          ...each.evalCase,
          id: `${each.evalCase.id}~typo`,
          base: each.evalCase.id,
          tags: [...each.evalCase.tags, 'variant-typo'],
        },
        receipt: { ...each.receipt, decision: { ...each.receipt.decision, severity: decided } },
        judged: each.judged === null ? null : { ...each.judged, decided },
      },
    ])
    return { ...shipped.stored, graded: new Map([...shipped.stored.graded, ...variants]) }
  }
  const { cases, moves, metrics } = compareOne(withVariants('P1'), withVariants('P4'))
  expect([cases, moves]).toEqual([shipped.stored.graded.size, []])
  const differences = metrics.flatMap(({ metric, paired }) =>
    paired !== null && paired.difference !== 0 ? [metric] : [],
  )
  expect(differences).toEqual(['flip_rate'])
})

test('sealed cases are counted in the JSON and listed only on request', async () => {
  const b = await runEdited((policy) =>
    policy.replaceAll('first_response: 15m', 'first_response: 30m'),
  )
  const { suite } = await compareFolders(shipped, b)
  const { suite: whole } = await compareFolders(shipped, b, true)
  const total = Object.values(suite.moved).reduce((sum, count) => sum + count, 0)
  expect(whole.moves).toHaveLength(total)
  expect(suite.moves.length).toBeLessThan(total)
  const halves = new Map(
    [...shipped.stored.graded.values()].map(({ evalCase }) => [evalCase.id, evalCase.half]),
  )
  expect(suite.moves.every((move) => halves.get(move.case) === 'open')).toBe(true)
})

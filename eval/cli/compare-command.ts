import { createPaint } from '../../src/cli/paint.ts'
import { compareRuns, listedMoves, type Comparison } from '../compare/compare-runs.ts'
import { MOVE_KINDS } from '../compare/move-of.ts'
import { readRun } from '../compare/read-run.ts'
import { renderComparison } from '../compare/render-comparison.ts'

/** Shows what changed between two runs; 1 when B fails a gate that A held, or did not decide what A did. */
export async function compareCommand(
  a: string,
  b: string,
  options: { readonly json?: boolean; readonly showSealed?: boolean },
): Promise<number> {
  const comparison = compareRuns(await readRun(a), await readRun(b))
  if (options.json === true)
    process.stdout.write(
      `${JSON.stringify(forMachines(comparison, options.showSealed === true))}\n`,
    )
  else {
    const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
    process.stdout.write(
      `${renderComparison(comparison, { paint: createPaint(color), showSealed: options.showSealed === true })}\n`,
    )
  }
  return comparison.suites.some(({ gated }) => gated.some(({ isNew }) => isNew)) ? 1 : 0
}

/** Without receipts; sealed cases are counted and listed only on request, as everywhere. */
function forMachines({ runs, suites, unpaired }: Comparison, showSealed: boolean) {
  const short = suites.map((suite) => ({
    ...suite,
    moved: Object.fromEntries(
      MOVE_KINDS.map((kind) => [kind, suite.moves.filter((move) => move.kind === kind).length]),
    ),
    moves: listedMoves(suite, showSealed).map(({ kind, differs, a, b }) => ({
      kind,
      differs,
      case: a.evalCase.id,
      expected: a.grades.severity?.expected ?? null,
      a: a.receipt.decision,
      b: b.receipt.decision,
    })),
  }))
  return { runs, suites: short, unpaired }
}

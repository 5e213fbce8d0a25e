/**
 * `npm run rig:eval`: ten thousand cases through an eval run with the local model, against the bare engine of `npm run
 * bench` (the model's passes and the rows, nothing else) in alternating blocks of one run. Exits 1 below 0.8 of it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEvalScorers } from '../../eval/run/open-eval-scorers.ts'
import { openOutcomeFile } from '../../eval/run/outcome-file.ts'
import { runSuite } from '../../eval/run/run-suite.ts'
import type { EvalCase } from '../../eval/suite/eval-case.ts'
import { suiteSchema } from '../../eval/suite/suite-definition.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import { openBareLoop } from '../bench/bare-loop.ts'
import { median } from '../bench/statistics.ts'
import { benchTickets } from '../bench/tickets.ts'
import { openTestPglite } from '../support/store.ts'

const TARGET = 0.8
const BARE_SHARE = 0.2

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    blocks: { type: 'string', default: '20' },
    help: { type: 'boolean' },
  },
})
if (values.help === true) {
  console.log(
    'Cases per second of an eval run against the bare engine.\n\nExample: npm run rig:eval -- --cases 10000 --blocks 20',
  )
  process.exit(0)
}
const total = Number(values.cases)
const blocks = Number(values.blocks)
const perBlock = Math.ceil(total / blocks)

const tickets = await benchTickets()
const cases = Array.from({ length: total }, (_, at): EvalCase => {
  const ticket = tickets[at % tickets.length]!
  const id = `case-${at}`
  // Another reference number each time, so that nothing is known already.
  const body = `${ticket.body ?? ''} Reference ${at}.`
  return { id, half: 'open', tags: [], ticket: { ...ticket, id, body }, expected: {} }
})
const definition = suiteSchema.parse({ id: 'throughput', purpose: 'rig', gates: [] })

const folder = await mkdtemp(join(tmpdir(), 'triage-eval-rig-'))
const { compiled } = await loadPolicy('policies/saas.yaml')
const scorers = await openEvalScorers(compiled, {
  names: ['phrases', 'local'],
  cases,
  modelFolder: 'model',
  threads: 1,
  answerBudgetMs: 60_000,
  llm: undefined,
})
const db = await openTestPglite()
const bare = await openBareLoop(db, tickets.slice(0, 200))
const file = await openOutcomeFile(join(folder, 'outcomes.jsonl'))

async function evalRate(block: readonly EvalCase[]): Promise<number> {
  const start = performance.now()
  await runSuite(
    { definition, cases: block },
    { ...scorers, policy: compiled, code: 'rig', concurrency: 4, file, cache: null },
  )
  return (block.length * 1_000) / (performance.now() - start)
}

async function bareRate(runs: number): Promise<number> {
  const start = performance.now()
  for (let run = 0; run < runs; run++) await bare.one()
  return (runs * 1_000) / (performance.now() - start)
}

const rates: { readonly run: number; readonly engine: number }[] = []
try {
  await bareRate(100)
  for (let block = 0; block < blocks; block++) {
    const part = cases.slice(block * perBlock, (block + 1) * perBlock)
    const engine = await bareRate(Math.ceil(part.length * BARE_SHARE))
    rates.push({ engine, run: await evalRate(part) })
    process.stderr.write(`\rblock ${block + 1} of ${blocks}`)
  }
  process.stderr.write('\n')
} finally {
  await scorers.close()
  await db.close()
  await rm(folder, { recursive: true, force: true })
}

const ratio = median(rates.map(({ run, engine }) => run / engine))
const run = median(rates.map((each) => each.run))
const engine = median(rates.map((each) => each.engine))
console.log(
  `${total} cases: ${run.toFixed(0)} a second, bare engine ${engine.toFixed(0)} a second, ratio ${ratio.toFixed(2)} (target ${TARGET})`,
)
process.exit(ratio >= TARGET ? 0 : 1)

import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { seededRandom } from '../support/seeded-random.ts'
import type { BothRuntimes, Pair } from '../worker/both-runtimes.ts'
import { openBothRuntimes } from '../worker/both-runtimes.ts'
import { differences, floorOf, HEADS, topLabel, wholeDecision } from '../worker/compare-receipts.ts'
import { compareOutputs } from '../worker/model-outputs.ts'
import { ODD_TICKETS, suiteTickets } from '../worker/varied-tickets.ts'

const HELP = `Sends the same tickets through the Worker in workerd and through the app on Node and compares floors, labels and decisions.
Without --data the tickets are those of eval/suites and of test/worker; with it, real messages of several sources and languages.

  npm run rig:worker -- --count 300
  npm run rig:worker -- --count 1000 --data ../shared/data --seed 1`

const LEAST_EQUAL = 0.99
const SHOWN = 40

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
})
if (values.help === true) {
  console.log(HELP)
  process.exit(0)
}
const count = Number(values.count)
const tickets =
  values.data === undefined
    ? [...ODD_TICKETS, ...suiteTickets(count - ODD_TICKETS.length)]
    : (await readMessages(values.data, count, Number(values.seed))).map((body, at) => ({
        id: `M-${at}`,
        body,
        customer: { id: `C-${at}` },
      }))

/** Messages from every set of training texts below the folder in turn. */
async function readMessages(
  folder: string,
  count: number,
  seed: number,
): Promise<readonly string[]> {
  const sets: (readonly string[])[] = []
  for await (const name of glob('{labelled,written,public/*}/train.jsonl{,.gz}', { cwd: folder })) {
    const bytes = await readFile(join(folder, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    sets.push(text.split('\n').filter((line) => line.includes('"text"')))
  }
  if (sets.length === 0)
    throw new Error(`Cannot find messages in ${folder}: it must hold labelled/, written/, public/`)
  const random = seededRandom(seed)
  const texts: string[] = []
  for (let at = 0; texts.length < count; at++) {
    const set = sets[at % sets.length]!
    const { text } = JSON.parse(set[Math.floor(random() * set.length)]!) as { text: string }
    if (text.trim() !== '') texts.push(text)
  }
  return texts
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Time inside workerd without wrangler's proxies is the request's own log line; this is what a caller sees. */
async function decideAll(both: BothRuntimes): Promise<readonly Pair[]> {
  const pairs: Pair[] = []
  for (const ticket of tickets) {
    pairs.push(await both.decideOnBoth(ticket))
    if (pairs.length % 100 === 0) console.error(`${pairs.length} of ${tickets.length}`)
  }
  return pairs
}

function report(pairs: readonly Pair[]): boolean {
  for (const head of HEADS) {
    const equal = pairs.filter(
      ({ worker, node }) => topLabel(worker.signals, head) === topLabel(node.signals, head),
    )
    console.log(`${head.padEnd(10)} top label equal in ${percent(equal.length, pairs.length)}`)
  }
  const floors = pairs.filter(
    ({ worker, node }) => differences(floorOf(worker), floorOf(node)).length > 0,
  )
  const degraded = pairs.filter(({ worker }) => worker.degraded.length > 0)
  const differing = pairs.flatMap(({ ticket, worker, node }) => {
    const found = differences(wholeDecision(worker), wholeDecision(node))
    return found.length === 0 ? [] : [{ ticket, found, worker, node }]
  })
  for (const { ticket, found, worker, node } of differing.slice(0, SHOWN)) {
    const heads = HEADS.flatMap((head) => {
      const [here, there] = [topLabel(worker.signals, head), topLabel(node.signals, head)]
      return here === there ? [] : [`${head} ${here} / ${there}`]
    })
    console.log(`  ${ticket.id}: ${found.join('; ')} [labels that differ: ${heads.join(', ')}]`)
  }
  const ms = pairs.map((pair) => pair.ms).sort((a, b) => a - b)
  const model = pairs
    .map(({ worker }) => worker.scorers.find(({ name }) => name === 'local')?.ms ?? 0)
    .sort((a, b) => a - b)
  const at = (times: readonly number[]) =>
    `p50 ${quantile(times, 0.5).toFixed(1)}, p95 ${quantile(times, 0.95).toFixed(1)} ms`
  console.log(
    `a ticket in workerd: ${at(ms)} (through wrangler dev), the model alone: ${at(model)}`,
  )
  console.log(
    `${pairs.length} tickets: ${percent(pairs.length - differing.length, pairs.length)} of decisions equal, ${floors.length} floors differ, ${degraded.length} degraded`,
  )
  const equal = (pairs.length - differing.length) / pairs.length
  return equal >= LEAST_EQUAL && floors.length === 0 && degraded.length === 0
}

let passed = false
const both = await openBothRuntimes()
try {
  await both.triage({ id: 'warm-up', body: 'hello' })
  passed = report(await decideAll(both))
  console.log(await compareOutputs(both.triage))
} finally {
  await both.close()
}
console.log(passed ? 'PASS' : 'FAIL')
process.exit(passed ? 0 : 1)

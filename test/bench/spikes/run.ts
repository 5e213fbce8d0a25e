/**
 * `npm run bench:spikes -- --data ../shared/data`: real texts on simulated arrivals with bursts of known onset; the
 * service's own detection on a real store against a fixed threshold, a z-score and Kleinberg's bursts. Prints a table
 * and JSON; `--plots docs/spikes` draws the curves.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ALL_TRAFFIC, kindOf } from '../../../src/domain/spike-keys.ts'
import { spikeRules } from '../../../src/domain/spike-rules.ts'
import { openTestPglite } from '../../support/store.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import type { Alarm, Detector } from './detectors.ts'
import { fixedThreshold, kleinberg, zScore } from './detectors.ts'
import { runOurs } from './ours.ts'
import { plotCurves } from './plot.ts'
import type { Result } from './plot.ts'
import type { Score } from './score.ts'
import { score } from './score.ts'
import type { Arrival, StreamPlan } from './stream.ts'
import { simulate } from './stream.ts'
import { readCorpus } from './texts.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    seeds: { type: 'string', default: '1,2,3' },
    weeks: { type: 'string', default: '5' },
    'per-hour': { type: 'string', default: '20' },
    plots: { type: 'string' },
    help: { type: 'boolean' },
  },
})
if (values.help === true) {
  console.log(
    'Detection of bursts on simulated streams of real texts.\n\nExample: npm run bench:spikes -- --data ../shared/data --seeds 1,2,3 --plots docs/spikes',
  )
  process.exit(0)
}

const BUDGETS = [0.01, 0.1, 1, 10]
const rivals: readonly (() => Detector)[] = [
  ...[6, 8, 10, 12, 16, 24, 32].map((limit) => () => fixedThreshold(limit)),
  ...[4, 6, 8, 12, 16, 24].map((limit) => () => zScore(limit)),
  ...[1, 1.5, 2, 3, 4, 6].map((gamma) => () => kleinberg(gamma)),
]

const corpus = await readCorpus(values.data)
const keysOf = ({ text }: Arrival) => corpus.keys[text]!
const scores = new Map<string, Score[]>()
const seeds = values.seeds.split(',').map(Number)

for (const seed of seeds) {
  const plan: StreamPlan = {
    startMs: Date.UTC(2026, 0, 5),
    weeks: Number(values.weeks),
    quietWeeks: 3,
    perHour: Number(values['per-hour']),
    overdispersion: 0.05,
    burstsPerWeek: 12,
    sizes: [8, 12, 20, 40],
    burstMinutes: 45,
  }
  const stream = simulate(plan, corpus.topics, seededRandom(seed))
  const weekMs = 168 * 3_600_000
  const span = {
    fromMs: plan.startMs + plan.quietWeeks * weekMs,
    untilMs: plan.startMs + plan.weeks * weekMs,
  }
  const note = (name: string, parameter: number, alarms: readonly Alarm[]) => {
    const id = JSON.stringify({ name, parameter })
    const result = score(alarms, { ...stream, keysOf }, span)
    scores.set(id, [...(scores.get(id) ?? []), result])
  }
  for (const create of rivals) {
    const detector = create()
    note(detector.name, detector.parameter, alarmsOf(detector, stream.arrivals))
  }
  const db = await openTestPglite()
  const section = { windowMinutes: 60, minCustomers: 5, ratio: 3 }
  const rules = BUDGETS.map((falseAlarmsPerWeek) => spikeRules({ ...section, falseAlarmsPerWeek }))
  const started = performance.now()
  const ours = await runOurs(db, stream.arrivals, keysOf, rules)
  const ms = (performance.now() - started) / stream.arrivals.length
  console.error(`seed ${seed}: ${stream.arrivals.length} arrivals, ${ms.toFixed(2)} ms each`)
  await db.close()
  ours.forEach((alarms, place) => note('this service', BUDGETS[place]!, alarms))
}

/** One word alone is no evidence, for nobody. */
function alarmsOf(detector: Detector, arrivals: readonly Arrival[]): readonly Alarm[] {
  return arrivals.flatMap((arrival) => {
    const keys = keysOf(arrival).filter((key) => key !== ALL_TRAFFIC)
    const found = detector.hear(arrival, keys)
    const strength = found.reduce((sum, key) => sum + (kindOf(key) === 'word' ? 1 : 2), 0)
    return strength >= 2 ? found.map((key) => ({ atMs: arrival.atMs, key })) : []
  })
}

const results: readonly Result[] = [...scores].map(([id, of]) => {
  const sum = (read: (one: Score) => number) => of.reduce((total, one) => total + read(one), 0)
  const delays = of.flatMap((one) => one.delays).sort((a, b) => a - b)
  const needed = of.flatMap((one) => one.needed).sort((a, b) => a - b)
  const { name, parameter } = JSON.parse(id) as { name: string; parameter: number }
  return {
    name,
    parameter,
    falseAlarmsPerWeek: sum((one) => one.falseAlarms) / sum((one) => one.weeks),
    missed: 1 - sum((one) => one.caught) / sum((one) => one.bursts),
    bursts: sum((one) => one.bursts),
    delayMinutes: delays[Math.floor(delays.length / 2)] ?? null,
    customersNeeded: needed[Math.floor(needed.length / 2)] ?? null,
  }
})
console.log('detector               parameter  false/week  missed  median delay  customers by then')
for (const one of results)
  console.log(
    [
      one.name.padEnd(22),
      String(one.parameter).padStart(9),
      one.falseAlarmsPerWeek.toFixed(2).padStart(11),
      `${Math.round(one.missed * 100)} %`.padStart(7),
      `${one.delayMinutes?.toFixed(1) ?? '–'} min`.padStart(13),
      String(one.customersNeeded ?? '–').padStart(18),
    ].join(' '),
  )
console.log(JSON.stringify({ seeds, results }))
if (values.plots !== undefined) {
  await mkdir(values.plots, { recursive: true })
  for (const [file, drawing] of Object.entries(plotCurves(results)))
    await writeFile(join(values.plots, file), drawing)
}

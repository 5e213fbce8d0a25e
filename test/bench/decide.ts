/**
 * `node test/bench/decide.ts [seconds per measurement]`: decisions per second of `decide` with 10 to 10,000 triggers,
 * and of json-rules-engine with the same conditions in the same run. A fairness gate comes first: both must fire the
 * same triggers on 1,000 random facts (20 at 10,000). Prints a table and one line of JSON; exits 1 when a target is missed.
 */
import { Engine, type NestedCondition, type TopLevelCondition } from 'json-rules-engine'
import { compilePolicy, type CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Facts, FactValue } from '../../src/domain/facts.ts'
import type { Condition, Trigger } from '../../src/domain/policy.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { aPolicy, aTrigger, fact, gte, includes, is } from '../support/a-policy.ts'

const SIZES = [10, 100, 1_000, 10_000] as const
const TARGETS = { ratioAt100: 20, growthTo1000: 4 }
const AT = { now: '2026-03-04T12:00:00.000Z', clockStart: '2026-03-04T11:58:00.000Z' }
const secondsEach = Number(process.argv[2] ?? 2)

const random = mulberry(20_260_304)
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!

const INTENTS = [
  'outage',
  'bug',
  'refund',
  'delivery',
  'security',
  'cancellation',
  'sales',
  'how_to',
]
const KINDS = [
  'churn',
  'outrage',
  'disappointment',
  'legal_threat',
  'manager_request',
  'repeat_contact',
]
const TIERS = ['smb', 'business', 'enterprise', 'strategic']
const PRODUCTS = Array.from({ length: 400 }, (_, index) => `product-${index}`)
const REGIONS = Array.from({ length: 60 }, (_, index) => `region-${index}`)

/** As SOPs grow: a core of general rules, then ever more rules for one product or region. */
function trigger(place: number, general = place < 40): Trigger {
  const common: readonly Condition[] = [
    is('intent', pick(INTENTS)),
    includes('phrases', pick(KINDS)),
    is('customer.tier', pick(TIERS)),
    fact('sentiment', { op: 'lte', value: pick([-2, -1]) }),
    gte('urgency', pick([1, 2, 3])),
    gte('impact.affectedUsers', pick([10, 50, 100, 500])),
    gte('customer.annualValue', pick([10_000, 50_000, 200_000])),
    gte('history.contacts', pick([1, 2, 3])),
    { kind: 'any', of: [is('intent', pick(INTENTS)), includes('phrases', pick(KINDS))] },
  ]
  const local =
    place % 2 === 0
      ? is('attributes.product', pick(PRODUCTS))
      : is('customer.region', pick(REGIONS))
  const of = general ? [pick(common), pick(common)] : [pick(common), local, pick(common)]
  return aTrigger(
    `t${place}`,
    { kind: 'all', of },
    {
      raise: pick(['P1', 'P2', 'P3', 'P3', 'P4']),
      because: `{intent} with urgency {urgency} met rule ${place}`,
    },
  )
}

function facts(): Facts {
  const values: Record<string, FactValue> = {
    language: 'en',
    intent: pick(INTENTS),
    type: 'technical',
    sentiment: pick([-2, -1, 0, 1]),
    urgency: pick([0, 1, 2, 3]),
    phrases: KINDS.filter(() => random() < 0.15),
    'customer.tier': pick(TIERS),
    'customer.region': pick(REGIONS),
    'customer.annualValue': Math.floor(random() * 300_000),
    'attributes.product': pick(PRODUCTS),
    'history.contacts': pick([0, 0, 1, 2, 5]),
  }
  if (random() < 0.3) values['impact.affectedUsers'] = Math.floor(random() * 800)
  return { values, evidence: {} }
}

function engineOf(triggers: readonly Trigger[]): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true })
  for (const { id, when } of triggers)
    engine.addRule({ conditions: translate(when) as TopLevelCondition, event: { type: id } })
  return engine
}

function translate(condition: Condition): NestedCondition {
  switch (condition.kind) {
    case 'all':
      return { all: condition.of.map(translate) }
    case 'any':
      return { any: condition.of.map(translate) }
    case 'not':
      return { not: translate(condition.of) }
    case 'fact': {
      const { fact, matcher } = condition
      if (matcher.op === 'is') return { fact, operator: 'equal', value: matcher.value }
      if (matcher.op === 'includes') return { fact, operator: 'contains', value: matcher.values[0] }
      if (matcher.op === 'gte')
        return { fact, operator: 'greaterThanInclusive', value: matcher.value }
      if (matcher.op === 'lte') return { fact, operator: 'lessThanInclusive', value: matcher.value }
      throw new Error(`Cannot translate ${matcher.op}`)
    }
  }
}

function ours(policy: CompiledPolicy, { values, evidence }: Facts): readonly string[] {
  return decide({ values, evidence }, policy, EMPTY_ROSTER, AT)
    .reasons.filter((reason) => reason.kind === 'trigger')
    .map((reason) => reason.rule)
    .sort()
}

async function theirs(engine: Engine, { values }: Facts): Promise<readonly string[]> {
  const { events } = await engine.run(values)
  return events.map((event) => event.type).sort()
}

async function fairness(policy: CompiledPolicy, engine: Engine, rounds: number): Promise<number> {
  let fired = 0
  for (let round = 0; round < rounds; round += 1) {
    const given = facts()
    const [a, b] = [ours(policy, given), await theirs(engine, given)]
    if (a.join() !== b.join())
      throw new Error(`Cannot compare: ${a.join()} against ${b.join()} on ${JSON.stringify(given)}`)
    fired += a.length
  }
  return fired / rounds
}

/** Runs for the given seconds after a warm-up; milliseconds per call. */
async function measure(call: (round: number) => unknown, seconds: number): Promise<number> {
  for (const [limit, counted] of [
    [seconds / 4, false],
    [seconds, true],
  ] as const) {
    const started = performance.now()
    let calls = 0
    while (performance.now() - started < limit * 1000) {
      await call(calls)
      calls += 1
    }
    if (counted) return (performance.now() - started) / calls
  }
  return Number.NaN
}

/** As `measure`, without awaiting: what a caller of a plain function pays. */
function measureSync(call: (round: number) => unknown, seconds: number): number {
  for (let round = 0; round < 2_000; round += 1) call(round)
  const started = performance.now()
  let calls = 0
  while (performance.now() - started < seconds * 1000)
    for (let inner = 0; inner < 50; inner += 1) call((calls += 1))
  return (performance.now() - started) / calls
}

type Row = {
  readonly triggers: number
  readonly firedPerTicket: number
  readonly decideUs: number
  readonly decisionsPerSecond: number
  readonly engineUs: number
  readonly enginePerSecond: number
  readonly ratio: number
}

async function row(triggers: readonly Trigger[]): Promise<Row> {
  const policy = compilePolicy(aPolicy({ triggers }))
  const engine = engineOf(triggers)
  // One run of the other engine over 10,000 rules takes about a second.
  const rounds = triggers.length <= 1_000 ? 1_000 : 20
  const firedPerTicket = await fairness(policy, engine, rounds)
  const given = Array.from({ length: 500 }, facts)
  const decideMs = measureSync(
    (round) => decide(given[round % 500]!, policy, EMPTY_ROSTER, AT),
    secondsEach,
  )
  const engineMs = await measure((round) => engine.run(given[round % 500]!.values), secondsEach)
  return {
    triggers: triggers.length,
    firedPerTicket: round(firedPerTicket),
    decideUs: round(decideMs * 1000),
    decisionsPerSecond: Math.round(1000 / decideMs),
    engineUs: round(engineMs * 1000),
    enginePerSecond: round(1000 / engineMs),
    ratio: round(engineMs / decideMs),
  }
}

/** The worst case, not gated: all rules are general, so what fires grows with their number. */
function broadRow(size: number): Pick<Row, 'triggers' | 'firedPerTicket' | 'decideUs'> {
  const triggers = Array.from({ length: size }, (_, place) => trigger(place, true))
  const policy = compilePolicy(aPolicy({ triggers }))
  const given = Array.from({ length: 500 }, facts)
  const fired = given.reduce((sum, one) => sum + ours(policy, one).length, 0)
  const decideMs = measureSync(
    (round) => decide(given[round % 500]!, policy, EMPTY_ROSTER, AT),
    secondsEach,
  )
  return { triggers: size, firedPerTicket: fired / 500, decideUs: round(decideMs * 1000) }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const all = Array.from({ length: Math.max(...SIZES) }, (_, place) => trigger(place))
const rows: Row[] = []
for (const size of SIZES) rows.push(await row(all.slice(0, size)))

const broad = [100, 1_000].map(broadRow)

const at = (size: number) => rows.find((one) => one.triggers === size)!
const ratioAt100 = at(100).ratio
const growthTo1000 = round(at(1_000).decideUs / at(100).decideUs)
const passed = ratioAt100 >= TARGETS.ratioAt100 && growthTo1000 <= TARGETS.growthTo1000

console.table(rows)
console.log(
  `At 100 triggers ${ratioAt100} times json-rules-engine (at least ${TARGETS.ratioAt100})`,
)
console.log(`1,000 triggers cost ${growthTo1000} times 100 (at most ${TARGETS.growthTo1000})`)
console.log('When every rule is general (not gated):')
console.table(broad)
console.log(JSON.stringify({ ratioAt100, growthTo1000, passed, rows, broad }))
process.exitCode = passed ? 0 : 1

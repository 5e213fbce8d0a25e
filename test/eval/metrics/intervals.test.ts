import { expect, test, vi } from 'vitest'
import { bootstrapInterval, shareInterval } from '../../../eval/metrics/bootstrap.ts'
import { pairedBootstrap } from '../../../eval/metrics/paired-bootstrap.ts'
import { meanInterval } from '../../../eval/metrics/mean-bootstrap.ts'
import { meanOf } from '../../../eval/metrics/pair.ts'
import { DEFAULT_COSTS } from '../../../src/domain/costs.ts'
import type { Severity } from '../../../src/domain/labels.ts'
import type { Graded } from '../../../eval/grade/graded.ts'
import { figureOf } from '../../../eval/summary/figure-of.ts'
import { createRandom } from '../../../eval/metrics/random.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const WORLDS = 250
/** Three standard errors of a 95 % rate seen in 250 worlds, and the small-sample shortfall of the percentile method. */
const TOLERANCE = 3 * Math.sqrt((0.95 * 0.05) / WORLDS)

/** Share of simulated worlds whose interval holds the truth. */
function coverageOf(holdsTruth: (random: () => number) => boolean): number {
  const random = createRandom(11)
  let covered = 0
  for (let world = 0; world < WORLDS; world += 1) if (holdsTruth(random)) covered += 1
  return covered / WORLDS
}

test('a 95 % interval of a rate holds the truth in 95 % of worlds', () => {
  const coverage = coverageOf((random) => {
    const seen = Array.from({ length: 120 }, () => Number(random() < 0.3))
    const { low, high } = bootstrapInterval(seen, meanOf, { resamples: 300 })!
    return low <= 0.3 && 0.3 <= high
  })
  expect(Math.abs(coverage - 0.95)).toBeLessThanOrEqual(TOLERANCE)
})

test('clustering by customer keeps the rate where tickets of one customer are alike; not clustering loses it', () => {
  type Seen = { readonly customer: string; readonly value: number }
  const meanValue = (items: readonly Seen[]) => meanOf(items.map(({ value }) => value))
  /** Sixty customers with four tickets each that mostly agree. */
  function world(random: () => number): readonly Seen[] {
    return Array.from({ length: 60 }, (_, customer) => {
      const rate = random() < 0.5 ? 0.9 : 0.1
      return Array.from({ length: 4 }, () => ({
        customer: `c${customer}`,
        value: Number(random() < rate),
      }))
    }).flat()
  }
  const covers = (clustered: boolean) =>
    coverageOf((random) => {
      const options = { resamples: 200, ...(clustered && { clusterOf: (s: Seen) => s.customer }) }
      const { low, high } = bootstrapInterval(world(random), meanValue, options)!
      return low <= 0.5 && 0.5 <= high
    })
  expect(Math.abs(covers(true) - 0.95)).toBeLessThanOrEqual(TOLERANCE)
  expect(covers(false)).toBeLessThan(0.8)
})

test('an interval of parity holds the truth in 95 % of worlds: a group that is drawn twice counts twice', () => {
  const truth = 0.6
  function world(random: () => number): readonly Graded[] {
    return Array.from({ length: 60 }, (_, at) => {
      const group = `g${at}`
      const second = random() < truth ? 'P2' : 'P1'
      return (['P2', second] as const).map((severity) => voice(group, severity))
    }).flat()
  }
  const coverage = coverageOf((random) => {
    const options = { costs: DEFAULT_COSTS, resamples: 300 }
    const { low, high } = figureOf('parity', world(random), options).interval!
    return low <= truth && truth <= high
  })
  expect(Math.abs(coverage - 0.95)).toBeLessThanOrEqual(TOLERANCE)
})

/** As much of a graded case as parity reads. */
function voice(group: string, severity: Severity): Graded {
  const graded = {
    evalCase: { group, expected: {} },
    receipt: { decision: { severity } },
    cluster: group,
  }
  return graded as unknown as Graded
}

test('a paired difference of nothing covers 0, and of a real change does not', () => {
  const right = (sample: readonly boolean[]) => meanOf(sample.map(Number))
  const coverage = coverageOf((random) => {
    const cases = Array.from({ length: 150 }, () => ({ a: random() < 0.7, b: random() < 0.7 }))
    return !pairedBootstrap(cases, right, { resamples: 200 })!.isDifferent
  })
  expect(Math.abs(coverage - 0.95)).toBeLessThanOrEqual(TOLERANCE)
  const better = Array.from({ length: 100 }, (_, at) => ({ a: at < 50, b: at < 70 }))
  const { difference, isDifferent } = pairedBootstrap(better, right)!
  expect(difference).toBeCloseTo(0.2)
  expect(isDifferent).toBe(true)
})

test('a perfect share still admits what was not seen, and the same seed gives the same interval', () => {
  const perfect = Array.from({ length: 150 }, () => 1)
  const interval = shareInterval(perfect, meanOf)!
  expect(interval.high).toBe(1)
  expect(interval.low).toBeCloseTo(0.025 ** (1 / 150), 12)
  expect(shareInterval([], meanOf)).toBeNull()
  const mixed = [0, 1, 1, 0, 1, 1]
  expect(shareInterval(mixed, meanOf)).toEqual(shareInterval(mixed, meanOf))
})

test('the quick interval of a mean is the interval of the slow one, clustered and not', () => {
  const random = createRandom(3)
  const items = Array.from({ length: 90 }, (_, at) => ({
    customer: `c${at % 40}`,
    value: random() < 0.2 ? null : Number(random() < 0.4),
  }))
  type Item = (typeof items)[number]
  const slow = (sample: readonly Item[]) => meanOf(sample.flatMap(({ value }) => value ?? []))
  const clusterOf = ({ customer }: Item) => customer
  for (const options of [{}, { clusterOf }])
    for (const given of [items, items.map((item) => ({ ...item, value: 1 }))])
      expect(meanInterval(given, ({ value }) => value, { ...options, isShare: true })).toEqual(
        shareInterval(given, slow, options),
      )
  expect(meanInterval(items, () => null, { isShare: true })).toBeNull()
})

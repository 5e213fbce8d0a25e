import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { calibrationError, reliabilityBins } from '../../../eval/metrics/calibration.ts'
import { classReport } from '../../../eval/metrics/class-report.ts'
import { cohenKappa } from '../../../eval/metrics/cohen-kappa.ts'
import { confusionOf } from '../../../eval/metrics/confusion.ts'
import { krippendorffAlpha } from '../../../eval/metrics/krippendorff-alpha.ts'
import { mcnemar } from '../../../eval/metrics/mcnemar.ts'
import { ordinalError } from '../../../eval/metrics/ordinal-error.ts'
import { percentile } from '../../../eval/metrics/percentile.ts'
import { areaUnderRiskCoverage } from '../../../eval/metrics/risk-coverage.ts'
import { setReport } from '../../../eval/metrics/set-report.ts'

type Scores = {
  precision: (number | null)[]
  recall: (number | null)[]
  f1: (number | null)[]
}
type Fixture = {
  classification: Scores & {
    labels: string[]
    expected: string[]
    actual: string[]
    confusion: number[][]
    support: number[]
    macro: { precision: number; recall: number; f1: number }
    accuracy: number
    kappa: number
  }
  multilabel: Scores & {
    labels: string[]
    expected: string[][]
    actual: string[][]
    micro: number[]
    macro: number[]
  }
  ordinal: { expected: number[]; actual: number[]; mae: number; quadratic_kappa: number }
  calibration: {
    confidence: number[]
    correct: boolean[]
    ece: number
    accuracy: number[]
    mean_confidence: number[]
    aurc: number
  }
  alpha: { units: (number | null)[][]; nominal: number; interval: number }
  percentile: { values: number[]; shares: number[]; expected: number[] }
  mcnemar: { only_a: number; only_b: number; p: number }[]
}
const fixture = JSON.parse(
  await readFile(new URL('./fixtures/metrics.json', import.meta.url), 'utf8'),
) as Fixture

/** Places that differ by more than 1e-9, or where only one of the two has no value. */
function mismatches(actual: readonly (number | null)[], expected: readonly (number | null)[]) {
  expect(actual.length).toBe(expected.length)
  return actual.flatMap((value, at) => {
    const wanted = expected[at]!
    if (value === null || wanted === null) return value === wanted ? [] : [{ at, value, wanted }]
    return Math.abs(value - wanted) <= 1e-9 ? [] : [{ at, value, wanted }]
  })
}

const zip = <T>(expected: readonly T[], actual: readonly T[]) =>
  expected.map((value, at) => ({ expected: value, actual: actual[at]! }))

describe('metrics equal scikit-learn, scipy and numpy to 1e-9', () => {
  test('confusion, precision, recall, F1 and their macro mean', () => {
    const { labels, expected, actual, ...values } = fixture.classification
    const pairs = zip(expected, actual)
    const report = classReport(pairs, labels)
    const scores = labels.map((label) => report.perClass.get(label)!)
    expect(confusionOf(pairs, labels).counts).toEqual(values.confusion)
    expect(scores.map(({ support }) => support)).toEqual(values.support)
    for (const name of ['precision', 'recall', 'f1'] as const) {
      expect(
        mismatches(
          scores.map((each) => each[name]),
          values[name],
        ),
      ).toEqual([])
      expect(mismatches([report.macro[name]], [values.macro[name]])).toEqual([])
    }
    expect(mismatches([report.accuracy], [values.accuracy])).toEqual([])
    expect(mismatches([cohenKappa(pairs, labels)], [values.kappa])).toEqual([])
  })

  test('several labels per case', () => {
    const { labels, expected, actual, ...values } = fixture.multilabel
    const report = setReport(zip(expected, actual), labels)
    const scores = labels.map((label) => report.perClass.get(label)!)
    const names = ['precision', 'recall', 'f1'] as const
    for (const name of names)
      expect(
        mismatches(
          scores.map((each) => each[name]),
          values[name],
        ),
      ).toEqual([])
    expect(
      mismatches(
        names.map((name) => report.micro[name]),
        values.micro,
      ),
    ).toEqual([])
    expect(
      mismatches(
        names.map((name) => report.macro[name]),
        values.macro,
      ),
    ).toEqual([])
  })

  test('ordinal error and quadratic kappa', () => {
    const { expected, actual, mae, quadratic_kappa } = fixture.ordinal
    const pairs = zip(expected, actual)
    expect(mismatches([ordinalError(pairs)], [mae])).toEqual([])
    expect(
      mismatches([cohenKappa(pairs, [-2, -1, 0, 1, 2], 'quadratic')], [quadratic_kappa]),
    ).toEqual([])
  })

  test('calibration and risk–coverage', () => {
    const { confidence, correct, ...values } = fixture.calibration
    const claims = confidence.map((value, at) => ({ confidence: value, correct: correct[at]! }))
    const bins = reliabilityBins(claims)
    expect(mismatches([calibrationError(claims)], [values.ece])).toEqual([])
    expect(
      mismatches(
        bins.map((bin) => bin.accuracy),
        values.accuracy,
      ),
    ).toEqual([])
    expect(
      mismatches(
        bins.map((bin) => bin.confidence),
        values.mean_confidence,
      ),
    ).toEqual([])
    expect(mismatches([areaUnderRiskCoverage(claims)], [values.aurc])).toEqual([])
  })

  test('Krippendorff α of the paper’s example', () => {
    const { units, nominal, interval } = fixture.alpha
    expect(
      mismatches(
        [krippendorffAlpha(units), krippendorffAlpha(units, 'interval')],
        [nominal, interval],
      ),
    ).toEqual([])
    expect(nominal).toBeCloseTo(0.743, 3)
    expect(interval).toBeCloseTo(0.849, 3)
  })

  test('percentiles', () => {
    const { values, shares, expected } = fixture.percentile
    expect(
      mismatches(
        shares.map((share) => percentile(values, share)),
        expected,
      ),
    ).toEqual([])
  })

  test.each(fixture.mcnemar)('McNemar with $only_a and $only_b', ({ only_a, only_b, p }) => {
    const pairs = [
      ...Array.from({ length: only_a }, () => ({ a: true, b: false })),
      ...Array.from({ length: only_b }, () => ({ a: false, b: true })),
      { a: true, b: true },
    ]
    expect(mismatches([mcnemar(pairs).pValue], [p])).toEqual([])
  })
})

import { expect, test } from 'vitest'
import { calibrationError, reliabilityBins } from '../../../eval/metrics/calibration.ts'
import { classReport } from '../../../eval/metrics/class-report.ts'
import { cohenKappa } from '../../../eval/metrics/cohen-kappa.ts'
import { costLoss } from '../../../eval/metrics/cost-loss.ts'
import * as escalation from '../../../eval/metrics/escalation-rates.ts'
import { krippendorffAlpha } from '../../../eval/metrics/krippendorff-alpha.ts'
import { mcnemar } from '../../../eval/metrics/mcnemar.ts'
import { ordinalError } from '../../../eval/metrics/ordinal-error.ts'
import { percentile } from '../../../eval/metrics/percentile.ts'
import { reviewLoad } from '../../../eval/metrics/review-load.ts'
import { areaUnderRiskCoverage } from '../../../eval/metrics/risk-coverage.ts'
import type { Judged } from '../../../eval/metrics/severity-range.ts'

const costs = { unseenCritical: 100, heldCritical: 10, underStep: 5, overStep: 1, review: 2 }
const p4: Judged = { expected: { most: 'P3', least: 'P4' }, decided: 'P4', held: false }
const p1: Judged = { expected: { most: 'P1', least: 'P1' }, decided: 'P1', held: true }

test('a figure of nothing is null, never 0', () => {
  expect([
    classReport([], ['a']).accuracy,
    classReport([], ['a']).perClass.get('a')?.f1,
    cohenKappa([], ['a', 'b']),
    krippendorffAlpha([[1], [null, 2]]),
    ordinalError([]),
    percentile([], 0.5),
    calibrationError([]),
    reliabilityBins([])[0]?.accuracy,
    areaUnderRiskCoverage([]),
    reviewLoad([]),
    costLoss([], costs),
    mcnemar([{ a: true, b: true }]).pValue,
    escalation.underEscalation([]),
    escalation.criticalRecall([p4]),
    escalation.unseenCriticals([p4]),
    escalation.overEscalation([p1]),
  ]).toEqual(Array.from({ length: 16 }, () => null))
})

test('agreement that chance alone explains is null', () => {
  const same = [{ expected: 'a', actual: 'a' }]
  expect(cohenKappa(same, ['a', 'b'])).toBeNull()
  expect(
    krippendorffAlpha([
      ['a', 'a'],
      ['a', 'a'],
    ]),
  ).toBeNull()
})

test('escalation errors are counted by direction', () => {
  const missed: Judged = { ...p1, decided: 'P2', held: false }
  const caught: Judged = { ...p1, decided: 'P2', held: true }
  const paged: Judged = { ...p4, decided: 'P1', held: true }
  const low: Judged = { expected: { most: 'P2', least: 'P3' }, decided: 'P4', held: false }
  const cases = [p1, missed, caught, p4, paged, low]
  expect(escalation.criticalRecall(cases)).toBeCloseTo(1 / 3)
  expect(escalation.unseenCriticals(cases)).toBeCloseTo(1 / 3)
  expect(escalation.underEscalation(cases)).toBeCloseTo(3 / 6)
  expect(escalation.overEscalation(cases)).toBeCloseTo(1 / 3)
  expect(reviewLoad(cases)).toBeCloseTo(3 / 6)
  // p1 2, missed 100, caught 2 + 10, p4 0, paged 2 + two steps over, low one step under.
  expect(costLoss(cases, costs)).toBeCloseTo((2 + 100 + 12 + 0 + 4 + 5) / 6)
})

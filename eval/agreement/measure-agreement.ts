import { INTENTS, PRIORITIES, SEVERITIES, type Priority } from '../../src/domain/labels.ts'
import { rulingOf, sameTicket, type ExportedReview } from '../import/exported-review.ts'
import { cohenKappa } from '../metrics/cohen-kappa.ts'
import { krippendorffAlpha } from '../metrics/krippendorff-alpha.ts'
import { shareOf, type Pair } from '../metrics/pair.ts'
import type { SeverityRange } from '../metrics/severity-range.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import type { Reading } from './second-reading.ts'

export type Agreement = {
  readonly label: string
  readonly read: number
  /** Share of cases on which both say the same. */
  readonly same: number | null
  /** Cohen's, quadratic for labels with an order. */
  readonly kappa: number | null
  /** Krippendorff's, nominal. */
  readonly alpha: number | null
}
export type Disagreement = {
  readonly case: string
  readonly label: string
  readonly first: string
  readonly second: string
}

/** The labels of a suite against a second reading of a part of it. */
export function agreementOfReadings(
  cases: readonly EvalCase[],
  readings: readonly Reading[],
): { readonly figures: readonly Agreement[]; readonly differing: readonly Disagreement[] } {
  const byId = new Map(cases.map((each) => [each.id, each.expected]))
  const figures: Agreement[] = []
  const differing: Disagreement[] = []
  for (const label of ['priority', 'intent', 'language'] as const) {
    const read = readings.flatMap((reading) => {
      const second = reading[label]
      const accepted = acceptedLabels(byId.get(reading.case), label)
      if (second === undefined || accepted.length === 0) return []
      // Where the first reading accepts several labels, one of them is agreement.
      const first = accepted.includes(second) ? second : accepted[0]!
      return [{ case: reading.case, label, first, second }]
    })
    if (read.length === 0) continue
    const pairs = read.map(({ first, second }) => ({ expected: first, actual: second }))
    figures.push(agreementOf(label, pairs, orderOf(label, pairs)))
    differing.push(...read.filter(({ first, second }) => first !== second))
  }
  return { figures, differing }
}

/** The service against its reviewers, and the reviewers among themselves where several ruled on one ticket. */
export function agreementOfReviews(reviews: readonly ExportedReview[]): readonly Agreement[] {
  const ruled = reviews.flatMap((review) => {
    const ruling = rulingOf(review)
    return ruling === null ? [] : [{ review, severity: ruling.severity }]
  })
  const pairs = (given: typeof ruled) =>
    given.map(({ review, severity }) => ({ expected: severity, actual: review.decision.severity }))
  const blind = ruled.filter(({ review }) => review.blind === true)
  const byTicket = [...Map.groupBy(ruled, ({ review }) => sameTicket(review)).values()]
  const several = byTicket.filter((group) => group.length > 1)
  const people = {
    label: 'severity, people among themselves',
    read: several.length,
    same: shareOf(
      several.filter((group) => new Set(group.map(({ severity }) => severity)).size === 1).length,
      several.length,
    ),
    kappa: null,
    alpha: krippendorffAlpha(several.map((group) => group.map(({ severity }) => severity))),
  }
  return [
    agreementOf('severity, service and people', pairs(ruled), SEVERITIES),
    agreementOf('severity, service and people who decided blind', pairs(blind), SEVERITIES),
    people,
  ]
}

function agreementOf(
  label: string,
  pairs: readonly Pair<string>[],
  order: readonly string[],
): Agreement {
  const isOrdered = order === PRIORITIES || order === SEVERITIES
  return {
    label,
    read: pairs.length,
    same: shareOf(pairs.filter(({ expected, actual }) => expected === actual).length, pairs.length),
    kappa: cohenKappa(pairs, order, isOrdered ? 'quadratic' : 'nominal'),
    alpha: krippendorffAlpha(pairs.map(({ expected, actual }) => [expected, actual])),
  }
}

function orderOf(
  label: 'priority' | 'intent' | 'language',
  pairs: readonly Pair<string>[],
): readonly string[] {
  if (label === 'priority') return PRIORITIES
  if (label === 'intent') return INTENTS
  return [...new Set(pairs.flatMap(({ expected, actual }) => [expected, actual]))]
}

function acceptedLabels(
  expected: EvalCase['expected'] | undefined,
  label: 'priority' | 'intent' | 'language',
): readonly string[] {
  if (expected === undefined) return []
  if (label === 'intent') return expected.intent ?? []
  if (label === 'language') return expected.language === undefined ? [] : [expected.language]
  return expected.severity === undefined ? [] : prioritiesIn(expected.severity)
}

/** P1 is critical, P2 and P3 are high, P4 is low; P3–P4 stands for low, as in every suite. */
function prioritiesIn({ most, least }: SeverityRange): readonly Priority[] {
  return [
    ...(most === 'P1' ? (['critical'] as const) : []),
    ...(most <= 'P2' && least >= 'P2' ? (['high'] as const) : []),
    ...(most === 'P3' && least === 'P3' ? (['high'] as const) : []),
    ...(least === 'P4' ? (['low'] as const) : []),
  ]
}

import type { Receipt } from '../../src/domain/receipt.ts'
import { populationStability } from '../metrics/population-stability.ts'
import { meanOf } from '../metrics/pair.ts'
import type { ExportedReview } from '../import/exported-review.ts'

export type DriftLimits = {
  /** Population stability index of one fact. */
  readonly psi: number
  /** Rise of the unscored share, as a difference of shares. */
  readonly unscored: number
  /** Share of decided reviews in which the person ruled otherwise. */
  readonly overturn: number
}
export type FactDrift = {
  readonly fact: string
  readonly psi: number | null
  readonly hasDrifted: boolean
}
export type Drift = {
  readonly counts: { readonly suite: number; readonly live: number; readonly decided: number }
  readonly facts: readonly FactDrift[]
  readonly unscored: {
    readonly suite: number | null
    readonly live: number | null
    readonly hasDrifted: boolean
  }
  readonly overturned: { readonly rate: number | null; readonly hasDrifted: boolean }
  readonly hasDrifted: boolean
}

/** How far live traffic has moved from what a suite measured, and whether people still agree with the decisions. */
export function measureDrift(
  suite: readonly Receipt[],
  live: readonly Receipt[],
  reviews: readonly ExportedReview[],
  limits: DriftLimits,
): Drift {
  const facts = Object.entries(READERS).map(([fact, read]) => {
    const psi = populationStability(suite.map(read), live.map(read))
    return { fact, psi, hasDrifted: psi !== null && psi > limits.psi }
  })
  const [before, now] = [unscoredShare(suite), unscoredShare(live)]
  const unscored = {
    suite: before,
    live: now,
    hasDrifted: before !== null && now !== null && now - before > limits.unscored,
  }
  const rulings = reviews.flatMap(({ outcome }) => outcome?.kind ?? [])
  const rate = meanOf(rulings.map((kind) => Number(kind !== 'approved')))
  const overturned = { rate, hasDrifted: rate !== null && rate > limits.overturn }
  return {
    counts: { suite: suite.length, live: live.length, decided: rulings.length },
    facts,
    unscored,
    overturned,
    hasDrifted:
      facts.some(({ hasDrifted }) => hasDrifted) || unscored.hasDrifted || overturned.hasDrifted,
  }
}

function unscoredShare(receipts: readonly Receipt[]): number | null {
  return meanOf(receipts.map(({ facts }) => Number(facts.values['intent'] === undefined)))
}

const named =
  (fact: string) =>
  ({ facts }: Receipt): string =>
    String(facts.values[fact] ?? 'not given')
const banded =
  (fact: string, edges: readonly number[]) =>
  ({ facts }: Receipt): string => {
    const value = facts.values[fact]
    return typeof value === 'number'
      ? String(edges.filter((edge) => value >= edge).length)
      : 'not given'
  }

/** Numbers are compared by bands, everything else by value. */
const READERS: Readonly<Record<string, (receipt: Receipt) => string>> = {
  severity: ({ decision }) => decision.severity,
  type: ({ decision }) => decision.type,
  team: ({ decision }) => decision.route.team,
  disposition: ({ decision }) => decision.disposition,
  intent: named('intent'),
  'intent.confidence': banded('intent.confidence', [0.3, 0.5, 0.7, 0.9]),
  sentiment: named('sentiment'),
  urgency: named('urgency'),
  'model.critical': banded('model.critical', [0.01, 0.03, 0.1, 0.3]),
  language: named('language'),
  'ticket.channel': named('ticket.channel'),
  'ticket.length': banded('ticket.length', [60, 200, 600, 2000]),
  'customer.tier': named('customer.tier'),
}

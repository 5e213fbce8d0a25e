import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'
import { isMoreSevere } from './labels.ts'
import { OPINION_PARTS, type OpinionPart, raiseSignals } from './raise-signals.ts'
import type { Scores, Signals } from './signal.ts'

/** A decision with what it was made from. */
export type Judged = {
  readonly signals: Signals
  readonly facts: Facts
  readonly decision: Decision
}

/** How the caller builds facts and decides; the same two steps that made the decision before. */
export type Judge = {
  readonly factsOf: (signals: Signals) => Facts
  readonly decideOn: (facts: Facts) => Decision
}

/**
 * What a second opinion changes about a decision: the most severe decision that any part of it leads to, or null when
 * none raises. Policies may say "not" and "missing", so no way of merging facts alone is safe for all of them: each
 * candidate is decided and must pass `isRaise`. Whatever the opinion and the policy say, the result is never lower.
 */
export function raiseOnly(before: Judged, opinion: Scores, judge: Judge): Judged | null {
  let best: Judged | null = null
  for (const parts of CANDIDATES) {
    const signals = raiseSignals(before.signals, opinion, parts)
    const facts = keepDoubts(before.facts, judge.factsOf(signals))
    const decision = judge.decideOn(facts)
    if (!isRaise(before.decision, decision)) continue
    if (best === null || isMoreSevere(decision.severity, best.decision.severity))
      best = { signals, facts, decision }
  }
  return best
}

/** The whole opinion first, so that the reasons are complete; then without the intent; then each part alone. */
const CANDIDATES: readonly (readonly OpinionPart[])[] = [
  OPINION_PARTS,
  OPINION_PARTS.filter((part) => part !== 'intent'),
  ...OPINION_PARTS.map((part) => [part]),
]

/**
 * True when something became stricter and nothing became laxer: severity and floor, a held ticket stays held. A ticket
 * that its floor holds for a person stays with the team of its trigger, whatever a model says about it.
 */
export function isRaise(before: Decision, after: Decision): boolean {
  if (!isNoLower(before, after)) return false
  const held = before.disposition === 'auto' && after.disposition === 'review'
  return held || isMoreSevere(after.severity, before.severity)
}

/** True when nothing became laxer, whether or not something became stricter. */
export function isNoLower(before: Decision, after: Decision): boolean {
  const released = before.disposition === 'review' && after.disposition === 'auto'
  if (released || isMoreSevere(before.severity, after.severity)) return false
  if (isMoreSevere(before.floor, after.floor)) return false
  const heldByFloor = before.disposition === 'review' && before.floor === before.severity
  return !heldByFloor || before.floor === 'P4' || before.route.team === after.route.team
}

/** A second opinion answers no doubt: what was unscored or degraded before still asks for a person. */
function keepDoubts(before: Facts, after: Facts): Facts {
  const doubts = DOUBTS.flatMap((name) => {
    const all = [...listOf(before, name), ...listOf(after, name)]
    return before.values[name] === undefined && all.length === 0
      ? []
      : [[name, [...new Set(all)]] as const]
  })
  return { ...after, values: { ...after.values, ...Object.fromEntries(doubts) } }
}

const DOUBTS = ['scoring.unscored', 'scoring.degraded'] as const

function listOf({ values }: Facts, name: string): readonly string[] {
  const value = values[name]
  return Array.isArray(value) ? (value as readonly string[]) : []
}

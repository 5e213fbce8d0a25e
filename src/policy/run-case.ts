import { buildFacts } from '../domain/build-facts.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { decide } from '../domain/decide.ts'
import type { Decision } from '../domain/decision.ts'
import type { Facts, FactValue } from '../domain/facts.ts'
import { TYPE_OF_INTENT, type Intent } from '../domain/labels.ts'
import type { Moment } from '../domain/moment.ts'
import type { PolicyCase } from '../domain/policy.ts'
import { EMPTY_ROSTER } from '../domain/roster.ts'
import type { Signals } from '../domain/signal.ts'
import type { Ticket } from '../domain/ticket.ts'

export type CaseResult = {
  readonly id: string
  readonly decision: Decision
  /** "severity: P1 expected, got P3"; empty when the case is right. */
  readonly differences: readonly string[]
}

/** A Wednesday at which Europe and America are at work. */
const NOON: Moment = { now: '2026-03-04T15:00:00.000Z', clockStart: '2026-03-04T15:00:00.000Z' }

/** Decides an example ticket of the policy and compares. */
export function runCase(
  policyCase: PolicyCase,
  policy: CompiledPolicy,
  at: Moment = NOON,
): CaseResult {
  const decision = decide(factsOfCase(policyCase, policy, at), policy, EMPTY_ROSTER, at)
  const got = {
    severity: decision.severity,
    type: decision.type,
    team: decision.route.team,
    disposition: decision.disposition,
  }
  const { expect } = policyCase
  const differences = (['severity', 'type', 'team', 'disposition'] as const)
    .filter((field) => expect[field] !== undefined && expect[field] !== got[field])
    .map((field) => `${field}: ${expect[field]} expected, got ${got[field]}`)
  return { id: policyCase.id, decision, differences }
}

/** The ticket's own facts and those set by hand; the language is English and the type that of the intent, if not said. */
export function factsOfCase(policyCase: PolicyCase, policy: CompiledPolicy, at: Moment): Facts {
  const ticket = { id: policyCase.id, ...policyCase.ticket } as Ticket
  const { values } = buildFacts(
    ticket,
    { signals: NOTHING_SCORED, degraded: [], instructionShaped: [] },
    at,
  )
  const { intent } = policyCase.facts
  const type =
    typeof intent === 'string'
      ? (policy.policy.types[intent as Intent] ?? TYPE_OF_INTENT[intent as Intent])
      : undefined
  const byHand: Readonly<Record<string, FactValue>> = policyCase.facts
  return {
    values: {
      ...values,
      'scoring.unscored': [],
      language: 'en',
      ...(type !== undefined && { type }),
      ...byHand,
    },
    evidence: {},
  }
}

const UNSCORED = { unscored: 'set by hand in a policy case' } as const
const NOTHING_SCORED: Signals = {
  sentiment: UNSCORED,
  emotions: UNSCORED,
  intent: UNSCORED,
  urgency: UNSCORED,
  priority: UNSCORED,
  language: UNSCORED,
  triggers: [],
  spikes: [],
}

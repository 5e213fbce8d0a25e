import { answerOf } from './domain/answer.ts'
import { claimOf } from './domain/claim.ts'
import { clockRows } from './domain/clock-rows.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { decide } from './domain/decide.ts'
import type { FactValue } from './domain/facts.ts'
import type { Incident } from './domain/incident.ts'
import { bucketOf } from './domain/incident.ts'
import { heldSinceOf, type Moment } from './domain/moment.ts'
import { isRaise } from './domain/raise-only.ts'
import type {
  IncidentJoin,
  Receipt,
  Recorder,
  RecordOutcome,
  TriageRecord,
} from './domain/receipt.ts'
import type { Roster } from './domain/roster.ts'
import { planReview } from './domain/plan-review.ts'
import type { SpikeSignal } from './domain/signal.ts'
import { regionOf } from './domain/spike-keys.ts'
import type { Ticket } from './domain/ticket.ts'
import { momentAfter } from './judge.ts'

/** A ticket that said the same as an incident, as it stands. */
export type EarlierMember = {
  /** Its row. */
  readonly id: number
  readonly caller: string
  readonly customer: string
  readonly region: string | null
  readonly decisionId: string
  /** Decided before the incident was there. */
  readonly earlier: boolean
  /** What a revision is made from; null once a person decided, the ticket was resolved or its customer erased. */
  readonly standing:
    | (Pick<TriageRecord, 'contentHash' | 'salt' | 'topics' | 'textHash'> & {
        readonly ticket: Ticket
        readonly receipt: Receipt
        readonly held: boolean
      })
    | null
}

export type RaiseDeps = {
  readonly policy: CompiledPolicy
  readonly roster: () => Promise<Roster>
  readonly record: Recorder
  /** Makes a ticket a member and leaves its decision as it is. */
  readonly link: (member: EarlierMember, join: IncidentJoin, now: Date) => Promise<void>
  readonly newId: () => string
}

type At = { readonly now: Date; readonly windowMinutes: number }

/**
 * Links an earlier ticket to an incident and decides it again with what is known now. The revision is recorded only
 * where it is stricter, and follows the decision that stands, so whoever decided meanwhile wins.
 */
export async function raiseMember(
  member: EarlierMember,
  incident: Incident,
  at: At,
  deps: RaiseDeps,
): Promise<void> {
  const { id, customers, expected, ratio } = incident
  const { customer, region, earlier, standing } = member
  const join = { id, customer, region, earlier, keys: [], customers, expected, ratio }
  // Nothing is above P1.
  const raisable = standing !== null && standing.receipt.decision.severity !== 'P1'
  const outcome = raisable
    ? await revise({ ...member, standing }, { incident, join, at }, deps)
    : null
  if (outcome?.kind !== 'recorded') await deps.link(member, join, at.now)
}

type Standing = NonNullable<EarlierMember['standing']>
type Raisable = EarlierMember & { readonly standing: Standing }
type Raise = { readonly incident: Incident; readonly join: IncidentJoin; readonly at: At }

async function revise(
  member: Raisable,
  raise: Raise,
  deps: RaiseDeps,
): Promise<RecordOutcome | null> {
  const { ticketId, clockStart, decisionId } = member.standing.receipt
  const moment: Moment = {
    ticketId,
    now: raise.at.now.toISOString(),
    clockStart,
    ...(member.standing.held && { heldSince: heldSinceOf(member.standing.receipt) }),
  }
  const attempt = async (at: Moment, seen: number) => {
    const on = (roster: Roster) => raisedRecord(member, raise, { at, seen, roster }, deps)
    const record = on(await deps.roster())
    return record && deps.record(record, (roster) => on(roster) ?? record)
  }
  const outcome = await attempt(moment, 0)
  if (outcome?.kind !== 'stale' || outcome.previous.decisionId !== decisionId) return outcome
  // Something happened to the ticket since, which its clocks must know.
  return attempt(momentAfter(moment, outcome.previous), outcome.previous.seen)
}

function raisedRecord(
  { standing, customer, caller, region: memberRegion }: Raisable,
  { incident, join, at: { now, windowMinutes } }: Raise,
  on: { readonly at: Moment; readonly seen: number; readonly roster: Roster },
  { policy, newId }: RaiseDeps,
): TriageRecord | null {
  const { receipt: before, ticket, held, contentHash, salt, topics, textHash } = standing
  const { at, seen, roster } = on
  const { key, customers, expected, ratio, id } = incident
  const region = regionOf(key) ?? memberRegion?.trim().toLowerCase()
  const spike: SpikeSignal = {
    key,
    customers,
    expected,
    ratio,
    windowMinutes,
    incident: id,
    ...(region !== undefined && { region }),
  }
  const values: Readonly<Record<string, FactValue>> = {
    ...before.facts.values,
    'spike.key': key,
    'spike.customers': customers,
    'spike.ratio': ratio,
    'spike.incident': id,
    ...(region !== undefined && { 'spike.region': region }),
    'ticket.severityBefore': before.decision.severity,
    'ticket.heldBefore': held,
  }
  const facts = { ...before.facts, values }
  const decision = decide(facts, policy, roster, at)
  if (!isRaise(before.decision, decision)) return null
  const { id: policyId, version, hash } = policy.policy
  const { happened: _before, sla: _told, heldSince: _since, ...kept } = before
  const receipt: Receipt = {
    ...kept,
    decisionId: newId(),
    revision: before.revision + 1,
    follows: before.decisionId,
    signals: { ...before.signals, spikes: [spike] },
    facts,
    roster,
    ...at,
    policy: { id: policyId, version, hash },
    decision,
  }
  const review = planReview({ ...receipt, now: at.now }, policy, newId)
  const reviewId = review?.kind === 'held' ? review.id : null
  return {
    caller,
    idempotency: null,
    receipt,
    ticket,
    contentHash,
    salt,
    review,
    answer: JSON.stringify(answerOf(receipt, reviewId)),
    clocks: clockRows(decision, policy, at),
    seen,
    claim: claimOf(decision, policy, roster, before.decision.route.owner.id),
    // It was counted when it came.
    observed: { customer, bucket: bucketOf(now), keys: [] },
    incident: join,
    topics,
    textHash,
  }
}

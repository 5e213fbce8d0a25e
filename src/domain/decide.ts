import { assign } from './assign.ts'
import { chooseRoute } from './choose-route.ts'
import { answerDue, answerableUntil, customerClocks, reviewTimes } from './clock.ts'
import type { CompiledPolicy, CompiledTeam, CompiledTrigger } from './compile-policy.ts'
import type { Decision, Reason } from './decision.ts'
import { decisionMakerOf } from './decision-maker.ts'
import { TriageError } from './errors.ts'
import type { Facts } from './facts.ts'
import { fireTriggers, severityOf, triggerReason } from './fire-triggers.ts'
import { holdReasons } from './hold-reasons.ts'
import {
  LEVEL_OF_SEVERITY,
  PRIORITY_OF_SEVERITY,
  SEVERITIES,
  TYPES,
  isMoreSevere,
  moreSevere,
  type Severity,
  type TicketType,
} from './labels.ts'
import { heldSinceOf, type Moment } from './moment.ts'
import { modeOf } from './route-mode.ts'
import { wantedBy } from './needs.ts'
import { preferredChannelOf, proposeActions } from './propose-actions.ts'
import type { Roster } from './roster.ts'
import { segmentsOf, timersFor } from './segments.ts'
import { showFact } from './sentence.ts'

/** A ticket that nobody could read is at least this severe. */
const UNREADABLE: Severity = 'P2'

/**
 * What the policy says about these facts: pure, and the same bytes for the same four arguments.
 *
 * Severity is the highest raise of all triggers, so their order cannot matter; `floor` is what the floor triggers
 * alone give, which no model's opinion can undo. Nothing fires: P4. Intent or language unscored: at least P2, type
 * `general` unless a floor trigger names one, route `otherwise`, and a person decides.
 */
export function decide(facts: Facts, policy: CompiledPolicy, roster: Roster, at: Moment): Decision {
  const readable = facts.values.intent !== undefined && facts.values.language !== undefined
  const fired = fireTriggers(facts, policy)
  const standing = severityBefore(facts)
  const raised = moreSevere(severityOf(fired), standing)
  const severity = readable ? raised : moreSevere(raised, UNREADABLE)
  const type = typeOf(fired, facts, readable)
  const decided: Facts = { ...facts, values: { ...facts.values, severity, type } }
  const segments = segmentsOf(facts, policy)
  const route = chooseRoute(decided, policy, readable, segments)
  const holds = holdReasons(decided, policy, {
    severity,
    fired,
    ambiguousRoute: route.ambiguous,
    mode: modeOf(route.id, policy, roster),
    segments,
  })

  const nowMs = Date.parse(at.now)
  const startMs = Date.parse(at.clockStart)
  const timers = timersFor(severity, segments, policy, startMs)
  const owed = customerClocks(timers, startMs, at.happened)
  const respondByMs = answerDue(owed) ?? nowMs
  const heldMs = Date.parse(heldSinceOf(at))
  const review = holds.length > 0 ? reviewTimes(timers, heldMs, respondByMs) : null
  const clocks = review === null ? owed : [...owed, review.clock]

  const wanted = wantedBy(route.needs, decided)
  const time = { nowMs, answerByMs: answerableUntil(timers, nowMs, respondByMs) }
  const assigned = assign(teamOf(policy, route.team), policy, roster, time, wanted)
  const { team, owner, backup } = assigned
  const decides = isRecent(roster) ? decisionMakerOf(team, assigned, policy, time, wanted) : null
  const priority = PRIORITY_OF_SEVERITY[severity]
  const reasons: readonly Reason[] = [
    ...fired.map((trigger) => triggerReason(trigger, facts)),
    ...defaults(fired, readable, standing),
    ...resendReason(facts),
    route.reason,
    ...assigned.reasons,
    ...(decides?.reason ? [decides.reason] : []),
    ...holds,
  ]
  return {
    severity,
    floor: moreSevere(severityOf(fired.filter(({ rule }) => rule.floor)), standing),
    priority,
    type,
    disposition: review === null ? 'auto' : 'review',
    ...(segments.length > 0 && { segments: segments.map(({ id }) => id) }),
    ...(policy.policy.profile === 'three-level' && { level: LEVEL_OF_SEVERITY[severity] }),
    route: {
      id: route.id,
      team: team.team.id,
      tier: team.team.tier,
      owner,
      backup,
      ...(decides !== null && { decisionMaker: decides.person }),
      ...(decides !== null && assigned.lastResort && { lastResort: true }),
    },
    clocks,
    proposed: proposeActions(
      {
        severity,
        priority,
        type,
        team,
        owner,
        backup,
        clocks,
        fired,
        reasons,
        nowMs,
        ticketId: at.ticketId ?? NO_TICKET,
        preferredChannel: preferredChannelOf(facts),
      },
      policy,
    ),
    ...(review !== null && {
      review: {
        dueAt: review.dueAt,
        ...(review.backupAt !== undefined && { backupAt: review.backupAt }),
        because: holds.map((hold) => hold.sentence),
        reviewers: policy.reviewers.map(({ ref }) => ref),
      },
    }),
    reasons,
  }
}

/** What an example of the policy shows for the number of a ticket. */
const NO_TICKET = '(number)'

/** Receipts from before teams took turns were decided without what came with them. */
function isRecent({ turns }: Roster): boolean {
  return turns !== undefined
}

/**
 * The most severe trigger that names a type, of equal ones a floor trigger, so that no model moves a ticket away from
 * the team of its floor; else the model's. Of an unreadable ticket only floor triggers know.
 */
function typeOf(fired: readonly CompiledTrigger[], facts: Facts, readable: boolean): TicketType {
  const naming = fired.filter(({ rule }) => rule.type !== undefined && (readable || rule.floor))
  const [first] = naming
  const named = naming.find(({ rule }) => rule.floor && rule.raise === first?.rule.raise) ?? first
  const type = named?.rule.type ?? (readable ? facts.values.type : undefined)
  return TYPES.find((known) => known === type) ?? 'general'
}

/** A revision is never below the decision it follows: only a person lowers. */
function severityBefore({ values }: Facts): Severity {
  return SEVERITIES.find((severity) => severity === values['ticket.severityBefore']) ?? 'P4'
}

function defaults(
  fired: readonly CompiledTrigger[],
  readable: boolean,
  standing: Severity,
): readonly Reason[] {
  const found: Reason[] = []
  if (isMoreSevere(standing, severityOf(fired)))
    found.push({
      rule: 'core.revision',
      kind: 'default',
      sentence: `The decision before this one was ${standing}, and only a person lowers a severity`,
      raise: standing,
      floor: true,
      evidence: [],
      compared: [],
    })
  if (!readable)
    found.push({
      rule: 'core.unreadable',
      kind: 'default',
      sentence: `Intent or language could not be scored: at least ${UNREADABLE}`,
      raise: UNREADABLE,
      evidence: [],
      compared: [],
    })
  else if (fired.length === 0 && standing === 'P4')
    found.push({
      rule: 'core.nothing_fired',
      kind: 'default',
      sentence: 'No trigger fired: P4',
      raise: 'P4',
      evidence: [],
      compared: [],
    })
  return found
}

/** The same words again within minutes are one matter; the ticket is decided all the same. */
function resendReason({ values }: Facts): readonly Reason[] {
  const original = values['repeat.resendOf']
  if (original === undefined) return []
  return [
    {
      rule: 'core.resend',
      kind: 'default',
      sentence: `The same words came minutes ago as ticket ${showFact(original)}: folded with it, counted once`,
      evidence: [],
      compared: [{ fact: 'repeat.resendOf', value: original, asked: 'the same words' }],
    },
  ]
}

function teamOf(policy: CompiledPolicy, id: string): CompiledTeam {
  const team = policy.teams.get(id)
  if (team === undefined)
    throw new TriageError('invalid_policy', `Cannot find team "${id}" in the policy`)
  return team
}

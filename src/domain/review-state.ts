import type { Action, Clock } from './decision.ts'
import type { Severity, TicketType } from './labels.ts'
import { isMoreSevere, PRIORITY_OF_SEVERITY } from './labels.ts'

/**
 * A held decision waits for a person.
 *
 *   pending ──claim──► claimed ──approve | override | dismiss──► decided
 *      ▲                  │
 *      └────release───────┘   (a claim also ends by itself when its lease has run out)
 *
 * A person may also decide a pending review without claiming it. `superseded` is not a person's choice: the ticket
 * changed and a newer decision took this one's place.
 */
export const REVIEW_STATES = [
  'pending',
  'claimed',
  'approved',
  'overridden',
  'dismissed',
  'superseded',
] as const
export type ReviewState = (typeof REVIEW_STATES)[number]

export const OPEN_REVIEW_STATES = ['pending', 'claimed'] as const

/** The fields of a decision that a person may set otherwise. */
export type Changes = {
  readonly severity?: Severity
  readonly type?: TicketType
  readonly team?: string
  readonly owner?: string
  readonly backup?: string
  /** Draft of the message to the customer. */
  readonly message?: string
}

/** What a person decided, with the actions that follow from it. */
export type ReviewOutcome =
  | { readonly kind: 'approved'; readonly actions: readonly Action[]; readonly reason?: string }
  | {
      readonly kind: 'overridden'
      readonly actions: readonly Action[]
      readonly changes: Changes
      readonly reason: string
    }
  | {
      readonly kind: 'dismissed'
      readonly actions: readonly Action[]
      readonly severity: Severity
      readonly reason: string
    }

/** The part of a review that its transitions read and write. */
export type ReviewStanding = {
  readonly state: ReviewState
  readonly severity: Severity
  readonly type: TicketType
  readonly team: string
  readonly owner: string
  readonly backup: string
  readonly claimedBy: string | null
  readonly leaseUntil: string | null
  readonly decidedBy: string | null
  readonly decidedAt: string | null
  readonly outcome: ReviewOutcome | null
}

/** A held decision as people see it in the queue. */
export type Review = ReviewStanding & {
  readonly id: string
  readonly decisionId: string
  readonly ticketId: string
  /** Whose ticket it is: ids are unique per caller. */
  readonly caller: string
  readonly revision: number
  readonly dueAt: string
  readonly backupAt: string | null
  /** Counts every change. */
  readonly version: number
  readonly createdAt: string
}

export type ReviewCommand =
  | { readonly kind: 'claim'; readonly leaseMinutes: number }
  | { readonly kind: 'release' }
  | { readonly kind: 'approve'; readonly reason?: string }
  | {
      readonly kind: 'override'
      readonly changes: Changes
      readonly reason: string
      /** Due times and actions under the new fields, when the caller has worked them out from the policy. */
      readonly clocks?: readonly Clock[]
      readonly actions?: readonly Action[]
    }
  | { readonly kind: 'dismiss'; readonly severity: Severity; readonly reason: string }

/** Why a transition is not allowed, as a sentence for people. */
export type Refusal = { readonly ok: false; readonly reason: string }
export type Transition = { readonly ok: true; readonly next: ReviewStanding } | Refusal

/**
 * What becomes of a review when `actor` does this at `now`. `proposed` are the actions of the held decision.
 * Never throws; a command that the state, the lease or the command's own fields forbid is refused with the reason.
 */
export function transition(
  review: ReviewStanding,
  command: ReviewCommand,
  by: { readonly actor: string; readonly now: Date; readonly proposed: readonly Action[] },
): Transition {
  if (review.state !== 'pending' && review.state !== 'claimed')
    return refuse(`Cannot ${command.kind} this review: it is ${review.state}`)
  const holder = holderOf(review, by.now)
  if (holder !== null && holder !== by.actor)
    return refuse(
      `Cannot ${command.kind} this review: ${holder} has claimed it until ${review.leaseUntil}`,
    )
  switch (command.kind) {
    case 'claim':
      return { ok: true, next: claimed(review, by, command.leaseMinutes) }
    case 'release':
      return holder === null
        ? refuse('Cannot release this review: it is not claimed')
        : { ok: true, next: { ...review, state: 'pending', claimedBy: null, leaseUntil: null } }
    case 'approve':
      return decided(review, by, {
        kind: 'approved',
        actions: by.proposed,
        ...(command.reason !== undefined && { reason: command.reason }),
      })
    case 'override':
      return override(review, by, command)
    case 'dismiss':
      return dismiss(review, by, command)
  }
}

type By = { readonly actor: string; readonly now: Date; readonly proposed: readonly Action[] }

/** Who holds the review now; a lease that has run out holds nothing. */
function holderOf({ claimedBy, leaseUntil }: ReviewStanding, now: Date): string | null {
  if (claimedBy === null || leaseUntil === null) return null
  return Date.parse(leaseUntil) > now.getTime() ? claimedBy : null
}

function claimed(review: ReviewStanding, { actor, now }: By, leaseMinutes: number): ReviewStanding {
  const leaseUntil = new Date(now.getTime() + leaseMinutes * 60_000).toISOString()
  return { ...review, state: 'claimed', claimedBy: actor, leaseUntil }
}

function override(
  review: ReviewStanding,
  by: By,
  { changes, reason, actions }: Extract<ReviewCommand, { kind: 'override' }>,
): Transition {
  if (Object.values(changes).every((change) => change === undefined))
    return refuse('Cannot override this review: name at least one field to change')
  if (reason.trim() === '') return refuse('Cannot override this review: a reason is required')
  const { message: _message, ...fields } = changes
  const changed = { ...review, ...fields }
  if (changed.owner === changed.backup)
    return refuse('Cannot override this review: owner and backup must be two people')
  return decided(changed, by, {
    kind: 'overridden',
    actions: actions ?? by.proposed.map((action) => changeAction(action, review, changes)),
    changes,
    reason,
  })
}

function dismiss(
  review: ReviewStanding,
  by: By,
  { severity, reason }: Extract<ReviewCommand, { kind: 'dismiss' }>,
): Transition {
  if (!isMoreSevere(review.severity, severity))
    return refuse(
      `Cannot dismiss this review: a severity below ${review.severity} is required, given ${severity}`,
    )
  if (reason.trim() === '') return refuse('Cannot dismiss this review: a reason is required')
  // Not an escalation: the work goes on with the same owner, nobody is told and no reply is drafted.
  const actions = by.proposed
    .filter((action) => action.kind === 'set_priority' || action.kind === 'assign')
    .map((action) => changeAction(action, review, { severity }))
  return decided({ ...review, severity }, by, { kind: 'dismissed', actions, severity, reason })
}

function decided(review: ReviewStanding, { actor, now }: By, outcome: ReviewOutcome): Transition {
  return {
    ok: true,
    next: {
      ...review,
      state: outcome.kind,
      leaseUntil: null,
      decidedBy: actor,
      decidedAt: now.toISOString(),
      outcome,
    },
  }
}

/** One proposed action as it is after a person changed the decision. */
function changeAction(action: Action, before: ReviewStanding, changes: Changes): Action {
  const { severity, team, owner, backup, message } = changes
  switch (action.kind) {
    case 'set_priority':
      return severity === undefined
        ? action
        : { ...action, severity, priority: PRIORITY_OF_SEVERITY[severity] }
    case 'assign':
      return {
        ...action,
        team: team ?? action.team,
        owner: owner ?? action.owner,
        backup: backup ?? action.backup,
      }
    case 'notify': {
      const now = new Map([
        [before.owner, owner ?? before.owner],
        [before.backup, backup ?? before.backup],
      ])
      return {
        ...action,
        people: [...new Set(action.people.map((person) => now.get(person) ?? person))],
      }
    }
    case 'add_tags':
      return { ...action, tags: action.tags.map((tag) => retag(tag, changes)) }
    case 'draft_reply':
      return message === undefined ? action : { ...action, body: message }
  }
}

/** `severity:P1` names a field of the decision; such a tag follows the field. */
function retag(tag: string, { severity, type, team }: Changes): string {
  const priority = severity === undefined ? undefined : PRIORITY_OF_SEVERITY[severity]
  const fields = new Map(Object.entries({ severity, priority, type, team }))
  const [slot = ''] = tag.split(':', 1)
  const value = tag === slot ? undefined : fields.get(slot)
  return value === undefined ? tag : `${slot}:${value}`
}

const refuse = (reason: string): Refusal => ({ ok: false, reason })

import type { DraftReply } from './propose-actions.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Action, Clock } from './decision.ts'
import type { Severity, TicketType } from './labels.ts'
import { isMoreSevere } from './labels.ts'
import { changeAction } from './change-action.ts'

/**
 * A held decision waits for a person.
 *
 *   pending ──claim──► claimed ──approve | override | dismiss──► decided
 *      ▲                │ ▲ │                                      │
 *      │                │ │ └─renew                                │
 *      │                │ └────────────────undo────────────────────┘
 *      └────release─────┘   (a claim also ends by itself when its lease has run out)
 *
 * A person may also decide a pending review without claiming it. Under four eyes the first person's decision is a
 * proposal: the review is pending again until another person approves the proposal, or proposes something else; of a blind
 * one until two people judge the same, each without the other's answer.
 * `superseded` is not a person's choice: the ticket changed and a newer decision took this one's place.
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
export const DECIDED_REVIEW_STATES = ['approved', 'overridden', 'dismissed'] as const

/**
 * `held`: nothing happens before a person decides. `sample`: an automatic decision, looked at afterwards. `known`: an
 * example whose right answer we know; people are told it is a sample.
 */
export const REVIEW_KINDS = ['held', 'sample', 'known'] as const
export type ReviewKind = (typeof REVIEW_KINDS)[number]

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

/** The fields of a ticket that a review may change. */
export type ReviewedFields = {
  readonly severity: Severity
  readonly type: TicketType
  readonly team: string
  readonly owner: string
  readonly backup: string
}

/** What the first of two people decided; it counts when another person approves it. */
export type Proposal = {
  readonly by: string
  readonly at: string
  readonly fields: ReviewedFields
  readonly outcome: ReviewOutcome
  /** Due times that come with the fields. */
  readonly clocks: readonly Clock[]
}

/** The way back from a decision. */
export type Undo = {
  /** Possible before this, and while nothing of the decision has left the house. */
  readonly until: string
  readonly fields: ReviewedFields
  readonly clocks: readonly Clock[]
}

/** The part of a review that its transitions read and write. */
export type ReviewStanding = ReviewedFields & {
  readonly kind: ReviewKind
  readonly state: ReviewState
  /** The suggestion is hidden until a person has judged. */
  readonly blind: boolean
  readonly fourEyes: boolean
  readonly claimedBy: string | null
  /** When the person who holds or decided it took it. */
  readonly claimedAt: string | null
  readonly leaseUntil: string | null
  readonly decidedBy: string | null
  readonly decidedAt: string | null
  readonly outcome: ReviewOutcome | null
  readonly proposal: Proposal | null
  readonly undo: Undo | null
  /**
   * The ticket changed while this review was open: whoever decides names the version that they saw. After `decidedAt`:
   * it changed before anybody outside was told of the decision, which does not happen any more.
   */
  readonly changedAt: string | null
  /** Counts every change by a person and of the ticket. */
  readonly version: number
}

/** A held decision as the store knows it. */
export type Review = ReviewStanding & {
  readonly id: string
  readonly decisionId: string
  readonly ticketId: string
  /** Whose ticket it is: ids are unique per caller. */
  readonly caller: string
  readonly revision: number
  readonly dueAt: string
  readonly backupAt: string | null
  readonly backupToldAt: string | null
  /** Nobody had decided in time: the declared default holds since then, and the review still waits. */
  readonly defaultedAt: string | null
  /** The review that took this one's place. */
  readonly supersededBy: string | null
  readonly consequence: number
  readonly doubt: number
  readonly orderBecause: string
  readonly createdAt: string
}

type Command =
  | { readonly kind: 'claim' | 'renew'; readonly leaseMinutes: number }
  | { readonly kind: 'release' | 'undo' }
  | { readonly kind: 'approve'; readonly reason?: string; readonly unseen?: boolean }
  | {
      readonly kind: 'override'
      readonly changes: Changes
      readonly reason: string
      readonly unseen?: boolean
      /** Due times and first answer under the new fields, when the caller has worked them out from the policy. */
      readonly clocks?: readonly Clock[]
      readonly draft?: DraftReply
    }
  | {
      readonly kind: 'dismiss'
      readonly severity: Severity
      readonly reason: string
      readonly unseen?: boolean
    }

/**
 * What a person does. `version` is the one that they saw. `unseen`: the judgement was made without the suggestion, as a
 * blind review asks for.
 */
export type ReviewCommand = Command & { readonly version?: number }

/** Why a transition is not allowed, as a sentence for people. `stale`: the person saw another version. */
export type Refusal = { readonly ok: false; readonly reason: string; readonly stale?: true }
export type Transition =
  | {
      readonly ok: true
      readonly next: ReviewStanding
      /** Due times to write with it. */
      readonly clocks: readonly Clock[]
    }
  | Refusal

/** Minutes that an undone decision is kept for the person who took it back. */
const UNDO_LEASE_MINUTES = 10

export type By = {
  readonly actor: string
  readonly now: Date
  /** The actions of the held decision. */
  readonly proposed: readonly Action[]
  /** The ticket's clocks now, for the way back. */
  readonly clocks: readonly Clock[]
  readonly undoSeconds: number
}

/**
 * What becomes of a review when somebody does this now. Never throws; a command that the state, the lease, the version
 * or the command's own fields forbid is refused with the reason.
 */
export function transition(review: ReviewStanding, command: ReviewCommand, by: By): Transition {
  if (command.kind === 'undo') return undo(review, by)
  if (!isOpen(review)) return refuse(`Cannot ${command.kind} this review: it is ${review.state}`)
  const stale = staleness(review, command)
  if (stale !== null) return { ok: false, reason: stale, stale: true }
  const holder = holderOf(review, by.now)
  if (holder !== null && holder !== by.actor)
    return refuse(
      `Cannot ${command.kind} this review: ${holder} has claimed it until ${review.leaseUntil}`,
    )
  switch (command.kind) {
    case 'claim':
      return claimed(review, by, command.leaseMinutes)
    case 'renew':
      return holder === null
        ? refuse('Cannot renew this claim: it has run out, claim the review again')
        : claimed(review, by, command.leaseMinutes)
    case 'release':
      return holder === null
        ? refuse('Cannot release this review: it is not claimed')
        : { ok: true, next: { ...review, ...UNCLAIMED }, clocks: [] }
    case 'approve':
    case 'override':
    case 'dismiss':
      if (review.blind && command.unseen !== true)
        return refuse(`Cannot ${command.kind} this review: it is blind, answer it instead`)
      if (!review.blind && command.unseen === true)
        return refuse('Cannot answer this review: it is not blind')
      return decide(review, command, by)
  }
}

type Deciding = Extract<ReviewCommand, { kind: 'approve' | 'override' | 'dismiss' }>

const UNCLAIMED = {
  state: 'pending',
  claimedBy: null,
  claimedAt: null,
  leaseUntil: null,
} as const

function isOpen({ state }: ReviewStanding): boolean {
  return state === 'pending' || state === 'claimed'
}

/** Who holds the review now; a lease that has run out holds nothing. */
export function holderOf(
  { claimedBy, leaseUntil }: Pick<ReviewStanding, 'claimedBy' | 'leaseUntil'>,
  now: Date,
): string | null {
  if (claimedBy === null || leaseUntil === null) return null
  return Date.parse(leaseUntil) > now.getTime() ? claimedBy : null
}

/** Decided, but the ticket changed before anybody outside was told, so nothing of it happens. */
export function isWithdrawn({
  decidedAt,
  changedAt,
}: Pick<ReviewStanding, 'decidedAt' | 'changedAt'>): boolean {
  return decidedAt !== null && changedAt !== null && Date.parse(changedAt) > Date.parse(decidedAt)
}

function staleness(review: ReviewStanding, { kind, version }: ReviewCommand): string | null {
  if (version !== undefined && version !== review.version)
    return `Cannot ${kind} this review: it has changed since you saw it, look at it again`
  const deciding = kind === 'approve' || kind === 'override' || kind === 'dismiss'
  if (deciding && version === undefined && review.changedAt !== null)
    return `Cannot ${kind} this review: the ticket changed at ${review.changedAt}, so the version that you saw is required`
  return null
}

function claimed(review: ReviewStanding, { actor, now }: By, leaseMinutes: number): Transition {
  const leaseUntil = new Date(now.getTime() + leaseMinutes * 60_000).toISOString()
  const keeps = review.claimedBy === actor && review.claimedAt !== null
  const claimedAt = keeps ? review.claimedAt : now.toISOString()
  return {
    ok: true,
    next: { ...review, state: 'claimed', claimedBy: actor, claimedAt, leaseUntil },
    clocks: [],
  }
}

function decide(review: ReviewStanding, command: Deciding, by: By): Transition {
  const { proposal } = review
  // Who judges without the suggestion sees no proposal either: approving is agreement with the suggestion alone.
  if (command.kind === 'approve' && command.unseen !== true && proposal !== null) {
    if (proposal.by === by.actor)
      return refuse('Cannot approve this review: another person must agree with your decision')
    return decided(review, by, proposal)
  }
  const made = decisionOf(review, command, by)
  if ('ok' in made) return made
  if (!review.fourEyes) return decided(review, by, made)
  const another = proposal !== null && proposal.by !== by.actor
  if (another && command.unseen === true && isSameJudgement(made.fields, proposal.fields))
    return decided(review, by, proposal)
  const proposed: Proposal = { by: by.actor, at: by.now.toISOString(), ...made }
  return { ok: true, next: { ...review, ...UNCLAIMED, proposal: proposed }, clocks: [] }
}

/** What a blind answer names. */
function isSameJudgement(a: ReviewedFields, b: ReviewedFields): boolean {
  return a.severity === b.severity && a.type === b.type && a.team === b.team
}

type Made = Pick<Proposal, 'fields' | 'outcome' | 'clocks'>

function decisionOf(review: ReviewStanding, command: Deciding, by: By): Made | Refusal {
  const fields = fieldsOf(review)
  switch (command.kind) {
    case 'approve': {
      // What was sampled has happened already.
      const actions = review.kind === 'held' ? by.proposed : []
      const { reason } = command
      return {
        fields,
        outcome: { kind: 'approved', actions, ...(reason !== undefined && { reason }) },
        clocks: [],
      }
    }
    case 'override':
      return override(review, by, command)
    case 'dismiss':
      return dismiss(review, by, command)
  }
}

function override(
  review: ReviewStanding,
  by: By,
  { changes, reason, draft, clocks = [] }: Extract<ReviewCommand, { kind: 'override' }>,
): Made | Refusal {
  if (Object.values(changes).every((change) => change === undefined))
    return refuse('Cannot override this review: name at least one field to change')
  if (reason.trim() === '') return refuse('Cannot override this review: a reason is required')
  const { message: _message, ...changed } = changes
  const fields = { ...fieldsOf(review), ...changed }
  if (fields.owner === fields.backup)
    return refuse('Cannot override this review: owner and backup must be two people')
  return {
    fields,
    outcome: {
      kind: 'overridden',
      actions: stillToDo(review, by, (action) =>
        // The customer of what was sampled has had an answer.
        changeAction(
          action.kind === 'draft_reply' && review.kind === 'held' ? (draft ?? action) : action,
          review,
          changes,
        ),
      ),
      changes,
      reason,
    },
    clocks,
  }
}

function dismiss(
  review: ReviewStanding,
  by: By,
  { severity, reason }: Extract<ReviewCommand, { kind: 'dismiss' }>,
): Made | Refusal {
  if (!isMoreSevere(review.severity, severity))
    return refuse(
      `Cannot dismiss this review: a severity below ${review.severity} is required, given ${severity}`,
    )
  if (reason.trim() === '') return refuse('Cannot dismiss this review: a reason is required')
  // Not an escalation: the work goes on with the same owner, nobody is told and no reply is drafted.
  const actions = stillToDo(review, by, (action) =>
    changeAction(action, review, { severity }),
  ).filter(({ kind }) => kind === 'set_priority' || kind === 'assign')
  return {
    fields: { ...fieldsOf(review), severity },
    outcome: { kind: 'dismissed', actions, severity, reason },
    clocks: [],
  }
}

/** The actions as they are now; of what was sampled those that differ, because the others have happened already. */
function stillToDo(
  { kind }: ReviewStanding,
  { proposed }: By,
  change: (action: Action) => Action,
): readonly Action[] {
  return proposed.flatMap((action) => {
    const changed = change(action)
    const happened = kind !== 'held' && canonicalJson(changed) === canonicalJson(action)
    return happened ? [] : [changed]
  })
}

function decided(review: ReviewStanding, by: By, { fields, outcome, clocks }: Made): Transition {
  const until = new Date(by.now.getTime() + by.undoSeconds * 1_000).toISOString()
  const kinds = new Set(clocks.map(({ kind }) => kind))
  const before = by.clocks.filter(({ kind }) => kinds.has(kind))
  return {
    ok: true,
    next: {
      ...review,
      ...fields,
      state: outcome.kind,
      // A claim of somebody else has run out and says nothing about this decision.
      ...(review.claimedBy !== by.actor && { claimedBy: null, claimedAt: null }),
      leaseUntil: null,
      decidedBy: by.actor,
      decidedAt: by.now.toISOString(),
      outcome,
      undo: by.undoSeconds > 0 ? { until, fields: fieldsOf(review), clocks: before } : null,
    },
    clocks,
  }
}

/** Back in the hands of whoever decided, as it was before. */
function undo(review: ReviewStanding, by: By): Transition {
  if (isOpen(review)) return refuse('Cannot undo this review: it is not decided')
  if (isWithdrawn(review))
    return refuse(
      'Cannot undo this review: the ticket changed and was decided anew; nobody outside was told of your decision',
    )
  if (review.undo === null) return refuse(`Cannot undo this review: it is ${review.state} for good`)
  if (review.decidedBy !== by.actor)
    return refuse(`Cannot undo this review: only ${review.decidedBy} may, who decided it`)
  if (Date.parse(review.undo.until) <= by.now.getTime())
    return refuse(`Cannot undo this review: that was possible until ${review.undo.until}`)
  const open = { decidedBy: null, decidedAt: null, outcome: null, undo: null }
  const back = claimed({ ...review, ...review.undo.fields, ...open }, by, UNDO_LEASE_MINUTES)
  return back.ok ? { ...back, clocks: review.undo.clocks } : back
}

function fieldsOf({ severity, type, team, owner, backup }: ReviewedFields): ReviewedFields {
  return { severity, type, team, owner, backup }
}

const refuse = (reason: string): Refusal => ({ ok: false, reason })

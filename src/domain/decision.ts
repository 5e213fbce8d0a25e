import type { Channel } from './ticket.ts'
import type { Evidence } from './facts.ts'
import type { Level, Priority, Severity, TicketType } from './labels.ts'
import type { ClockKind, TriggerCategory } from './policy.ts'

export type PersonRef = { readonly id: string; readonly name: string }

export type Clock = {
  readonly kind: ClockKind
  readonly dueAt: string
  readonly target: string
  readonly calendar: string
  /** It ended here, in time or late. */
  readonly metAt?: string
  /** It stands still since then; `dueAt` is what it would be without the pause. */
  readonly pausedAt?: string
}

/** A number or value that a rule compared: `impact.affectedUsers` was 340, the rule asked for ≥ 100. */
export type Comparison = {
  readonly fact: string
  readonly value: string | number | boolean | readonly string[] | null
  readonly asked: string
}

export type Reason = {
  readonly rule: string
  readonly kind: 'trigger' | 'route' | 'review' | 'owner' | 'default'
  readonly sentence: string
  readonly category?: TriggerCategory
  /** The severity this rule asked for. */
  readonly raise?: Severity
  readonly floor?: boolean
  readonly evidence: readonly Evidence[]
  readonly compared: readonly Comparison[]
}

/** One step for the platform or for people. `external`: it reaches the customer. */
export type Action =
  | {
      readonly kind: 'set_priority'
      readonly external: boolean
      readonly priority: Priority
      readonly severity: Severity
    }
  | {
      readonly kind: 'assign'
      readonly external: boolean
      readonly team: string
      readonly owner: string
      readonly backup: string
    }
  | { readonly kind: 'add_tags'; readonly external: boolean; readonly tags: readonly string[] }
  | {
      readonly kind: 'notify'
      readonly external: boolean
      readonly people: readonly string[]
      readonly because: string
    }
  | {
      readonly kind: 'draft_reply'
      readonly external: boolean
      readonly body: string
      /** How to send it; absent: the channel that the ticket came in by. */
      readonly channel?: Channel
    }

/** What the policy says; a pure function of facts, policy, roster and time. */
export type Decision = {
  readonly severity: Severity
  /** What the floor triggers alone would give; nothing may go below it. */
  readonly floor: Severity
  readonly priority: Priority
  readonly type: TicketType
  readonly disposition: 'auto' | 'review'
  /** Segments of the policy that the ticket belongs to, by id; absent: none. */
  readonly segments?: readonly string[]
  /** How a three-level policy calls the severity. */
  readonly level?: Level
  readonly route: {
    readonly id: string
    readonly team: string
    readonly tier: number
    readonly owner: PersonRef
    readonly backup: PersonRef
    /** Who may decide what the ticket asks for; the owner unless that needs more authority. */
    readonly decisionMaker?: PersonRef
    /** Nobody of the team could take it in time, so the owner is the last resort, limit or not. */
    readonly lastResort?: true
  }
  readonly clocks: readonly Clock[]
  /** Done at once when `auto`; after approval when held. */
  readonly proposed: readonly Action[]
  readonly review?: {
    readonly dueAt: string
    readonly backupAt?: string
    readonly because: readonly string[]
    readonly reviewers: readonly PersonRef[]
  }
  readonly reasons: readonly Reason[]
}

/** The actions that may happen now: none while a person has not decided. */
export function allowedActions(decision: Decision): readonly Action[] {
  return decision.disposition === 'review' ? [] : decision.proposed
}

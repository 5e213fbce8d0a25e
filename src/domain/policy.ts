import type { Channel } from './ticket.ts'
import type { ScoringRules } from './cascade.ts'
import type { Costs } from './costs.ts'
import type { Intent, Severity, TicketType, TriggerKind } from './labels.ts'
import type { SpikeSection } from './spike-rules.ts'
import type { FactType } from './facts.ts'

/** Structured, never code. Compiled once by `condition.ts`. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'fact'; readonly fact: string; readonly matcher: Matcher }

export type Matcher =
  | { readonly op: 'is'; readonly value: string | number | boolean }
  | { readonly op: 'one_of'; readonly values: readonly (string | number | boolean)[] }
  | { readonly op: 'lt' | 'lte' | 'gt' | 'gte'; readonly value: number }
  | { readonly op: 'between'; readonly min: number; readonly max: number }
  /** For hours_until facts: 0 ≤ hours until ≤ this. */
  | { readonly op: 'within'; readonly hours: number }
  /** For list facts: at least one of these is in the list. */
  | { readonly op: 'includes'; readonly values: readonly string[] }
  | { readonly op: 'missing'; readonly missing: boolean }

export { CLOCK_KINDS, type ClockKind } from './labels.ts'

/** `minutes` run on `calendar`; business days are working days of that calendar, due at the same time of day or the end of work. */
export type Target = {
  readonly amount: number
  readonly unit: 'minutes' | 'business_days'
  readonly calendar: string
  /** As written ("15m", "3 business days"). */
  readonly text: string
}

export type Calendar = {
  readonly id: string
  readonly timezone: string
  /** ISO weekday 1 (Monday) to 7 → windows as minutes of the local day, sorted, not overlapping. Empty record = always open. */
  readonly weekly: Readonly<Partial<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, readonly Window[]>>>
  readonly alwaysOpen: boolean
  /** Local dates, YYYY-MM-DD, without work. */
  readonly holidays: readonly string[]
}
export type Window = { readonly start: number; readonly end: number }

export type SeverityDefinition = {
  readonly meaning: string
  readonly examples: readonly string[]
  readonly targets: Readonly<Record<'first_response' | 'update' | 'resolution', Target>>
  /** Only for severities that a person must confirm. */
  readonly review?: Target
  /** After this the backup reviewer is told. */
  readonly reviewBackupAfter?: Target
  /** Instead of the warnings of `sla`. */
  readonly warnings?: readonly Warning[]
}

/** When to warn before a target is missed: a share of its working time gone, or so many working minutes left. */
export type Warning =
  | { readonly unit: 'percent'; readonly amount: number; readonly text: string }
  | { readonly unit: 'minutes_left'; readonly amount: number; readonly text: string }

/** `owner`, `backup`, `decision_maker`, or the id of a team, which stands for its owners. */
export type PagedParty = string

/** What is said before and when a target is missed, and who is paged. */
export type SlaRules = {
  readonly warnings: readonly Warning[]
  readonly page: {
    readonly warned: readonly PagedParty[]
    readonly breached: readonly PagedParty[]
  }
}

export type Phrase = {
  readonly id: string
  readonly kind: TriggerKind
  /** Pattern language of `scorers/phrases`: words, (a|b), [optional], ..2 gap, stem~ . */
  readonly patterns: readonly string[]
  /** False when a negation in front does not undo the phrase ("can't believe this"). Default true. */
  readonly negatable: boolean
}

export const TRIGGER_CATEGORIES = ['complexity', 'urgency', 'value', 'emotion'] as const
export type TriggerCategory = (typeof TRIGGER_CATEGORIES)[number]

/** Raises severity; can never lower it. */
export type Trigger = {
  readonly id: string
  readonly category: TriggerCategory
  readonly when: Condition
  readonly raise: Severity
  /** Reads deterministic facts only, so nothing a model says can undo it. */
  readonly floor: boolean
  /** A sentence; `{fact}` is replaced by the fact's value. */
  readonly because: string
  /** Holds the ticket for a person even when it is not P1. */
  readonly review: boolean
  /** Sets the type; the most severe trigger that names one wins over the model. */
  readonly type?: TicketType
  /** Teams whose owners are told inside the company, beside the ticket's owner and backup. */
  readonly notify?: readonly string[]
}

/** Picks the team; exactly one matches, else `otherwise`. May read the decided `severity` and `type`. */
export type Route = {
  readonly id: string
  readonly when: Condition
  readonly team: string
  readonly because: string
  readonly needs?: Needs
  /** What the service may do with tickets of this route; absent: `auto`. */
  readonly mode?: RouteMode
}

/** What the owner of a ticket should bring. People who do are asked first; nobody is left without an owner over it. */
export type Needs = {
  readonly skills?: readonly string[]
  /** Speaks the language of the ticket. */
  readonly language?: boolean
  /** Works for the region of the customer. */
  readonly region?: boolean
  /** Kind of authority → numeric fact that it must cover: `refund: attributes.requestedCredit`. */
  readonly authority?: Readonly<Record<string, string>>
}

/**
 * From least to most: `off` and `shadow` hold every ticket and hide the suggestion, and `shadow` is measured; `suggest`
 * holds every ticket with the suggestion in view; `auto` holds what the rules hold. P1 is held in every mode.
 */
export const ROUTE_MODES = ['off', 'shadow', 'suggest', 'auto'] as const
export type RouteMode = (typeof ROUTE_MODES)[number]

/** Shares from 0 to 1 of what people check for quality. */
export type SampleRules = {
  /** Automatic decisions that a person looks at afterwards. */
  readonly share: number
  /** Of those: judged without seeing the suggestion. */
  readonly blind: number
  /** Items with a known answer, as a share of all reviews. */
  readonly known: number
}

/** Holds a ticket for a person without changing its severity. */
export type ReviewRule = {
  readonly id: string
  readonly when: Condition
  readonly because: string
}

export type Person = {
  readonly id: string
  readonly name: string
  readonly role: string
  /** Calendar id of working hours; absent = always reachable. */
  readonly hours?: string
  /** At this many open tickets the next person takes over; absent = no limit. */
  readonly capacity?: number
  /** Zone of whole days of leave for people without hours; absent = UTC. */
  readonly timezone?: string
  readonly languages?: readonly string[]
  /** What the person knows: skills that routes need, and types and teams that it reviews best. */
  readonly skills?: readonly string[]
  readonly regions?: readonly string[]
  /** Kind of authority → up to which amount this person may decide. */
  readonly authority?: Readonly<Record<string, number>>
  /** Away: whole local dates (`until` included), or instants. */
  readonly leave: readonly { readonly from: string; readonly until: string }[]
}

export const STRATEGIES = [
  'primary-secondary',
  'round-robin',
  'least-loaded',
  'expert-first',
  'follow-the-sun',
  'on-call',
] as const
/** How a team picks the owner among its people; `assign.ts` says what each means. */
export type Strategy = (typeof STRATEGIES)[number]

/** Who is on call: each person for `days` from the handover on `from`, in the order of the list, again and again. */
export type OnCall = {
  readonly people: readonly string[]
  /** Local date of the first handover, YYYY-MM-DD. */
  readonly from: string
  /** Minute of the local day. */
  readonly handover: number
  readonly timezone: string
  readonly days: number
}

export type Team = {
  readonly id: string
  readonly name: string
  readonly tier: number
  /** Absent: `primary-secondary`. */
  readonly strategy?: Strategy
  readonly onCall?: OnCall
  /** Teams that take over, in order, when nobody of this one is there in time. */
  readonly relief?: readonly string[]
  /** Who decides what the owner may not; absent: the owner. */
  readonly decisionMaker?: string
  /** People in order of preference; the first available one owns. */
  readonly owners: readonly string[]
  readonly backups: readonly string[]
  /** Unavailable for longer than this hands over to the next owner (default 120). */
  readonly graceMinutes: number
}

/** A kind of customer or case with its own targets, routes and review rules. Several may match at once. */
export type Segment = {
  readonly id: string
  readonly when: Condition
  /** Times in place of the general ones; where several segments name one, the faster wins. */
  readonly severities: Readonly<Partial<Record<Severity, SegmentTimes>>>
  /** Asked before the general routes. */
  readonly routes: readonly Route[]
  /** Beside the general ones. */
  readonly reviewRules: readonly ReviewRule[]
}

export type SegmentTimes = Readonly<
  Partial<
    Record<'first_response' | 'update' | 'resolution' | 'review' | 'reviewBackupAfter', Target>
  >
>

export type Policy = {
  readonly id: string
  readonly version: string
  /** SHA-256 of the canonical form of everything below. */
  readonly hash: string
  readonly profile: 'four-level' | 'three-level'
  readonly attributes: Readonly<Record<string, { readonly type: FactType; readonly doc: string }>>
  readonly calendars: Readonly<Record<string, Calendar>>
  readonly severities: Readonly<Record<Severity, SeverityDefinition>>
  readonly phrases: readonly Phrase[]
  readonly triggers: readonly Trigger[]
  readonly routes: readonly Route[]
  readonly otherwise: {
    readonly id: 'otherwise'
    readonly team: string
    readonly because: string
    readonly needs?: Needs
  }
  readonly people: Readonly<Record<string, Person>>
  readonly teams: Readonly<Record<string, Team>>
  readonly lastResort: { readonly owner: string; readonly backup: string }
  readonly review: {
    readonly team: string
    readonly rules: readonly ReviewRule[]
    /** Budget for reviews of severities that name none. */
    readonly budget: Target
    /** Two different people must agree on tickets like these. */
    readonly fourEyes?: Condition
    /** So long a decision can be taken back; nothing of it leaves the house before. Absent: 0. */
    readonly undoSeconds?: number
    /** Team that is paged when nobody decided in time; absent: the last resort. */
    readonly nextTier?: string
    /** Absent: nothing is sampled. */
    readonly samples?: SampleRules
    /** Share of wrong decisions that automation may make; absent: 0.05. */
    readonly risk?: number
  }
  /** Days after its last decision that a ticket keeps its words; absent: for ever. */
  readonly retention?: { readonly originalsDays?: number }
  /** Absent: no word of a ticket goes to webhooks or chat. */
  readonly webhooks?: { readonly ticketText: boolean }
  readonly spikes: SpikeSection
  readonly segments?: readonly Segment[]
  /** Absent: nobody is warned or paged over a target; a missed one is still recorded and told. */
  readonly sla?: SlaRules
  /** Who scores, and when an LLM is asked; absent: `DEFAULT_SCORING`. */
  readonly scoring?: ScoringRules
  /** What evals weigh errors with; absent: `DEFAULT_COSTS`. */
  readonly costs?: Costs
  readonly limits?: Limits
  readonly types: Readonly<Partial<Record<Intent, TicketType>>>
  /** Tags for the platform with the slots {severity}, {priority}, {type} and {team}. */
  readonly tags: readonly string[]
  readonly messages: {
    readonly acknowledgement: string
    /** How to answer, by severity, where the customer prefers nothing. */
    readonly channels?: Readonly<Partial<Record<Severity, Channel>>>
    /** To customers, about an incident; a draft for a person. */
    readonly incident?: string
    /** Drafts for a person; see `Drafts`. */
    readonly progress?: string
    readonly resolution?: string
    readonly handOff?: string
  }
  readonly cases: readonly PolicyCase[]
}

/** How complicated a policy may become, and how far one version may move stored decisions; absent = no limit. */
export type Limits = {
  readonly triggers?: number
  readonly routes?: number
  /** Comparisons in one rule. */
  readonly comparisons?: number
  readonly reviewRules?: number
  /** Shares of stored tickets, 0 to 1: decided otherwise, lowered, held. */
  readonly moved?: number
  readonly lowered?: number
  readonly reviewShare?: number
}

/** An example ticket with the decision it must get; run as a test. */
export type PolicyCase = {
  readonly id: string
  readonly ticket: Readonly<Record<string, unknown>>
  /** Facts set by hand, so that a case needs no model. */
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly expect: {
    readonly severity?: Severity
    readonly type?: TicketType
    readonly team?: string
    readonly disposition?: 'auto' | 'review'
  }
}

import type { Facts } from '../../domain/facts.ts'
import type { Path } from '../problem.ts'

/** `error` blocks start and publishing; `warning` is for a support lead to mend or to accept. */
export type FindingLevel = 'error' | 'warning'

/** An example that shows the finding: facts of a ticket, or a minute. */
export type Witness =
  | { readonly kind: 'ticket'; readonly facts: Facts['values'] }
  | { readonly kind: 'minute'; readonly at: string; readonly sentence: string }
  /** The file itself shows it. */
  | { readonly kind: 'text'; readonly sentence: string }

/** Something in a policy that a support lead would not want, found without running a ticket. */
export type Finding = {
  readonly code: FindingCode
  readonly level: FindingLevel
  /** Where in the file. */
  readonly path: Path
  readonly message: string
  /** What would mend it. */
  readonly mend: string
  readonly witness: Witness
}

/** What the check looks for, with its meaning. */
export const FINDING_CODES = {
  'route-gap': 'a ticket that no route matches',
  'route-overlap': 'a ticket that two routes match, so that a person must pick the team',
  'rule-unreachable': 'a rule that no ticket can make true',
  'branch-unreachable': 'a part of a condition that no ticket can make true',
  'rule-shadowed':
    'a trigger that never changes anything, because others raise as high whenever it fires',
  'rule-repeated': 'two rules with the same condition',
  'slot-unfilled': 'a sentence that may show "unknown" where it names a fact',
  'target-order': 'a severity that is slower than a less severe one',
  'target-sequence':
    'a first response due after the resolution, or an update cadence longer than it',
  'target-unmet': 'a target that its calendar cannot meet in eight weeks',
  'target-asleep': 'a critical clock that stands still while nobody works',
  'review-too-slow': 'a review that may take as long as the first response',
  'review-backup-late': 'a backup reviewer who is told when the review is over',
  'team-uncovered': 'minutes at which a team has nobody before the first response is due',
  'team-single': 'minutes at which one person stands between a team and the last resort',
  'team-unused': 'a team that no rule leads to',
  'person-unused': 'a person in no team',
  'phrase-unused': 'a phrase that no rule asks for',
  'calendar-unused': 'a calendar that nobody works by and no time runs on',
  'message-jargon': 'words in a message to customers that only colleagues know',
  'message-blame': 'words in a message to customers that put the blame on somebody',
  'limits-exceeded': 'more rules, branches or approvals than the policy allows itself',
} as const
export type FindingCode = keyof typeof FINDING_CODES

import type { CompiledPolicy } from './compile-policy.ts'
import type { PersonRef } from './decision.ts'
import type { ClockKind, Severity } from './labels.ts'
import type { PagedParty } from './policy.ts'
import { showInstant } from './show-instant.ts'

/** A clock that is nearly used up (`warning`) or was missed (null). */
export type ClockInQuestion = {
  readonly ticketId: string
  readonly severity: Severity
  readonly owner: string
  readonly backup: string
  readonly decisionMaker: string | null
  readonly kind: ClockKind
  readonly dueAt: string
  readonly warning: string | null
}

/** Whom the policy pages over a clock, each person once. */
export function pagedOver(clock: ClockInQuestion, policy: CompiledPolicy): readonly PersonRef[] {
  const { sla } = policy.policy
  const parties = (clock.warning === null ? sla?.page.breached : sla?.page.warned) ?? []
  const ids = parties.flatMap((party) => peopleOf(party, clock, policy))
  return [...new Set(ids)].flatMap((id) => policy.people.get(id)?.ref ?? [])
}

/** `The first response of T-1 (P2) was due Monday 9 March, 10:15 UTC`. */
export function clockSentence({
  kind,
  ticketId,
  severity,
  dueAt,
  warning,
}: ClockInQuestion): string {
  const what = `The ${CLOCK_NAMES[kind]} of ${ticketId} (${severity})`
  return warning === null
    ? `${what} was due ${showInstant(dueAt)}`
    : `${what} is due ${showInstant(dueAt)}: ${warning.endsWith('left') ? warning : `${warning} of its time are gone`}`
}

export const CLOCK_NAMES: Readonly<Record<ClockKind, string>> = {
  first_response: 'first response',
  update: 'update',
  resolution: 'resolution',
  review: 'review',
}

function peopleOf(
  party: PagedParty,
  clock: ClockInQuestion,
  { teams }: CompiledPolicy,
): readonly string[] {
  switch (party) {
    case 'owner':
      return [clock.owner]
    case 'backup':
      return [clock.backup]
    case 'decision_maker':
      return [clock.decisionMaker ?? clock.owner]
    default:
      return teams.get(party)?.team.owners ?? []
  }
}

import { entryOf } from './entry-of.ts'
import type { Clock } from './decision.ts'
import { PRIORITY_OF_SEVERITY, type Severity, type TicketType } from './labels.ts'
import type { CompiledPolicy } from './compile-policy.ts'
import { promise } from './propose-actions.ts'

/** A ticket as it stands, whoever changed it last. */
export type Standing = {
  readonly ticketId: string
  readonly severity: Severity
  readonly type: TicketType
  readonly team: string
  readonly owner: string
  readonly backup: string
  readonly clocks: readonly Pick<Clock, 'kind' | 'dueAt'>[]
}

/** Texts for a person to send or to change; nothing here leaves the house by itself. */
export type Drafts = {
  /** To the customer, at the update cadence. */
  readonly progress?: string
  /** To the customer, with the solution. */
  readonly resolution?: string
  /** To the colleague who takes over. */
  readonly handOff?: string
}

/** The policy's messages filled for a ticket as it stands; those that the policy does not write are left out. */
export function draftsOf(standing: Standing, compiled: CompiledPolicy, nowMs: number): Drafts {
  const { policy, drafts } = compiled
  const { ticketId, severity, type, team, owner, backup, clocks } = standing
  const values = {
    ticket: ticketId,
    severity,
    priority: PRIORITY_OF_SEVERITY[severity],
    type,
    team: entryOf(policy.teams, team)?.name ?? team,
    owner: entryOf(policy.people, owner)?.name ?? owner,
    backup: entryOf(policy.people, backup)?.name ?? backup,
    role: entryOf(policy.people, owner)?.role ?? '',
    nextUpdate: promise({ clocks, nowMs }, 'update'),
    resolution: promise({ clocks, nowMs }, 'resolution'),
  }
  return Object.fromEntries(
    Object.entries(drafts).map(([kind, fill]) => [kind, fill(values)]),
  ) as Drafts
}

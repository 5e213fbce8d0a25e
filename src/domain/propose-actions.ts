import type { CompiledPolicy, CompiledTeam, CompiledTrigger } from './compile-policy.ts'
import type { Action, Clock, PersonRef, Reason } from './decision.ts'
import type { Priority, Severity, TicketType } from './labels.ts'
import type { Facts } from './facts.ts'
import { CHANNELS, type Channel } from './ticket.ts'
import { showInstant } from './show-instant.ts'

/** The parts of a decision that its actions are made from. */
export type Settled = {
  readonly severity: Severity
  readonly priority: Priority
  readonly type: TicketType
  readonly team: CompiledTeam
  readonly owner: PersonRef
  readonly backup: PersonRef
  readonly clocks: readonly Clock[]
  readonly fired: readonly CompiledTrigger[]
  readonly reasons: readonly Reason[]
  readonly nowMs: number
  readonly ticketId: string
  /** How the customer wants to be answered, where the platform says so. */
  readonly preferredChannel: Channel | undefined
}

/** Slots of a tag. */
export const TAG_SLOTS = ['severity', 'priority', 'type', 'team'] as const

/** Slots of the acknowledgement. {ticket} is the platform's number; times are phrases ("by Friday 2 October, 14:30 UTC") that the clocks allow. */
export const MESSAGE_SLOTS = [
  'ticket',
  'owner',
  'role',
  'team',
  'type',
  'priority',
  'severity',
  'nextUpdate',
  'resolution',
] as const

/** Slots of the drafts. */
export const DRAFT_SLOTS = [...MESSAGE_SLOTS, 'backup'] as const

/** What the platform may do: at once, or after a person has approved. */
export function proposeActions(settled: Settled, policy: CompiledPolicy): readonly Action[] {
  const { severity, priority, team, owner, backup } = settled
  return [
    { kind: 'set_priority', external: false, priority, severity },
    {
      kind: 'assign',
      external: false,
      team: team.team.id,
      owner: owner.id,
      backup: backup.id,
    },
    { kind: 'add_tags', external: false, tags: tagsOf(settled, policy) },
    ...notices(settled, policy),
    draftReply(settled, policy),
  ]
}

function tagsOf(settled: Settled, policy: CompiledPolicy): readonly string[] {
  const { severity, priority, type, team } = settled
  const values = { severity, priority, type, team: team.team.id }
  return [...new Set(policy.tags.map((tag) => tag(values)))].sort()
}

/** Owner and backup hear of every ticket; a trigger can tell further teams, each person once. */
function notices(settled: Settled, policy: CompiledPolicy): readonly Action[] {
  const { owner, backup, severity, team, fired, reasons } = settled
  const told = new Set([owner.id, backup.id])
  const notices: Action[] = [
    {
      kind: 'notify',
      external: false,
      people: [...told],
      because: `${severity} for ${team.team.name}`,
    },
  ]
  for (const { rule } of fired) {
    const people = (rule.notify ?? [])
      .flatMap((id) => policy.teams.get(id)?.team.owners ?? [])
      .filter((person) => !told.has(person) && told.add(person))
    if (people.length === 0) continue
    const because = reasons.find((reason) => reason.rule === rule.id)?.sentence ?? rule.id
    notices.push({ kind: 'notify', external: false, people, because })
  }
  return notices
}

/** What the first answer to the customer is made from. */
export type Answered = Pick<
  Settled,
  | 'ticketId'
  | 'severity'
  | 'priority'
  | 'type'
  | 'team'
  | 'owner'
  | 'clocks'
  | 'nowMs'
  | 'preferredChannel'
>
export type DraftReply = Extract<Action, { readonly kind: 'draft_reply' }>

/** By the customer's channel, else the one that the policy has for the severity, else that of the ticket. */
export function draftReply(answered: Answered, policy: CompiledPolicy): DraftReply {
  const channel = answered.preferredChannel ?? policy.policy.messages.channels?.[answered.severity]
  return {
    kind: 'draft_reply',
    external: true,
    body: acknowledgement(answered, policy),
    ...(channel !== undefined && { channel }),
  }
}

/** How the customer wants to be answered, where the platform said so. */
export function preferredChannelOf({ values }: Facts): Channel | undefined {
  return CHANNELS.find((known) => known === values['customer.preferredChannel'])
}

/** The first answer in the policy's words. */
function acknowledgement(answered: Answered, policy: CompiledPolicy): string {
  const { ticketId, severity, priority, type, team, owner } = answered
  return policy.acknowledgement({
    ticket: ticketId,
    severity,
    priority,
    type,
    team: team.team.name,
    owner: owner.name,
    role: policy.policy.people[owner.id]?.role ?? '',
    nextUpdate: promise(answered, 'update'),
    resolution: promise(answered, 'resolution'),
  })
}

/** A time the clock allows; a clock that has run out allows no time at all. */
export function promise(
  {
    clocks,
    nowMs,
  }: { readonly clocks: readonly Pick<Clock, 'kind' | 'dueAt'>[]; readonly nowMs: number },
  kind: Clock['kind'],
): string {
  const dueAt = clocks.find((clock) => clock.kind === kind)?.dueAt
  return dueAt === undefined || Date.parse(dueAt) <= nowMs
    ? 'as soon as we can'
    : `by ${showInstant(dueAt)}`
}

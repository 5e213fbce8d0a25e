import type { ClockRow } from './domain/clock-rows.ts'
import { clockRows } from './domain/clock-rows.ts'
import type { SeverityChange, TimelineEntry } from './domain/clock-timeline.ts'
import { clockTimeline } from './domain/clock-timeline.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import { TriageError } from './domain/errors.ts'
import type { Happening } from './domain/happening.ts'
import type { Severity } from './domain/labels.ts'
import { namedSegments, timersFor } from './domain/segments.ts'
import type { TicketEvent } from './domain/ticket-event.ts'

/** A ticket as its clocks see it. */
export type ClockStory = {
  readonly decisionId: string
  readonly severity: Severity
  readonly segments: readonly string[]
  readonly policyHash: string
  readonly clockStart: string
  readonly happened: readonly Happening[]
}

/** How the clocks of a ticket stand, under the policy that decided it. */
export type WorkClocks = (story: ClockStory, now: Date) => Promise<readonly ClockRow[]>

export type TicketEventDeps = {
  readonly now: () => Date
  readonly workClocks: WorkClocks
  /** One transaction: the event, its clocks, the audit entry. Undefined: no such ticket of this caller. */
  readonly saveEvent: (
    about: { readonly caller: string | null; readonly ticketId: string; readonly actor: string },
    event: TicketEvent,
    now: Date,
    workClocks: WorkClocks,
  ) => Promise<EventOutcome | undefined>
}

/**
 * `mismatch`: the id belongs to another event of this ticket. `no_target`: the ticket to merge into is unknown;
 * `merged_target`: it is merged into another one itself.
 */
export type EventOutcome =
  | { readonly kind: 'recorded' | 'replayed' }
  | { readonly kind: 'mismatch' | 'no_target' | 'merged_target' }

/** Clock skew between the platform and us that is forgiven. */
const SKEW_MS = 60_000

/**
 * What happened to a ticket outside moves its clocks. Safe to repeat: the same id is the same event.
 * @throws TriageError `not_found`, `invalid_request` for the future or a ticket that none can be merged into,
 * `conflict` when the id was used for another event.
 */
export async function recordTicketEvent(
  about: { readonly caller: string | null; readonly ticketId: string; readonly actor: string },
  event: TicketEvent,
  deps: TicketEventDeps,
): Promise<'recorded' | 'replayed'> {
  const now = deps.now()
  const occurred = new Date(event.occurredAt)
  if (occurred.getTime() > now.getTime() + SKEW_MS)
    throw refused('/occurredAt', 'an instant that is not in the future is required')
  if (event.type === 'merged' && event.into === about.ticketId)
    throw refused('/into', 'another ticket is required')
  const occurredAt = new Date(Math.min(occurred.getTime(), now.getTime())).toISOString()
  const outcome = await deps.saveEvent(about, { ...event, occurredAt }, now, deps.workClocks)
  switch (outcome?.kind) {
    case undefined:
      throw new TriageError('not_found', 'Cannot find this ticket')
    case 'no_target':
      throw refused('/into', 'the id of a ticket that you sent before is required')
    case 'merged_target':
      throw refused('/into', 'a ticket that is not merged into another one is required')
    case 'mismatch':
      throw new TriageError('conflict', 'Cannot record this event: its id belongs to another one')
    case 'recorded':
    case 'replayed':
      return outcome.kind
  }
}

/** The clocks of a story under the policy that decided it, or the running one where that is gone. */
export function clocksUnder(
  findPolicy: (hash: string) => Promise<CompiledPolicy | undefined>,
  running: CompiledPolicy,
): WorkClocks {
  return async ({ severity, segments, policyHash, clockStart, happened }, now) => {
    const policy = (await findPolicy(policyHash)) ?? running
    const at = { now: now.toISOString(), clockStart, happened }
    return clockRows({ severity, segments, clocks: [] }, policy, at)
  }
}

/** What happened to the clocks of a ticket, in sentences. */
export async function timelineOf(
  story: ClockStory,
  severities: readonly SeverityChange[],
  now: Date,
  findPolicy: (hash: string) => Promise<CompiledPolicy | undefined>,
  running: CompiledPolicy,
): Promise<readonly TimelineEntry[]> {
  const policy = (await findPolicy(story.policyHash)) ?? running
  const segments = namedSegments(story.segments, policy)
  const startMs = Date.parse(story.clockStart)
  const { clockStart, happened } = story
  return clockTimeline({
    clockStart,
    happened,
    severities,
    timersOf: (severity) => timersFor(severity, segments, policy, startMs),
    now: now.toISOString(),
  })
}

function refused(pointer: string, message: string): TriageError {
  return new TriageError('invalid_request', `Cannot accept this event: ${pointer} ${message}`, {
    detail: { errors: [{ pointer, message }] },
  })
}

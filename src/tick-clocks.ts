import type { ClockInQuestion } from './domain/clock-notice.ts'
import { clockSentence, pagedOver } from './domain/clock-notice.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import type { EventType } from './domain/events.ts'
import type { RejudgeDeps, Standing } from './rejudge.ts'
import { rejudge } from './rejudge.ts'
import type { TickPart } from './tick.ts'
import type { WorkClocks } from './ticket-event.ts'

export type DueClock = ClockInQuestion & {
  readonly decisionId: string
  readonly target: string
  readonly calendar: string
  readonly bornLate: boolean
  /** What it waited for came, too late. */
  readonly isOver: boolean
}

export type ClockEvent = {
  readonly type: EventType
  readonly decisionId: string
  readonly payload: unknown
}

export type ClockTickDeps<S extends Standing> = Omit<RejudgeDeps, 'now'> & {
  readonly workClocks: WorkClocks
  /** Marks what is due to be told and writes its events, each once whoever else does the same. */
  readonly tellClocks: (
    now: Date,
    eventsOf: (clock: DueClock) => readonly ClockEvent[],
  ) => Promise<number>
  readonly takeRejudged: (now: Date) => Promise<readonly S[]>
  readonly settleRejudged: (standing: S, now: Date, workClocks: WorkClocks) => Promise<void>
}

/**
 * Warnings and misses that are due are told and paged, then their tickets are decided again: two steps, so that a
 * crash between them loses neither. A ticket that cannot be decided again now is tried again when its lease is over.
 */
export function clockParts<S extends Standing>(deps: ClockTickDeps<S>): readonly TickPart[] {
  return [
    {
      name: 'tell clocks',
      run: (now) => deps.tellClocks(now, (clock) => eventsOf(clock, deps.policy)),
    },
    {
      name: 'decide again',
      run: async (now) => {
        const standings = await deps.takeRejudged(now)
        const failures: unknown[] = []
        for (const standing of standings)
          // One that fails keeps no other from its turn.
          await decideAgain(standing, now, deps).catch((error: unknown) => failures.push(error))
        if (failures.length > 0) throw failures[0]
        return standings.length
      },
    },
  ]
}

async function decideAgain<S extends Standing>(
  standing: S,
  now: Date,
  deps: ClockTickDeps<S>,
): Promise<void> {
  const outcome = await rejudge(standing, { ...deps, now: () => now })
  // Something else happened at the same time; it is due again when the lease is over.
  if (outcome?.kind !== 'stale') await deps.settleRejudged(standing, now, deps.workClocks)
}

/** The event for others, and the page where the policy wants one and there is something left to do. */
function eventsOf(clock: DueClock, policy: CompiledPolicy): readonly ClockEvent[] {
  const { decisionId, ticketId, severity, kind, dueAt, warning } = clock
  const type: EventType = warning === null ? 'clock.breached' : 'clock.warned'
  const because = clockSentence(clock)
  const { owner, backup, target, calendar, bornLate, isOver } = clock
  const people = isOver ? [] : pagedOver(clock, policy)
  const told = {
    decisionId,
    ticketId,
    severity,
    owner,
    backup,
    clock: kind,
    dueAt,
    target,
    calendar,
  }
  const detail = warning === null ? { bornLate } : { warning }
  const notice: ClockEvent = { type, decisionId, payload: { ...told, ...detail, because } }
  if (people.length === 0) return [notice]
  const page = { decisionId, ticketId, severity, people, because, kind: type, clock: kind, dueAt }
  return [notice, { type: 'page.requested', decisionId, payload: page }]
}

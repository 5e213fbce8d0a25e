import { definedOnly } from '../domain/defined-only.ts'
import type { Happening, HappeningKind } from '../domain/happening.ts'
import { HAPPENINGS } from '../domain/happening.ts'
import type { ClockKind } from '../domain/labels.ts'
import type { SlaRecord } from '../domain/moment.ts'

/** What the platform sent about a ticket, as JSON text; `t` is the ticket. */
export const EVENTS_OF_T = `(
  select coalesce(json_agg(json_build_object('kind', e.kind, 'at', e.occurred_at, 'data', e.data)
      order by e.occurred_at, e.id), '[]')
    from ticket_events e where e.ticket = t.id)`

/** What was told of a ticket's clocks, as JSON text; `t` is the ticket. */
export const CLOCKS_OF_T = `(
  select coalesce(json_agg(json_build_object('kind', c.kind, 'state', c.state, 'dueAt', c.due_at, 'told', c.told,
      'breachedAt', c.breached_at) order by c.due_at, c.kind), '[]')
    from clocks c where c.ticket = t.id)`

export type StoredEvent = {
  readonly kind: string
  readonly at: string
  readonly data: Pick<Happening, 'ticket' | 'openedAt' | 'answeredAt' | 'lastAnsweredAt'>
}

export type ToldClock = {
  readonly kind: ClockKind
  readonly state: string
  readonly dueAt: string
  readonly told: readonly string[]
  readonly breachedAt: string | null
}

/** The events that move clocks. */
export function happeningsOf(events: readonly StoredEvent[]): readonly Happening[] {
  return events.flatMap(({ kind, at, data }) => {
    const { ticket, openedAt, answeredAt, lastAnsweredAt } = data
    return isHappening(kind)
      ? {
          kind,
          at: new Date(at).toISOString(),
          ...definedOnly({ ticket, openedAt, answeredAt, lastAnsweredAt }),
        }
      : []
  })
}

/** What rules may read of a ticket's clocks. */
export function slaOf(clocks: readonly ToldClock[]): SlaRecord {
  const customers = clocks.filter(({ kind }) => kind !== 'review')
  const running = customers.filter(({ state }) => state === 'running')
  const nextDueAt = running
    .map(({ dueAt }) => new Date(dueAt).toISOString())
    .toSorted()
    .at(0)
  return {
    warned: running
      .filter(({ told }) => told.some((text) => text !== BREACH))
      .map(({ kind }) => kind)
      .toSorted(),
    breached: customers
      .filter(({ breachedAt }) => breachedAt !== null)
      .map(({ kind }) => kind)
      .toSorted(),
    ...(nextDueAt !== undefined && { nextDueAt }),
  }
}

/** Stands among the told warnings once a miss was told. */
export const BREACH = 'breach'

function isHappening(kind: string): kind is HappeningKind {
  return HAPPENINGS.some((known) => known === kind)
}

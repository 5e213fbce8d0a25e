import type { SpikeRules } from './spike-rules.ts'

/** `candidate`: counted, nobody has looked. A person confirms or rejects it; the end comes by itself or by a person. */
export const INCIDENT_STATES = ['candidate', 'confirmed', 'rejected', 'closed'] as const
export type IncidentState = (typeof INCIDENT_STATES)[number]
export const OPEN_INCIDENT_STATES = [
  'candidate',
  'confirmed',
] as const satisfies readonly IncidentState[]

/** Distinct customers in the window that ended then, and the usual number. */
export type TimelinePoint = {
  readonly at: string
  readonly customers: number
  readonly expected: number
}

/** What is left when an incident has ended. */
export type IncidentSummary = {
  readonly minutes: number
  readonly tickets: number
  readonly customers: number
  readonly peakCustomers: number
  readonly peakRatio: number
  /** Customers by region; without a region under "unknown". */
  readonly regions: Readonly<Record<string, number>>
  /** Beginnings of redacted texts. */
  readonly examples: readonly string[]
}

/** Many customers report the same thing. */
export type Incident = {
  readonly id: string
  readonly state: IncidentState
  /** The key that opened it, and all that belong to it. */
  readonly key: string
  readonly keys: readonly string[]
  readonly openedAt: string
  readonly customers: number
  readonly peakCustomers: number
  readonly expected: number
  readonly ratio: number
  readonly peakRatio: number
  readonly members: number
  readonly timeline: readonly TimelinePoint[]
  /** When people were told; null: it is not major. */
  readonly pagedAt: string | null
  readonly quietSince: string | null
  readonly decidedBy: string | null
  readonly decidedAt: string | null
  readonly reason: string | null
  readonly closedAt: string | null
  readonly closedBy: string | null
  readonly summary: IncidentSummary | null
  /** Draft of a message to customers, never sent from here. */
  readonly notice: string | null
  /** Counts every change by a person or the clock; a transition names the version that it saw. */
  readonly version: number
}

export type IncidentCommand =
  | { readonly kind: 'confirm'; readonly reason?: string }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'close'; readonly reason?: string }

/** Ends an incident by itself. */
export const CLOCK_ACTOR = 'clock'

type Next = Pick<Incident, 'state' | 'decidedBy' | 'decidedAt' | 'reason' | 'closedAt' | 'closedBy'>
export type IncidentTransition =
  | { readonly ok: true; readonly next: Next }
  | { readonly ok: false; readonly reason: string }

/** What a command makes of an incident; refused when it has ended or was decided already. */
export function transitionIncident(
  incident: Incident,
  command: IncidentCommand,
  by: { readonly actor: string; readonly now: Date },
): IncidentTransition {
  const { state, decidedBy, decidedAt } = incident
  if (state === 'rejected' || state === 'closed')
    return { ok: false, reason: `Cannot ${command.kind} this incident: it is ${state}` }
  const at = by.now.toISOString()
  const reason = command.reason ?? incident.reason
  switch (command.kind) {
    case 'confirm':
      if (state === 'confirmed')
        return { ok: false, reason: 'Cannot confirm this incident: it is confirmed already' }
      return {
        ok: true,
        next: {
          state: 'confirmed',
          decidedBy: by.actor,
          decidedAt: at,
          reason,
          closedAt: null,
          closedBy: null,
        },
      }
    case 'reject':
      return {
        ok: true,
        next: {
          state: 'rejected',
          decidedBy: by.actor,
          decidedAt: at,
          reason,
          closedAt: at,
          closedBy: by.actor,
        },
      }
    case 'close':
      return {
        ok: true,
        next: { state: 'closed', decidedBy, decidedAt, reason, closedAt: at, closedBy: by.actor },
      }
  }
}

/**
 * For the cooldown after its end a key opens no other incident below this many customers: what came back must be more
 * than there was, and after a person said no, twice what that person saw.
 */
export function mutedBelow(
  { customers, peakCustomers }: Pick<Incident, 'customers' | 'peakCustomers'>,
  state: IncidentState,
): number {
  return state === 'rejected' ? Math.max(customers, 1) * 2 : peakCustomers + 1
}

/** What a look at an open incident sees. */
export type IncidentLook = {
  readonly customers: number
  readonly expected: number
  readonly ratio: number
  readonly goesOn: boolean
}

/** The incident after one look at its numbers, and whether it has been quiet for long enough to end. */
export function afterLook(
  incident: Incident,
  look: IncidentLook,
  { quietMinutes }: Pick<SpikeRules, 'quietMinutes'>,
  now: Date,
): { readonly incident: Incident; readonly ends: boolean } {
  const { customers, expected, ratio } = look
  const quietSince = look.goesOn ? null : (incident.quietSince ?? now.toISOString())
  const point = { at: bucketOf(now), customers, expected }
  const before = incident.timeline.filter(({ at }) => at !== point.at)
  return {
    incident: {
      ...incident,
      customers,
      expected,
      ratio,
      peakCustomers: Math.max(incident.peakCustomers, customers),
      peakRatio: Math.max(incident.peakRatio, ratio),
      quietSince,
      timeline: [...before, point].slice(-MAX_POINTS),
    },
    ends: quietSince !== null && now.getTime() - Date.parse(quietSince) >= quietMinutes * MINUTE_MS,
  }
}

const MINUTE_MS = 60_000
/** A day of buckets. */
const MAX_POINTS = 288

/** Customers are counted in buckets of this length. */
export const BUCKET_MINUTES = 5

/** The bucket that an instant falls into, as its start. */
export function bucketOf(at: Date): string {
  const length = BUCKET_MINUTES * MINUTE_MS
  return new Date(Math.floor(at.getTime() / length) * length).toISOString()
}

/** Whether people must be told of it at once. */
export function isMajor(
  { customers, ratio }: Pick<IncidentLook, 'customers' | 'ratio'>,
  { major }: Pick<SpikeRules, 'major'>,
): boolean {
  return major !== null && customers >= major.customers && ratio >= major.ratio
}

/** Who is told, each once: the people of the regions that report it. */
export function peopleToTell(
  regions: readonly string[],
  { major }: Pick<SpikeRules, 'major'>,
): readonly string[] {
  if (major === null) return []
  const named = new Map(
    Object.entries(major.regions).map(([region, people]) => [region.toLowerCase(), people]),
  )
  const told = regions.flatMap((region) => named.get(region.toLowerCase()) ?? major.otherwise)
  return [...new Set(told.length === 0 ? major.otherwise : told)].sort()
}

import { isOpen, nextOpening } from './calendar.ts'
import { toIso } from './clock.ts'
import type { CompiledPerson, CompiledTeam } from './compile-policy.ts'
import type { Wanted } from './needs.ts'
import { lacking, NOTHING_WANTED } from './needs.ts'
import { dutyAt } from './on-call.ts'
import type { Roster } from './roster.ts'
import { DAY_MS, intervalEndingAfter } from './working-intervals.ts'

/** Somebody who may be asked to own a ticket. */
export type Candidate = {
  readonly person: CompiledPerson
  /** On duty: reachable whatever the hours. */
  readonly onDuty?: true
  /** Asked when no owner can take it. */
  readonly backup?: true
  /** Why this one stands where it stands, to follow the name: "whose turn it is". */
  readonly because?: string
}

/**
 * The owners of a team in the order of its strategy; its backups follow as listed.
 *
 * - `primary-secondary`: as listed.
 * - `expert-first`: who brings most of what the ticket needs, then as listed, whatever the load below the limit.
 * - `round-robin`: who had a turn longest ago.
 * - `least-loaded`: who has the fewest open tickets, then as listed.
 * - `follow-the-sun`: who is at work for the longest time from now, so that a ticket changes hands late.
 * - `on-call`: who is on call now, then the next in the rotation; they answer at any hour.
 */
export function candidates(
  team: CompiledTeam,
  roster: Roster,
  nowMs: number,
  wanted: Wanted = NOTHING_WANTED,
): readonly Candidate[] {
  const { strategy = 'primary-secondary', onCall } = team.team
  const owners = team.owners.map((person): Candidate => ({ person }))
  const backups = team.backups.map((person): Candidate => ({ person, backup: true }))
  switch (strategy) {
    case 'primary-secondary':
      return [...owners, ...backups]
    case 'expert-first': {
      const lacks = ({ person }: Candidate) => lacking(person, wanted).length
      return [...ordered(owners, lacks), ...backups]
    }
    case 'round-robin': {
      const turns = roster.turns?.[team.team.id] ?? {}
      const turnOf = ({ person }: Candidate) => turns[person.ref.id] ?? 0
      return [...ordered(owners, turnOf, () => 'whose turn it is'), ...backups]
    }
    case 'least-loaded': {
      const loadOf = ({ person }: Candidate) => roster.open[person.ref.id] ?? 0
      return [
        ...ordered(owners, loadOf, (load) => `with the fewest open tickets (${load})`),
        ...backups,
      ]
    }
    case 'follow-the-sun': {
      const leaves = ({ person }: Candidate) => -workEndMs(person, nowMs)
      return [...ordered(owners, leaves, () => 'where it is day'), ...backups]
    }
    case 'on-call': {
      if (onCall === undefined) return [...owners, ...backups]
      const { place, untilMs } = dutyAt(onCall, nowMs)
      const onDuty = team.onCall.map((_, step): Candidate => ({
        person: team.onCall[(place + step) % team.onCall.length]!,
        onDuty: true,
        because: step === 0 ? `on call until ${toIso(untilMs)}` : 'next in the on-call rotation',
      }))
      return [...onDuty, ...owners, ...backups]
    }
  }
}

/** True where the order is one of preference among people at work now, not of rank. */
export function isBalanced({ team }: CompiledTeam): boolean {
  return (
    team.strategy === 'round-robin' ||
    team.strategy === 'least-loaded' ||
    team.strategy === 'follow-the-sun'
  )
}

/** When the person can next take work; `Infinity` at the limit of open tickets. */
export function availableFrom(
  person: CompiledPerson,
  roster: Roster,
  nowMs: number,
  onDuty = false,
): number {
  if ((roster.open[person.ref.id] ?? 0) >= person.capacity) return Infinity
  let atMs = nowMs
  for (;;) {
    const awayUntilMs = person.leave.reduce(
      (latest, { fromMs, untilMs }) =>
        fromMs <= atMs && atMs < untilMs ? Math.max(latest, untilMs) : latest,
      atMs,
    )
    const openMs =
      person.hours === null || onDuty ? awayUntilMs : nextOpening(awayUntilMs, person.hours)
    if (openMs === atMs) return atMs
    atMs = openMs
  }
}

/** When the person's work of now ends; the past for who is not at work, a whole day for who always is. */
function workEndMs({ hours }: CompiledPerson, nowMs: number): number {
  if (hours === null || hours.calendar.alwaysOpen) return nowMs + DAY_MS
  return isOpen(nowMs, hours) ? intervalEndingAfter(hours, nowMs).endMs : nowMs
}

/** Lowest first; equal ones as they were. */
function ordered(
  people: readonly Candidate[],
  keyOf: (candidate: Candidate) => number,
  because?: (key: number) => string,
): readonly Candidate[] {
  return people
    .map((candidate) => ({ candidate, key: keyOf(candidate) }))
    .sort((a, b) => a.key - b.key)
    .map(({ candidate, key }) => (because ? { ...candidate, because: because(key) } : candidate))
}

import type { CompiledPerson, CompiledPolicy, CompiledTeam } from './compile-policy.ts'
import { nextOpening } from './calendar.ts'
import { toIso } from './clock.ts'
import type { PersonRef, Reason } from './decision.ts'
import type { Roster } from './roster.ts'
import { MINUTE_MS } from './working-intervals.ts'

export type Assignment = {
  readonly owner: PersonRef
  readonly backup: PersonRef
  readonly reasons: readonly Reason[]
}

/** The moment of an assignment: now, and until when an owner who is away may come back. */
export type AssignmentTime = { readonly nowMs: number; readonly answerByMs: number }

/**
 * One named owner and another named backup, always. In order: the first of the team who is at work or back within
 * the grace (and before the customer is due an answer); else who is back first before that answer is due; else the
 * last resort, whatever the hour.
 */
export function assign(
  team: CompiledTeam,
  policy: CompiledPolicy,
  roster: Roster,
  time: AssignmentTime,
): Assignment {
  const owner = pick([...team.owners, ...team.backups], team, roster, time)
  const ownerPerson = owner?.person ?? policy.lastResort.owner
  const others = [...team.backups, ...team.owners].filter((person) => !same(person, ownerPerson))
  const backup = pick(others, team, roster, time)
  const backupPerson = backup?.person ?? lastResortOtherThan(ownerPerson, policy)

  const reasons = [reasonOf('core.owner', ownerSentence(ownerPerson, owner, team))]
  if (backup === null || !same(backupPerson, team.backups[0]))
    reasons.push(reasonOf('core.backup', backupSentence(backupPerson, backup, team)))
  return { owner: ownerPerson.ref, backup: backupPerson.ref, reasons }
}

/** When the person can next take work; `Infinity` at the limit of open tickets. */
export function availableFrom(person: CompiledPerson, roster: Roster, nowMs: number): number {
  if ((roster.open[person.ref.id] ?? 0) >= person.capacity) return Infinity
  let atMs = nowMs
  for (;;) {
    const awayUntilMs = person.leave.reduce(
      (latest, { fromMs, untilMs }) =>
        fromMs <= atMs && atMs < untilMs ? Math.max(latest, untilMs) : latest,
      atMs,
    )
    const openMs = person.hours === null ? awayUntilMs : nextOpening(awayUntilMs, person.hours)
    if (openMs === atMs) return atMs
    atMs = openMs
  }
}

type Picked = { readonly person: CompiledPerson; readonly fromMs: number; readonly nowMs: number }

function pick(
  people: readonly CompiledPerson[],
  { team }: CompiledTeam,
  roster: Roster,
  { nowMs, answerByMs }: AssignmentTime,
): Picked | null {
  const graceMs = Math.min(nowMs + team.graceMinutes * MINUTE_MS, answerByMs)
  let soonest: Picked | null = null
  for (const person of people) {
    const fromMs = availableFrom(person, roster, nowMs)
    if (fromMs <= graceMs) return { person, fromMs, nowMs }
    if (fromMs <= answerByMs && (soonest === null || fromMs < soonest.fromMs))
      soonest = { person, fromMs, nowMs }
  }
  return soonest
}

/** The last resort has two different people, so one of them is not the owner. */
function lastResortOtherThan(
  owner: CompiledPerson,
  { lastResort }: CompiledPolicy,
): CompiledPerson {
  return same(lastResort.backup, owner) ? lastResort.owner : lastResort.backup
}

function ownerSentence(
  { ref }: CompiledPerson,
  picked: Picked | null,
  { team, owners }: CompiledTeam,
): string {
  if (picked === null)
    return `Nobody of ${team.name} is there before the first response is due: ${ref.name} is the last resort`
  const first = owners[0]
  const standIn =
    first === undefined || same(picked.person, first)
      ? ''
      : `, because ${first.ref.name} is not available`
  return `${ref.name} of ${team.name} ${presence(picked)}${standIn}`
}

function backupSentence(
  { ref }: CompiledPerson,
  picked: Picked | null,
  { team }: CompiledTeam,
): string {
  return picked === null
    ? `No second person of ${team.name} is there: ${ref.name} backs up as the last resort`
    : `${ref.name} of ${team.name} backs up and ${presence(picked)}`
}

function presence({ fromMs, nowMs }: Picked): string {
  return fromMs === nowMs ? 'is at work' : `is back at ${toIso(fromMs)}`
}

function reasonOf(rule: string, sentence: string): Reason {
  return { rule, kind: 'owner', sentence, evidence: [], compared: [] }
}

function same(a: CompiledPerson, b: CompiledPerson | undefined): boolean {
  return a.ref.id === b?.ref.id
}

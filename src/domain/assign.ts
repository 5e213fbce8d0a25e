import type { Candidate } from './candidates.ts'
import { availableFrom, candidates, isBalanced } from './candidates.ts'
import { toIso } from './clock.ts'
import type { CompiledPerson, CompiledPolicy, CompiledTeam } from './compile-policy.ts'
import type { PersonRef, Reason } from './decision.ts'
import type { Wanted } from './needs.ts'
import { lacking, NOTHING_WANTED } from './needs.ts'
import type { Roster } from './roster.ts'
import { MINUTE_MS } from './working-intervals.ts'

export { availableFrom } from './candidates.ts'

export type Assignment = {
  /** The team of the owner: the one asked for, or one that relieves it. */
  readonly team: CompiledTeam
  readonly owner: PersonRef
  readonly backup: PersonRef
  /** Nobody of the teams could take it in time; the last resort has no limit. */
  readonly lastResort: boolean
  readonly reasons: readonly Reason[]
}

/** The moment of an assignment: now, and until when an owner who is away may come back. */
export type AssignmentTime = { readonly nowMs: number; readonly answerByMs: number }

/**
 * One named owner and another named backup, always. In order: who owns the ticket already and can go on; the first of
 * the team's order who is at work or back within the grace (and before the customer is due an answer), people with
 * what the route needs before others; else who is back first before that answer is due; else the same in the teams
 * that relieve this one; else the last resort, whatever the hour and its load.
 */
export function assign(
  team: CompiledTeam,
  policy: CompiledPolicy,
  roster: Roster,
  time: AssignmentTime,
  wanted: Wanted = NOTHING_WANTED,
): Assignment {
  const relief = (team.team.relief ?? []).flatMap((id) => policy.teams.get(id) ?? [])
  for (const asked of [team, ...relief]) {
    const people = candidates(asked, roster, time.nowMs, wanted)
    const picked = pickOwner(people, asked, roster, time, wanted)
    if (picked !== null) return assigned(picked, asked, team, policy, roster, time, wanted)
  }
  return assigned(null, team, team, policy, roster, time, wanted)
}

type Picked = {
  readonly candidate: Candidate
  readonly person: CompiledPerson
  readonly fromMs: number
  readonly nowMs: number
}

function assigned(
  picked: Picked | null,
  team: CompiledTeam,
  askedFor: CompiledTeam,
  policy: CompiledPolicy,
  roster: Roster,
  time: AssignmentTime,
  wanted: Wanted,
): Assignment {
  const owner = picked?.person ?? policy.lastResort.owner
  const onDuty = candidates(team, roster, time.nowMs).filter((one) => one.onDuty)
  const seconds = [
    ...onDuty,
    ...[...team.backups, ...team.owners].map((person): Candidate => ({ person })),
  ].filter(({ person }) => !same(person, owner))
  const second = pick(seconds, team, roster, time)
  const backup = second?.person ?? lastResortOtherThan(owner, policy)

  const reasons: Reason[] = []
  if (team !== askedFor)
    reasons.push(
      reasonOf('core.relief', `Nobody of ${askedFor.team.name} is there: ${team.team.name} helps`),
    )
  reasons.push(reasonOf('core.owner', ownerSentence(owner, picked, team, wanted)))
  const missing = picked === null ? [] : lacking(owner, wanted)
  if (missing.length > 0)
    reasons.push(
      reasonOf('core.needs', `Nobody of ${team.team.name} is there who ${missing.join(' and ')}`),
    )
  if (second === null || !same(backup, team.backups[0]))
    reasons.push(reasonOf('core.backup', backupSentence(backup, second, team)))
  return {
    team,
    owner: owner.ref,
    backup: backup.ref,
    lastResort: picked === null,
    reasons,
  }
}

function pickOwner(
  people: readonly Candidate[],
  team: CompiledTeam,
  roster: Roster,
  time: AssignmentTime,
  wanted: Wanted,
): Picked | null {
  const incumbent = people.filter(({ person }) => person.ref.id === wanted.incumbent)
  const stays = pick(incumbent, team, withoutTicketOf(wanted, roster), time)
  if (stays !== null && stays.fromMs <= graceEndMs(team, time))
    return { ...stays, candidate: { ...stays.candidate, because: 'who has it already' } }
  const fitting = people.filter(({ person }) => lacking(person, wanted).length === 0)
  if (fitting.length === people.length) return pick(people, team, roster, time)
  const now = pick(fitting, team, roster, time)
  if (now !== null && now.fromMs <= graceEndMs(team, time)) return now
  return pick(people, team, roster, time)
}

/** The ticket itself is no reason to take it from its owner. */
function withoutTicketOf({ incumbent }: Wanted, roster: Roster): Roster {
  if (incumbent === undefined) return roster
  const open = Math.max(0, (roster.open[incumbent] ?? 0) - 1)
  return { ...roster, open: { ...roster.open, [incumbent]: open } }
}

function graceEndMs({ team }: CompiledTeam, { nowMs, answerByMs }: AssignmentTime): number {
  return Math.min(nowMs + team.graceMinutes * MINUTE_MS, answerByMs)
}

function pick(
  people: readonly Candidate[],
  team: CompiledTeam,
  roster: Roster,
  time: AssignmentTime,
): Picked | null {
  const { nowMs, answerByMs } = time
  const graceMs = graceEndMs(team, time)
  const atWork = isBalanced(team)
    ? people.find((one) => !one.backup && isThere(one, roster, nowMs))
    : undefined
  if (atWork !== undefined)
    return { candidate: atWork, person: atWork.person, fromMs: nowMs, nowMs }
  let soonest: Picked | null = null
  for (const candidate of people) {
    const { person, onDuty } = candidate
    const fromMs = availableFrom(person, roster, nowMs, onDuty)
    const picked = { candidate, person, fromMs, nowMs }
    if (fromMs <= graceMs) return picked
    if (fromMs <= answerByMs && (soonest === null || fromMs < soonest.fromMs)) soonest = picked
  }
  return soonest
}

function isThere({ person, onDuty }: Candidate, roster: Roster, nowMs: number): boolean {
  return availableFrom(person, roster, nowMs, onDuty) <= nowMs
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
  wanted: Wanted,
): string {
  if (picked === null)
    return `Nobody of ${team.name} is there before the first response is due: ${ref.name} is the last resort`
  const { because } = picked.candidate
  const who = `${ref.name} of ${team.name}${because === undefined ? '' : `, ${because},`}`
  const first = owners[0]
  const standsIn =
    because === undefined && first !== undefined && !same(picked.person, first)
      ? lacking(first, wanted).length > 0
        ? ', because of what the ticket needs'
        : `, because ${first.ref.name} is not available`
      : ''
  return `${who} ${presence(picked)}${standsIn}`
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

function presence({ candidate, fromMs, nowMs }: Picked): string {
  if (fromMs !== nowMs) return `is back at ${toIso(fromMs)}`
  return candidate.onDuty === true ? 'is on duty' : 'is at work'
}

function reasonOf(rule: string, sentence: string): Reason {
  return { rule, kind: 'owner', sentence, evidence: [], compared: [] }
}

function same(a: CompiledPerson, b: CompiledPerson | undefined): boolean {
  return a.ref.id === b?.ref.id
}

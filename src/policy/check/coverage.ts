import { assign, availableFrom } from '../../domain/assign.ts'
import { addWorkingMs } from '../../domain/calendar.ts'
import { toIso } from '../../domain/clock.ts'
import type { CompiledPerson, CompiledPolicy, CompiledTeam } from '../../domain/compile-policy.ts'
import type { CompiledCondition } from '../../domain/condition.ts'
import { findDecided } from '../../domain/find-facts.ts'
import { SEVERITIES, type Severity } from '../../domain/labels.ts'
import { EMPTY_ROSTER } from '../../domain/roster.ts'
import { segmentRoutes } from '../../domain/segment-routes.ts'
import type { Finding } from './finding.ts'
import { spaceOf } from './rules.ts'

const MINUTE_MS = 60_000
const WEEKS = 8
/** People's hours, leave and clock changes fall on quarters of an hour. */
const STEP_MS = 15 * MINUTE_MS

/**
 * Asks for every team and severity that can meet who would own a ticket at each quarter of an hour of the next eight
 * weeks. Nobody but the last resort is uncovered; an owner whose backup is the last resort is a single point of failure.
 */
export function checkCoverage(policy: CompiledPolicy, fromMs: number): readonly Finding[] {
  const start = Math.ceil(fromMs / STEP_MS) * STEP_MS
  return [...severitiesByTeam(policy)].flatMap(([id, severities]) => {
    const team = policy.teams.get(id)
    if (team === undefined) return []
    return worstOf(severities.flatMap((severity) => coverageOf(team, severity, policy, start)))
  })
}

/** Two of the team can be reached at any minute, so there is no need to look at each. */
function isAlwaysCovered(team: CompiledTeam | undefined): boolean {
  const reachable = [...(team?.owners ?? []), ...(team?.backups ?? [])].filter(
    ({ hours, leave }) => (hours === null || hours.calendar.alwaysOpen) && leave.length === 0,
  )
  return new Set(reachable.map(({ ref }) => ref.id)).size >= 2
}

/** One finding of a kind per team: that of its most severe tickets, which come first. */
function worstOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ code }, index) => findings.findIndex((other) => other.code === code) === index,
  )
}

type Lapse = { minutes: number; readonly firstMs: number }

function coverageOf(
  team: CompiledTeam,
  severity: Severity,
  policy: CompiledPolicy,
  startMs: number,
): readonly Finding[] {
  const endMs = startMs + WEEKS * 7 * 24 * 60 * MINUTE_MS
  const lapses: Partial<Record<'uncovered' | 'single', Lapse>> = {}
  for (let atMs = startMs; atMs < endMs; atMs += STEP_MS) {
    const state = stateAt(team, severity, policy, atMs)
    if (state === 'covered') continue
    const lapse = (lapses[state] ??= { minutes: 0, firstMs: atMs })
    lapse.minutes += STEP_MS / MINUTE_MS
  }
  const { uncovered, single } = lapses
  const found: Finding[] = []
  const path = ['teams', team.team.id]
  const at = ({ firstMs }: Lapse, sentence: string) =>
    ({ kind: 'minute', at: toIso(firstMs), sentence }) as const
  if (uncovered !== undefined)
    found.push({
      code: 'team-uncovered',
      level: 'warning',
      path,
      message: `${team.team.name} has nobody for a ${severity} in ${inHours(uncovered.minutes)} of the next eight weeks`,
      mend: 'Add a person who is on call then, or widen the hours of one',
      witness: at(
        uncovered,
        `A ${severity} at ${toIso(uncovered.firstMs)} goes to the last resort, ${policy.lastResort.owner.ref.name}`,
      ),
    })
  if (single !== undefined)
    found.push({
      code: 'team-single',
      level: 'warning',
      path,
      message: `${team.team.name} hangs on one person for a ${severity} in ${inHours(single.minutes)} of the next eight weeks`,
      mend: 'Add a second person who can be reached then',
      witness: at(single, sentenceOfSingle(team, severity, policy, single.firstMs)),
    })
  return found
}

function stateAt(
  team: CompiledTeam,
  severity: Severity,
  policy: CompiledPolicy,
  atMs: number,
): 'covered' | 'single' | 'uncovered' {
  const { team: asked, backup, lastResort, answerByMs } = assignedAt(team, severity, policy, atMs)
  if (lastResort) return 'uncovered'
  const isBackedUp = (person: CompiledPerson, onDuty: boolean) =>
    person.ref.id === backup.id && availableFrom(person, EMPTY_ROSTER, atMs, onDuty) <= answerByMs
  return asked.onCall.some((person) => isBackedUp(person, true)) ||
    [...asked.owners, ...asked.backups].some((person) => isBackedUp(person, false))
    ? 'covered'
    : 'single'
}

function assignedAt(team: CompiledTeam, severity: Severity, policy: CompiledPolicy, atMs: number) {
  const { target, calendar } = policy.timers[severity].first_response
  const answerByMs = addWorkingMs(atMs, target, calendar)
  return { answerByMs, ...assign(team, policy, EMPTY_ROSTER, { nowMs: atMs, answerByMs }) }
}

function sentenceOfSingle(
  team: CompiledTeam,
  severity: Severity,
  policy: CompiledPolicy,
  atMs: number,
): string {
  const { owner, backup } = assignedAt(team, severity, policy, atMs)
  return `A ${severity} at ${toIso(atMs)} is owned by ${owner.name}, and only the last resort, ${backup.name}, backs up`
}

/** Which severities a team can be given, by its routes; whatever no route takes may be anything. */
function severitiesByTeam(policy: CompiledPolicy): ReadonlyMap<string, readonly Severity[]> {
  const space = spaceOf(policy)
  const byTeam = new Map<string, Set<Severity>>()
  const routes = [...policy.routes, ...segmentRoutes(policy)].filter(
    ({ rule }) => !isAlwaysCovered(policy.teams.get(rule.team)),
  )
  for (const { rule, condition } of routes) {
    const severities = byTeam.get(rule.team) ?? new Set()
    byTeam.set(rule.team, severities)
    for (const severity of SEVERITIES) {
      if (severities.has(severity)) continue
      const wishes = [condition, severityIs(severity)].map((wished) => ({
        condition: wished,
        want: true,
      }))
      if (findDecided(wishes, space, policy).kind !== 'none') severities.add(severity)
    }
  }
  const { team } = policy.otherwise
  if (!isAlwaysCovered(policy.teams.get(team)))
    byTeam.set(team, new Set([...(byTeam.get(team) ?? []), 'P1', 'P2']))
  return new Map(
    [...byTeam].map(([team, found]) => [team, SEVERITIES.filter((one) => found.has(one))]),
  )
}

function severityIs(severity: Severity): CompiledCondition {
  return {
    kind: 'fact',
    fact: 'severity',
    matcher: { op: 'is', value: severity },
    asked: `is ${severity}`,
    holds: (values) => values['severity'] === severity,
  }
}

function inHours(minutes: number): string {
  const hours = minutes / 60
  return `${hours >= 10 ? Math.round(hours) : Math.round(hours * 10) / 10} hours`
}

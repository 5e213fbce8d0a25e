import { availableFrom } from './candidates.ts'
import type { CompiledPerson, CompiledPolicy, CompiledTeam } from './compile-policy.ts'
import type { PersonRef, Reason } from './decision.ts'
import type { Wanted } from './needs.ts'
import { mayDecide } from './needs.ts'
import { EMPTY_ROSTER } from './roster.ts'

export type DecisionMaker = { readonly person: PersonRef; readonly reason: Reason | null }

/**
 * The named person who may decide what a ticket asks for: the owner where that is enough, else the backup, the team's
 * decision-maker, the rest of the team, then anybody with the smallest authority that covers it. Who can be reached by
 * `answerByMs` comes before who cannot. Nobody at all: the owner of the last resort, and the reason says so.
 */
export function decisionMakerOf(
  team: CompiledTeam,
  { owner, backup }: { readonly owner: PersonRef; readonly backup: PersonRef },
  policy: CompiledPolicy,
  { nowMs, answerByMs }: { readonly nowMs: number; readonly answerByMs: number },
  wanted: Wanted,
): DecisionMaker {
  const named = [owner, backup].flatMap(({ id }) => policy.people.get(id) ?? [])
  const first = team.decisionMaker === null ? named : [team.decisionMaker]
  if (Object.keys(wanted.authority).length === 0)
    return { person: (team.decisionMaker ?? named[0])?.ref ?? owner, reason: null }
  const others = [...policy.people.values()].toSorted(byAuthority(wanted))
  const able = [...named, ...first, ...team.owners, ...team.backups, ...others].filter((person) =>
    mayDecide(person, wanted),
  )
  const reachable = able.find((person) => isReachable(person, nowMs, answerByMs))
  const chosen = reachable ?? able[0]
  if (chosen?.ref.id === owner.id) return { person: owner, reason: null }
  const person = (chosen ?? policy.lastResort.owner).ref
  return { person, reason: reasonOf(person, owner, wanted, chosen === undefined) }
}

function isReachable(person: CompiledPerson, nowMs: number, answerByMs: number): boolean {
  // Deciding takes a minute, not a place among the open tickets.
  return availableFrom({ ...person, capacity: Infinity }, EMPTY_ROSTER, nowMs) <= answerByMs
}

/** The smallest sufficient authority first, so that small matters stay with those close to them. */
function byAuthority({ authority }: Wanted) {
  const sum = (person: CompiledPerson) =>
    Object.keys(authority).reduce((total, kind) => total + (person.authority[kind] ?? 0), 0)
  return (a: CompiledPerson, b: CompiledPerson) => sum(a) - sum(b) || (a.ref.id < b.ref.id ? -1 : 1)
}

function reasonOf(
  person: PersonRef,
  owner: PersonRef,
  { authority }: Wanted,
  nobody: boolean,
): Reason {
  const asked = Object.entries(authority)
    .map(([kind, amount]) => `${kind} ${amount}`)
    .join(' and ')
  const sentence = nobody
    ? `Nobody may decide about ${asked}: ${person.name} is the last resort`
    : `${person.name} decides about ${asked}, which is more than ${owner.name} may`
  return { rule: 'core.decision_maker', kind: 'owner', sentence, evidence: [], compared: [] }
}

import type { CompiledPolicy } from './compile-policy.ts'
import type { Decision } from './decision.ts'
import type { Claim } from './receipt.ts'
import type { Roster } from './roster.ts'
import { lastTurn } from './roster.ts'

/**
 * What the decision's choice of an owner rests on; null when nothing that others do can change it. The last resort has
 * no limit, and who goes on with a ticket takes no turn.
 */
export function claimOf(
  { route }: Decision,
  policy: CompiledPolicy,
  roster: Roster,
  incumbent: string | undefined,
): Claim | null {
  const person = route.owner.id
  if (route.lastResort === true || person === incumbent) return null
  const team = policy.teams.get(route.team)
  const capacity = policy.people.get(person)?.capacity ?? Infinity
  const isOwner = team?.owners.some(({ ref }) => ref.id === person) ?? false
  const strategy = isOwner ? team?.team.strategy : undefined
  const claim: Claim = {
    person,
    ...(Number.isFinite(capacity) && { capacity }),
    ...(strategy === 'least-loaded' && { open: roster.open[person] ?? 0 }),
    ...(strategy === 'round-robin' && { team: route.team, turn: lastTurn(roster, route.team) }),
  }
  return Object.keys(claim).length > 1 ? claim : null
}

/** The roster after a claim was recorded, so that the next decision need not wait for a fresh one. */
export function afterClaim(roster: Roster, owner: string, claim: Claim | null): Roster {
  const open = { ...roster.open, [owner]: (roster.open[owner] ?? 0) + 1 }
  if (claim?.team === undefined) return { ...roster, open }
  const turn = (claim.turn ?? 0) + 1
  const turns = {
    ...roster.turns,
    [claim.team]: { ...roster.turns?.[claim.team], [claim.person]: turn },
  }
  return { ...roster, open, turns }
}

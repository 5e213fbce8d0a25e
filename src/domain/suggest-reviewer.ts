import { availableFrom } from './assign.ts'
import type { CompiledPerson } from './compile-policy.ts'
import type { Review } from './review-state.ts'
import { EMPTY_ROSTER } from './roster.ts'

export type SuggestedReviewer = {
  readonly id: string
  readonly name: string
  readonly because: string
}

type Suggestible = Pick<Review, 'state' | 'type' | 'team' | 'proposal'>

/**
 * Who should take each of these reviews, given in the order of the queue: of the people at work, who knows the type or
 * the team, then who has the least in hand. `load` counts claimed reviews by id or name of the person; what is suggested
 * to somebody counts for the reviews after it. Null for reviews that need nobody, and when nobody is at work.
 */
export function suggestReviewers(
  reviews: readonly Suggestible[],
  reviewers: readonly CompiledPerson[],
  load: Readonly<Record<string, number>>,
  nowMs: number,
): readonly (SuggestedReviewer | null)[] {
  const inHand = new Map(
    reviewers
      .filter((person) => availableFrom(person, EMPTY_ROSTER, nowMs) === nowMs)
      .map((person) => [person, (load[person.ref.id] ?? 0) + (load[person.ref.name] ?? 0)]),
  )
  return reviews.map((review) => {
    if (review.state !== 'pending') return null
    const best = bestOf(review, inHand)
    if (best === null) return null
    const { person, skill, claims } = best
    inHand.set(person, claims + 1)
    const why = skill === undefined ? 'is at work' : `knows ${skill}`
    return { ...person.ref, because: `${person.ref.name} ${why} and has ${claims} in hand` }
  })
}

type Candidate = {
  readonly person: CompiledPerson
  readonly skill: string | undefined
  readonly claims: number
}

function bestOf(
  { type, team, proposal }: Suggestible,
  inHand: ReadonlyMap<CompiledPerson, number>,
): Candidate | null {
  let best: Candidate | null = null
  for (const [person, claims] of inHand) {
    // The second pair of eyes is somebody else's.
    if (proposal !== null && (proposal.by === person.ref.id || proposal.by === person.ref.name))
      continue
    const skill = person.skills.find((known) => known === type || known === team)
    const knows = skill !== undefined
    const better =
      best === null ||
      (knows && best.skill === undefined) ||
      (knows === (best.skill !== undefined) && claims < best.claims)
    if (better) best = { person, skill, claims }
  }
  return best
}

import { entryOf } from '../domain/entry-of.ts'
import type { Policy } from '../domain/policy.ts'

/** Names for people instead of ids. What the policy does not know any more keeps its id. */
export type Names = {
  readonly team: (id: string) => string
  readonly person: (id: string) => string
}

export function namesOf({ teams, people }: Pick<Policy, 'teams' | 'people'>): Names {
  return {
    team: (id) => entryOf(teams, id)?.name ?? id,
    person: (id) => entryOf(people, id)?.name ?? id,
  }
}

/** `business_impact` → `business impact`. */
export const spoken = (label: string) => label.replaceAll('_', ' ')

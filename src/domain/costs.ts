/** What wrong decisions and reviews cost, all in one unit of your choice (minutes of an agent, say). */
export type Costs = {
  /** A critical ticket that is not P1 and that nobody is asked about. */
  readonly unseenCritical: number
  /** A critical ticket that is not P1 but held for a person. */
  readonly heldCritical: number
  /** Each step of severity too low, for the other tickets. */
  readonly underStep: number
  /** Each step of severity too high. */
  readonly overStep: number
  /** A person looks at a held ticket. */
  readonly review: number
}

/** Minutes, for policies that name no costs: a missed critical is a working day, a review three minutes. */
export const DEFAULT_COSTS: Costs = {
  unseenCritical: 480,
  heldCritical: 60,
  underStep: 30,
  overStep: 15,
  review: 3,
}

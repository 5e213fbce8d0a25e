/** Who can take work at one moment, as the store knows it; the receipt keeps it so that replay sees the same people. */
export type Roster = {
  /** Open tickets per person id; absent means none. */
  readonly open: Readonly<Record<string, number>>
  /**
   * Team → person → number of the team's turn that the person took last; absent means never. The member is absent in
   * receipts from before there were turns: their decisions name no decision-maker and do not mark the last resort.
   */
  readonly turns?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Routes that lost their mode and only suggest, sorted; absent means none. */
  readonly demoted?: readonly string[]
}

export const EMPTY_ROSTER: Roster = { open: {}, turns: {} }

/** The last turn that anybody of the team took; 0 before the first. */
export function lastTurn({ turns }: Roster, team: string): number {
  return Math.max(0, ...Object.values(turns?.[team] ?? {}))
}

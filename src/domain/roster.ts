/** Who can take work at one moment, as the store knows it; the receipt keeps it so that replay sees the same people. */
export type Roster = {
  /** Open tickets per person id; absent means none. */
  readonly open: Readonly<Record<string, number>>
}

export const EMPTY_ROSTER: Roster = { open: {} }

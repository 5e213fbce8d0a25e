import { afterClaim } from '../domain/claim.ts'
import type { Recorder, TriageRecord } from '../domain/receipt.ts'
import type { Roster } from '../domain/roster.ts'

export type RosterCache = {
  readonly read: () => Promise<Roster>
  /** The recorder, keeping what it learns: the owners it gave tickets to, and every fresh roster. */
  readonly watch: (record: Recorder) => Recorder
}

/**
 * A roster that is read at most every `forMs` and follows the decisions of this process in between, so that one ticket
 * after the other is given to the right person without asking the store each time. Other replicas' decisions show when
 * it is read again; the store refuses what they made impossible.
 */
export function createRosterCache(options: {
  readonly read: () => Promise<Roster>
  readonly forMs: number
  readonly elapsedMs: () => number
}): RosterCache {
  let kept: { readonly roster: Promise<Roster>; readonly untilMs: number } | null = null
  const keep = (roster: Promise<Roster>, untilMs = options.elapsedMs() + options.forMs) => {
    const mine = { roster, untilMs }
    kept = mine
    // A failure is not remembered.
    roster.catch(() => {
      if (kept === mine) kept = null
    })
    return roster
  }
  const follow = ({ receipt, claim }: TriageRecord) => {
    // Who goes on with a ticket has no more than before.
    if (kept === null || (receipt.follows !== null && claim === null)) return
    const { id } = receipt.decision.route.owner
    void keep(
      kept.roster.then((roster) => afterClaim(roster, id, claim)),
      kept.untilMs,
    )
  }
  return {
    read: () =>
      kept !== null && options.elapsedMs() < kept.untilMs ? kept.roster : keep(options.read()),
    watch: (record) => async (first, decideOn) => {
      let written = first
      const outcome = await record(first, (roster) => {
        void keep(Promise.resolve(roster))
        return (written = decideOn(roster))
      })
      if (outcome.kind === 'recorded') follow(written)
      return outcome
    },
  }
}

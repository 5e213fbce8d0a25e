import type { Policy } from '../domain/policy.ts'
import type { Db } from '../store/db.ts'
import { expireOriginals } from '../store/expire-originals.ts'
import type { TickPart } from '../tick.ts'

/** What the parts of a pass are made from. */
export type TickNeeds = {
  readonly db: Db
  readonly policy: Pick<Policy, 'retention'>
}

/** What runs in every pass, in this order. */
export function tickParts({ db, policy }: TickNeeds): readonly TickPart[] {
  const days = policy.retention?.originalsDays
  return days === undefined
    ? []
    : [{ name: 'expire originals', run: (now) => expireOriginals(db, days, now) }]
}

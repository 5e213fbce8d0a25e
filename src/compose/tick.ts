import { expireOriginals } from '../store/expire-originals.ts'
import type { TickPart } from '../tick.ts'
import type { SpikeNeeds } from './spike-parts.ts'
import { spikeParts } from './spike-parts.ts'

/** What the parts of a pass are made from. */
export type TickNeeds = SpikeNeeds

/** What runs in every pass, in this order. */
export function tickParts(needs: TickNeeds): readonly TickPart[] {
  return [...retentionParts(needs), ...spikeParts(needs)]
}

function retentionParts({ db, policy }: TickNeeds): readonly TickPart[] {
  const days = policy.policy.retention?.originalsDays
  return days === undefined
    ? []
    : [{ name: 'expire originals', run: (now) => expireOriginals(db, days, now) }]
}

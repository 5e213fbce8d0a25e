import { expireOriginals } from '../store/expire-originals.ts'
import { recordTriage } from '../store/record-triage.ts'
import { settleRejudged, takeRejudged } from '../store/rejudge.ts'
import { readRoster } from '../store/roster.ts'
import { tellClocks } from '../store/tell-clocks.ts'
import { clockParts } from '../tick-clocks.ts'
import type { TickPart } from '../tick.ts'
import { clocksUnder } from '../ticket-event.ts'
import { createPolicyFinder } from './find-policy.ts'
import { reviewParts } from './review-parts.ts'
import { routeParts } from './route-parts.ts'
import type { SpikeNeeds } from './spike-parts.ts'
import { spikeParts } from './spike-parts.ts'

/** What the parts of a pass are made from. */
export type TickNeeds = SpikeNeeds

/** What runs in every pass, in this order: what is forgotten is not decided again. */
export function tickParts(needs: TickNeeds): readonly TickPart[] {
  return [
    ...reviewParts(needs),
    ...routeParts(needs),
    ...retentionParts(needs),
    ...ticketClockParts(needs),
    ...spikeParts(needs),
  ]
}

function retentionParts({ db, policy }: TickNeeds): readonly TickPart[] {
  const days = policy.policy.retention?.originalsDays
  return days === undefined
    ? []
    : [{ name: 'expire originals', run: (now) => expireOriginals(db, days, now) }]
}

/** Tickets that one pass decides again, and how long they are its own. */
const REJUDGED = 50
const REJUDGE_LEASE_S = 60

function ticketClockParts({ db, policy, newId }: TickNeeds): readonly TickPart[] {
  const findPolicy = createPolicyFinder(db, policy, () => performance.now())
  return clockParts({
    policy,
    newId,
    roster: () => readRoster(db),
    record: (record, decideOn) => recordTriage(db, record, decideOn),
    workClocks: clocksUnder(findPolicy, policy),
    tellClocks: (now, eventsOf) => tellClocks(db, now, eventsOf),
    takeRejudged: (now) =>
      takeRejudged(db, { now, limit: REJUDGED, leaseSeconds: REJUDGE_LEASE_S }),
    settleRejudged: (standing, now, workClocks) => settleRejudged(db, standing, now, workClocks),
  })
}

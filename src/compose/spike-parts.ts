import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { CLOCK_ACTOR } from '../domain/incident.ts'
import { spikeRules } from '../domain/spike-rules.ts'
import type { Db } from '../store/db.ts'
import { earlierMembers, linkMember } from '../store/earlier-members.ts'
import {
  actOnIncident,
  openIncidents,
  pageOnce,
  regionsOf,
  saveLook,
  textsOf,
} from '../store/incidents.ts'
import { learnSpikes } from '../store/learn-spikes.ts'
import { readSpikes } from '../store/read-spikes.ts'
import { recordTriage } from '../store/record-triage.ts'
import { readRoster } from '../store/roster.ts'
import type { TickPart } from '../tick.ts'
import { watchIncidents } from '../watch-incidents.ts'

export type SpikeNeeds = {
  readonly db: Db
  readonly policy: CompiledPolicy
  readonly newId: () => string
}

/** What time does for spikes: hours that are over teach what is usual, open incidents are looked at. */
export function spikeParts({ db, policy, newId }: SpikeNeeds): readonly TickPart[] {
  const rules = spikeRules(policy.policy.spikes)
  const { cooldownMinutes } = rules
  let learnedIn: string | undefined
  return [
    {
      name: 'learn what is usual',
      run: async (now) => {
        // Once a minute is often enough: hours end rarely.
        const minute = now.toISOString().slice(0, 16)
        if (minute === learnedIn) return 0
        const hours = await learnSpikes(db, now, rules)
        learnedIn = minute
        return hours
      },
    },
    {
      name: 'watch incidents',
      run: (now) =>
        watchIncidents(now, {
          policy,
          newId,
          openIncidents: () => openIncidents(db),
          volumeOf: (keys, at) => readSpikes(db, { keys, customer: null, now: at, rules }),
          regionsOf: (incident) => regionsOf(db, incident),
          textsOf: (incident) => textsOf(db, incident),
          saveLook: (seen) => saveLook(db, db.tenant, seen),
          pageOnce: (incident, page) => pageOnce(db, incident, page),
          closeQuiet: (incident, at) =>
            actOnIncident(
              db,
              incident.id,
              { kind: 'close', reason: 'Ended by itself: below the closing ratio for long enough' },
              { actor: CLOCK_ACTOR, now: at, cooldownMinutes },
            ),
          earlierMembers: (incident, from) => earlierMembers(db, incident, from),
          roster: () => readRoster(db),
          record: (record, decideOn) => recordTriage(db, record, decideOn),
          link: (member, join, at) => linkMember(db, member, join, at),
        }),
    },
  ]
}

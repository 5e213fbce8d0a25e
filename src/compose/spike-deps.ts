import { INCIDENT_STATES, OPEN_INCIDENT_STATES } from '../domain/incident.ts'
import type { SpikeRules } from '../domain/spike-rules.ts'
import type { SpikeDeps } from '../http/spikes.ts'
import type { Db } from '../store/db.ts'
import { actOnIncident, findIncident, listIncidents, listMembers } from '../store/incidents.ts'

/** Joins the incidents of the store to what people may see and do. */
export function createSpikeDeps({
  db,
  rules,
  now,
}: {
  readonly db: Db
  readonly rules: SpikeRules
  readonly now: () => Date
}): Pick<SpikeDeps, 'listIncidents' | 'findIncident' | 'incidentMembers' | 'actOnIncident'> {
  const { cooldownMinutes } = rules
  return {
    listIncidents: ({ state, limit }) => listIncidents(db, { states: statesOf(state), limit }),
    findIncident: (id) => findIncident(db, id),
    incidentMembers: (id, limit) => listMembers(db, id, limit),
    actOnIncident: (id, command, actor) =>
      actOnIncident(db, id, command, { actor, now: now(), cooldownMinutes }),
  }
}

function statesOf(asked: string) {
  if (asked === 'open') return OPEN_INCIDENT_STATES
  return INCIDENT_STATES.filter((state) => asked === 'all' || state === asked)
}

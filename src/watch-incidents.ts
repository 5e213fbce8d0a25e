import type { CompiledPolicy } from './domain/compile-policy.ts'
import type { Incident } from './domain/incident.ts'
import { afterLook, isMajor, peopleToTell } from './domain/incident.ts'
import { noticeOf, pageReason } from './domain/incident-notice.ts'
import type { VolumeReading } from './domain/spike-detect.ts'
import { goesOn, ratioOf } from './domain/spike-detect.ts'
import type { SpikeRules } from './domain/spike-rules.ts'
import { spikeRules } from './domain/spike-rules.ts'
import type { EarlierMember, RaiseDeps } from './raise-member.ts'
import { raiseMember } from './raise-member.ts'

/** What people are told about a major incident. */
export type IncidentPage = {
  readonly people: readonly string[]
  readonly because: string
  readonly notice: string | null
  readonly now: Date
}

export type WatchDeps = RaiseDeps & {
  readonly policy: CompiledPolicy
  readonly openIncidents: () => Promise<readonly Incident[]>
  readonly volumeOf: (
    keys: readonly string[],
    now: Date,
    rules: SpikeRules,
  ) => Promise<VolumeReading>
  readonly regionsOf: (incident: string) => Promise<readonly string[]>
  /** What some of its customers wrote, redacted. */
  readonly textsOf: (
    incident: string,
  ) => Promise<readonly { readonly text: string; readonly language: string }[]>
  /** False when the incident was changed meanwhile; the next pass looks again. */
  readonly saveLook: (seen: Incident) => Promise<boolean>
  /** Tells people once, whoever asks how often. */
  readonly pageOnce: (incident: Incident, page: IncidentPage) => Promise<boolean>
  readonly closeQuiet: (incident: Incident, now: Date) => Promise<unknown>
  /** Tickets of the window that say the same and are no members yet. */
  readonly earlierMembers: (incident: Incident, from: Date) => Promise<readonly EarlierMember[]>
}

/**
 * One look at every open incident: its numbers, the people who must know of it, the tickets before it, and its end.
 * Safe to run twice and on many replicas. Gives the number of incidents.
 */
export async function watchIncidents(now: Date, deps: WatchDeps): Promise<number> {
  const rules = spikeRules(deps.policy.policy.spikes)
  const open = await deps.openIncidents()
  const failures: unknown[] = []
  for (const incident of open)
    // One that fails keeps no other from being looked at.
    await watch(incident, now, rules, deps).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
  return open.length
}

async function watch(
  before: Incident,
  now: Date,
  rules: SpikeRules,
  deps: WatchDeps,
): Promise<void> {
  const { volumes } = await deps.volumeOf(before.keys, now, rules)
  const [strongest] = volumes
    .map((volume) => ({ ...volume, ratio: ratioOf(volume) }))
    .sort((a, b) => b.ratio - a.ratio)
  if (strongest === undefined) return
  const { customers, expected, ratio } = strongest
  const look = {
    customers: Math.round(customers),
    expected,
    ratio,
    goesOn: volumes.some((volume) =>
      goesOn({ ...volume, incident: before.id }, ratioOf(volume), rules),
    ),
  }
  const { incident, ends } = afterLook(before, look, rules, now)
  if (!(await deps.saveLook(incident))) return

  if (incident.pagedAt === null && isMajor(look, rules)) {
    const regions = await deps.regionsOf(incident.id)
    const about = { ...incident, regions, texts: await deps.textsOf(incident.id) }
    await deps.pageOnce(incident, {
      people: peopleToTell(regions, rules),
      because: pageReason(about),
      notice: noticeOf(deps.policy, about),
      now,
    })
  }
  if (ends) {
    await deps.closeQuiet(incident, now)
    return
  }
  const from = new Date(Date.parse(incident.openedAt) - rules.windowMinutes * 60_000)
  for (const member of await deps.earlierMembers(incident, from))
    await raiseMember(member, incident, { now, windowMinutes: rules.windowMinutes }, deps)
}

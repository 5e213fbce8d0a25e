import { NOTICE_SLOTS } from '../domain/incident-notice.ts'
import { slotsOf } from '../domain/sentence.ts'
import { isTimeZone } from '../domain/working-intervals.ts'
import { DRAFT_SLOTS, MESSAGE_SLOTS, TAG_SLOTS } from '../domain/propose-actions.ts'
import { didYouMean } from './did-you-mean.ts'
import { requireFact, type Vocabulary } from './parse-condition.ts'
import type { Path, Report } from './problem.ts'
import { showPath } from './problem.ts'
import type { PartialPolicy, RawPolicy, RawTarget } from './schema.ts'

/** Every name that one part of the file uses must be defined in another, and be sound where it is used. */
export function checkReferences(
  policy: PartialPolicy,
  /** The file as read: an entry with another fault still counts as defined. */
  defined: Readonly<Record<string, unknown>>,
  vocabulary: Vocabulary,
  report: Report,
): void {
  const known = (section: string) => Object.keys((defined[section] as object | null) ?? {})
  const refer = (what: string, section: string) => {
    const names = known(section)
    return (name: string, path: Path) => {
      if (names.includes(name)) return
      const way = didYouMean(name, names) || `; known are ${names.join(', ') || 'none'}`
      report(path, `Cannot use ${what} "${name}" in ${showPath(path)}: not defined${way}`)
    }
  }
  const team = refer('team', 'teams')
  const person = refer('person', 'people')
  const calendar = refer('calendar', 'calendars')

  checkSeverityCalendars(policy, calendar)
  for (const [index, trigger] of (policy.triggers ?? []).entries())
    for (const [place, id] of (trigger.notify ?? []).entries())
      team(id, ['triggers', index, 'notify', place])
  for (const [index, route] of (policy.routes ?? []).entries())
    team(route.team, ['routes', index, 'team'])
  if (policy.otherwise) team(policy.otherwise.team, ['otherwise', 'team'])
  if (policy.review) {
    team(policy.review.team, ['review', 'team'])
    calendar(policy.review.calendar, ['review', 'calendar'])
    if (policy.review.next_tier !== undefined)
      team(policy.review.next_tier, ['review', 'next_tier'])
  }
  for (const [id, { hours }] of Object.entries(policy.people ?? {}))
    if (hours !== undefined) calendar(hours, ['people', id, 'hours'])
  for (const [index, { expect }] of (policy.cases ?? []).entries())
    if (expect.team !== undefined) team(expect.team, ['cases', index, 'expect', 'team'])
  checkTeams(policy, { person, team }, report)
  checkSegments(policy, { team, calendar })
  checkNeeds(policy, vocabulary, report)
  for (const kind of ['warned', 'breached'] as const)
    for (const [index, party] of (policy.sla?.page[kind] ?? []).entries())
      if (!PAGED_ROLES.includes(party)) team(party, ['sla', 'page', kind, index])
  checkSpikes(policy, { person, attribute: refer('attribute', 'attributes') }, report)
  checkSlots(policy, vocabulary, report)
}

type Refer = (name: string, path: Path) => void

/** Whoever holds this part on a ticket; any other name is a team. */
const PAGED_ROLES: readonly string[] = ['owner', 'backup', 'decision_maker']

function checkSeverityCalendars(policy: PartialPolicy, calendar: Refer): void {
  for (const [id, severity] of Object.entries(policy.severities ?? {})) {
    if (severity === undefined) continue
    calendar(severity.calendar, ['severities', id, 'calendar'])
    const targets: Readonly<Record<string, RawTarget | undefined>> = {
      first_response: severity.first_response,
      update: severity.update,
      resolution: severity.resolution,
      review: severity.review,
      review_backup_after: severity.review_backup_after,
    }
    for (const [kind, target] of Object.entries(targets))
      if (target !== undefined && 'calendar' in target)
        calendar(target.calendar, ['severities', id, kind, 'calendar'])
  }
}

function checkSegments(
  policy: PartialPolicy,
  { team, calendar }: { readonly team: Refer; readonly calendar: Refer },
): void {
  for (const [id, { severities, routes }] of Object.entries(policy.segments ?? {})) {
    for (const [severity, times] of Object.entries(severities)) {
      const path = ['segments', id, 'severities', severity]
      if (times.calendar !== undefined) calendar(times.calendar, [...path, 'calendar'])
      for (const [kind, target] of Object.entries(times))
        if (typeof target === 'object' && 'calendar' in target)
          calendar(target.calendar, [...path, kind, 'calendar'])
    }
    for (const [index, route] of routes.entries())
      team(route.team, ['segments', id, 'routes', index, 'team'])
  }
}

/** An authority must read a number, and a skill must be somebody's. */
function checkNeeds(policy: PartialPolicy, vocabulary: Vocabulary, report: Report): void {
  const skills = [
    ...new Set(Object.values(policy.people ?? {}).flatMap((person) => person.skills ?? [])),
  ]
  const check = ({ needs }: { readonly needs?: RawNeeds | undefined }, path: Path) => {
    for (const [index, skill] of (needs?.skills ?? []).entries())
      if (!skills.includes(skill))
        report(
          [...path, 'needs', 'skills', index],
          `Cannot need skill "${skill}": a skill of at least one person required${didYouMean(skill, skills)}`,
        )
    for (const [kind, fact] of Object.entries(needs?.authority ?? {})) {
      const place = [...path, 'needs', 'authority', kind]
      const definition = requireFact(fact, place, { ...vocabulary, decided: true }, report)
      if (definition !== undefined && definition.type !== 'number')
        report(place, `Cannot need authority over ${fact}: a number required`)
    }
  }
  for (const [index, route] of (policy.routes ?? []).entries()) check(route, ['routes', index])
  for (const [id, { routes }] of Object.entries(policy.segments ?? {}))
    for (const [index, route] of routes.entries()) check(route, ['segments', id, 'routes', index])
  if (policy.otherwise) check(policy.otherwise, ['otherwise'])
}

type RawNeeds = RawPolicy['routes'][number]['needs']

function checkSpikes(
  { spikes }: PartialPolicy,
  refer: { readonly person: Refer; readonly attribute: Refer },
  report: Report,
): void {
  if (spikes === undefined) return
  for (const [index, name] of (spikes.attributes ?? []).entries())
    refer.attribute(name, ['spikes', 'attributes', index])
  if (spikes.close_ratio !== undefined && spikes.close_ratio > spikes.ratio)
    report(
      ['spikes', 'close_ratio'],
      `Cannot use spikes.close_ratio: at most the ratio that opens (${spikes.ratio}) required, got ${spikes.close_ratio}`,
    )
  if (spikes.timezone !== undefined && !isTimeZone(spikes.timezone))
    report(
      ['spikes', 'timezone'],
      `Cannot use spikes.timezone: an IANA time zone such as Europe/Berlin required, got "${spikes.timezone}"`,
    )
  for (const [index, name] of (spikes.major?.otherwise ?? []).entries())
    refer.person(name, ['spikes', 'major', 'otherwise', index])
  for (const [region, people] of Object.entries(spikes.major?.regions ?? {}))
    for (const [index, name] of people.entries())
      refer.person(name, ['spikes', 'major', 'regions', region, index])
}

/** Owner and backup must be different people, whoever of the owners it is. */
function checkTeams(
  policy: PartialPolicy,
  { person, team: teamOf }: { readonly person: Refer; readonly team: Refer },
  report: Report,
): void {
  for (const [id, team] of Object.entries(policy.teams ?? {})) {
    const path = ['teams', id]
    for (const field of ['owners', 'backups'] as const)
      for (const [index, name] of team[field].entries()) person(name, [...path, field, index])
    for (const [index, name] of (team.relief ?? []).entries())
      teamOf(name, [...path, 'relief', index])
    if (team.decision_maker !== undefined) person(team.decision_maker, [...path, 'decision_maker'])
    for (const [index, name] of (team.on_call?.people ?? []).entries())
      person(name, [...path, 'on_call', 'people', index])
    if (team.on_call !== undefined && !isTimeZone(team.on_call.timezone))
      report(
        [...path, 'on_call', 'timezone'],
        `Cannot use the rotation of "${id}": a name of the IANA time zones required, got "${team.on_call.timezone}"`,
      )
    if ((team.strategy === 'on-call') !== (team.on_call !== undefined))
      report(path, `Cannot use team "${id}": "strategy: on-call" and on_call required together`)
    const alone = team.owners.find((owner) => team.backups.every((backup) => backup === owner))
    if (alone !== undefined)
      report(
        [...path, 'backups'],
        `Cannot use team "${id}": a backup other than the owner required, got "${alone}" for both`,
      )
  }
  for (const [id, { timezone }] of Object.entries(policy.people ?? {}))
    if (timezone !== undefined && !isTimeZone(timezone))
      report(
        ['people', id, 'timezone'],
        `Cannot use timezone of "${id}": a name of the IANA time zones required, got "${timezone}"`,
      )
  const last = policy.last_resort
  if (last === undefined) return
  person(last.owner, ['last_resort', 'owner'])
  person(last.backup, ['last_resort', 'backup'])
  if (last.owner === last.backup)
    report(
      ['last_resort', 'backup'],
      `Cannot use last_resort: a backup other than the owner required, got "${last.owner}" for both`,
    )
}

function checkSlots(policy: PartialPolicy, vocabulary: Vocabulary, report: Report): void {
  const sentences = (section: string, rules: readonly { because: string }[], decided: boolean) => {
    for (const [index, { because }] of rules.entries())
      for (const slot of slotsOf(because))
        requireFact(
          slot,
          [...section.split('.'), index, 'because'],
          { ...vocabulary, decided },
          (path, message) => report(path, message),
        )
  }
  sentences('triggers', policy.triggers ?? [], false)
  sentences('routes', policy.routes ?? [], true)
  sentences('review.rules', policy.review?.rules ?? [], true)
  for (const [id, { routes, review }] of Object.entries(policy.segments ?? {})) {
    sentences(`segments.${id}.routes`, routes, true)
    sentences(`segments.${id}.review.rules`, review.rules, true)
  }

  const limited = (text: string, slots: readonly string[], path: Path) => {
    for (const slot of slotsOf(text))
      if (!slots.includes(slot))
        report(
          path,
          `Cannot fill {${slot}} in ${showPath(path)}: one of ${slots.join(', ')} required${didYouMean(slot, slots)}`,
        )
  }
  for (const [index, tag] of (policy.tags ?? []).entries()) limited(tag, TAG_SLOTS, ['tags', index])
  if (policy.messages)
    limited(policy.messages.acknowledgement, MESSAGE_SLOTS, ['messages', 'acknowledgement'])
  for (const kind of ['progress', 'resolution', 'hand_off'] as const) {
    const text = policy.messages?.[kind]
    if (text !== undefined) limited(text, DRAFT_SLOTS, ['messages', kind])
  }
  if (policy.messages?.incident !== undefined)
    limited(policy.messages.incident, NOTICE_SLOTS, ['messages', 'incident'])
}

import { slotsOf } from '../domain/sentence.ts'
import { MESSAGE_SLOTS, TAG_SLOTS } from '../domain/propose-actions.ts'
import { didYouMean } from './did-you-mean.ts'
import { requireFact, type Vocabulary } from './parse-condition.ts'
import type { Path, Report } from './problem.ts'
import { showPath } from './problem.ts'
import type { PartialPolicy, RawTarget } from './schema.ts'

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
  checkTeams(policy, person, report)
  checkSlots(policy, vocabulary, report)
}

type Refer = (name: string, path: Path) => void

function checkSeverityCalendars(policy: PartialPolicy, calendar: Refer): void {
  for (const [id, severity] of Object.entries(policy.severities ?? {})) {
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

/** Owner and backup must be different people, whoever of the owners it is. */
function checkTeams(policy: PartialPolicy, person: Refer, report: Report): void {
  for (const [id, team] of Object.entries(policy.teams ?? {})) {
    for (const field of ['owners', 'backups'] as const)
      for (const [index, name] of team[field].entries()) person(name, ['teams', id, field, index])
    const alone = team.owners.find((owner) => team.backups.every((backup) => backup === owner))
    if (alone !== undefined)
      report(
        ['teams', id, 'backups'],
        `Cannot use team "${id}": a backup other than the owner required, got "${alone}" for both`,
      )
  }
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
}

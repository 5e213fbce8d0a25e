import { compileCalendar, type WorkingCalendar } from './calendar.ts'
import type { Timer, Timers } from './clock.ts'
import { compileCondition, factsRead, type CompiledCondition } from './condition.ts'
import { DEFAULT_SCORING, type ScoringRules } from './cascade.ts'
import type { PersonRef } from './decision.ts'
import { TriageError } from './errors.ts'
import { findFact } from './facts.ts'
import { SEVERITIES, type Severity } from './labels.ts'
import type {
  Needs,
  Person,
  Policy,
  ReviewRule,
  Route,
  Segment,
  Target,
  Team,
  Trigger,
  Warning,
} from './policy.ts'
import { compileSentence, type Sentence } from './sentence.ts'
import { buildTriggerIndex, type TriggerIndex } from './trigger-index.ts'
import { startOfLocalDate } from './working-intervals.ts'

/** A rule with its condition and its sentence ready to run. */
export type CompiledRule<R> = {
  readonly rule: R
  readonly condition: CompiledCondition
  readonly because: Sentence
}
export type CompiledTrigger = CompiledRule<Trigger> & {
  /** Place in the order of reasons: most severe first, then by id. */
  readonly order: number
}

export type CompiledPerson = {
  readonly ref: PersonRef
  readonly role: string
  readonly languages: readonly string[]
  readonly skills: readonly string[]
  readonly regions: readonly string[]
  readonly authority: Readonly<Record<string, number>>
  /** Null: always reachable. */
  readonly hours: WorkingCalendar | null
  readonly leave: readonly { readonly fromMs: number; readonly untilMs: number }[]
  readonly capacity: number
}

export type CompiledTeam = {
  readonly team: Team
  readonly owners: readonly CompiledPerson[]
  readonly backups: readonly CompiledPerson[]
  /** In the order of the rotation; empty when nobody is on call. */
  readonly onCall: readonly CompiledPerson[]
  /** Null: the owner decides. */
  readonly decisionMaker: CompiledPerson | null
}

/** Times of a segment, where it has its own. */
export type SegmentTimers = { readonly [K in keyof Timers]?: Timer }

export type CompiledSegment = {
  readonly id: string
  readonly condition: CompiledCondition
  readonly timers: Readonly<Partial<Record<Severity, SegmentTimers>>>
  readonly routes: readonly CompiledRule<Route>[]
  readonly reviewRules: readonly CompiledRule<ReviewRule>[]
}

/** A policy ready for `decide`: same meaning, nothing left to look up. */
export type CompiledPolicy = {
  readonly policy: Policy
  /** Sorted by `order`, whatever their order in the file. */
  readonly triggers: readonly CompiledTrigger[]
  readonly index: TriggerIndex
  readonly routes: readonly CompiledRule<Route>[]
  readonly otherwise: {
    readonly team: string
    readonly because: Sentence
    readonly needs: Needs | undefined
  }
  /** By id. */
  readonly segments: readonly CompiledSegment[]
  readonly reviewRules: readonly CompiledRule<ReviewRule>[]
  readonly reviewers: readonly CompiledPerson[]
  /** `review.fourEyes`. */
  readonly fourEyes: CompiledCondition | undefined
  /** Told when nobody has decided in time. */
  readonly nextTier: readonly PersonRef[]
  readonly scoring: ScoringRules
  /** `scoring.ask.when`. */
  readonly askWhen: CompiledCondition | undefined
  readonly tags: readonly Sentence[]
  readonly acknowledgement: Sentence
  /** `messages.progress`, `.resolution` and `.handOff`, of those that are written. */
  readonly drafts: Readonly<Partial<Record<'progress' | 'resolution' | 'handOff', Sentence>>>
  /** `messages.incident`. */
  readonly incidentNotice: Sentence | undefined
  readonly timers: Readonly<Record<Severity, Timers>>
  /** When to warn before a target is missed. */
  readonly warnings: Readonly<Record<Severity, readonly Warning[]>>
  readonly people: ReadonlyMap<string, CompiledPerson>
  readonly teams: ReadonlyMap<string, CompiledTeam>
  readonly lastResort: { readonly owner: CompiledPerson; readonly backup: CompiledPerson }
}

/**
 * Throws `invalid_policy` when a reference leads nowhere or a floor trigger reads a model's opinion; `parsePolicy`
 * reports the same with positions, this guards policies that were built in code.
 */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const calendars = new Map(
    Object.entries(policy.calendars).map(([id, calendar]) => [id, compileCalendar(calendar)]),
  )
  const people = new Map(
    Object.entries(policy.people).map(([id, person]) => [id, compilePerson(person, calendars)]),
  )
  const teams = new Map(
    Object.entries(policy.teams).map(([id, team]) => [id, compileTeam(team, people)]),
  )
  const triggers = policy.triggers.toSorted(bySeverityThenId).map((trigger, order) => {
    requireDeterministicFloor(trigger, policy)
    return { ...compileRule(trigger), order }
  })
  const reviewTeam = requireKnown(teams, policy.review.team, 'team')
  const scoring = policy.scoring ?? DEFAULT_SCORING
  return {
    policy,
    triggers,
    index: buildTriggerIndex(triggers.map((trigger) => trigger.rule.when)),
    routes: policy.routes.toSorted(byId).map(compileRule),
    otherwise: {
      team: policy.otherwise.team,
      because: compileSentence(policy.otherwise.because),
      needs: policy.otherwise.needs,
    },
    segments: (policy.segments ?? [])
      .toSorted(byId)
      .map((segment) => compileSegment(segment, calendars)),
    reviewRules: policy.review.rules.toSorted(byId).map(compileRule),
    reviewers: distinctPeople([...reviewTeam.owners, ...reviewTeam.backups]),
    fourEyes: policy.review.fourEyes && compileCondition(policy.review.fourEyes),
    nextTier: nextTierOf(policy, teams, people),
    scoring,
    askWhen: scoring.ask.when && compileCondition(scoring.ask.when),
    tags: policy.tags.map(compileSentence),
    acknowledgement: compileSentence(policy.messages.acknowledgement),
    drafts: compileDrafts(policy.messages),
    incidentNotice:
      policy.messages.incident === undefined
        ? undefined
        : compileSentence(policy.messages.incident),
    timers: compileTimers(policy, calendars),
    warnings: Object.fromEntries(
      SEVERITIES.map((severity) => [
        severity,
        policy.severities[severity].warnings ?? policy.sla?.warnings ?? [],
      ]),
    ) as unknown as Record<Severity, readonly Warning[]>,
    people,
    teams,
    lastResort: {
      owner: requireKnown(people, policy.lastResort.owner, 'person'),
      backup: requireKnown(people, policy.lastResort.backup, 'person'),
    },
  }
}

/** The facts of a trigger that come from a model, which a floor trigger may not read. */
export function modelFactsOf(
  trigger: Pick<Trigger, 'when'>,
  policy: Pick<Policy, 'attributes'>,
): readonly string[] {
  return factsRead(trigger.when).filter((fact) => findFact(fact, policy.attributes)?.fromModel)
}

function compileDrafts({
  progress,
  resolution,
  handOff,
}: Policy['messages']): CompiledPolicy['drafts'] {
  return {
    ...(progress !== undefined && { progress: compileSentence(progress) }),
    ...(resolution !== undefined && { resolution: compileSentence(resolution) }),
    ...(handOff !== undefined && { handOff: compileSentence(handOff) }),
  }
}

function compileRule<R extends Trigger | Route | ReviewRule>(rule: R): CompiledRule<R> {
  return {
    rule,
    condition: compileCondition(rule.when),
    because: compileSentence(rule.because),
  }
}

function compilePerson(
  person: Person,
  calendars: ReadonlyMap<string, WorkingCalendar>,
): CompiledPerson {
  const hours =
    person.hours === undefined ? null : requireKnown(calendars, person.hours, 'calendar')
  const timezone = hours?.calendar.timezone ?? person.timezone ?? 'UTC'
  const { languages = [], skills = [], regions = [], authority = {} } = person
  return {
    ref: { id: person.id, name: person.name },
    role: person.role,
    languages,
    skills,
    regions,
    authority,
    hours,
    leave: person.leave.map(({ from, until }) => ({
      fromMs: instantOf(from, timezone, 0),
      untilMs: instantOf(until, timezone, 1),
    })),
    capacity: person.capacity ?? Infinity,
  }
}

/** A date stands for the whole of it; anything longer is an instant. */
function instantOf(text: string, timezone: string, daysLater: number): number {
  return text.length === 10 ? startOfLocalDate(timezone, text, daysLater) : Date.parse(text)
}

function compileTeam(team: Team, people: ReadonlyMap<string, CompiledPerson>): CompiledTeam {
  const known = (id: string) => requireKnown(people, id, 'person')
  return {
    team,
    owners: team.owners.map(known),
    backups: team.backups.map(known),
    onCall: (team.onCall?.people ?? []).map(known),
    decisionMaker: team.decisionMaker === undefined ? null : known(team.decisionMaker),
  }
}

function compileSegment(
  { id, when, severities, routes, reviewRules }: Segment,
  calendars: ReadonlyMap<string, WorkingCalendar>,
): CompiledSegment {
  const timers = Object.entries(severities).map(([severity, times]) => {
    const own = Object.entries(times).map(([kind, target]) => [
      kind === 'reviewBackupAfter' ? 'reviewBackup' : kind,
      timerOf(target, calendars),
    ])
    return [severity, Object.fromEntries(own) as SegmentTimers] as const
  })
  return {
    id,
    condition: compileCondition(when),
    timers: Object.fromEntries(timers),
    routes: routes.toSorted(byId).map(compileRule),
    reviewRules: reviewRules.toSorted(byId).map(compileRule),
  }
}

function timerOf(target: Target, calendars: ReadonlyMap<string, WorkingCalendar>): Timer {
  return { target, calendar: requireKnown(calendars, target.calendar, 'calendar') }
}

function compileTimers(
  policy: Policy,
  calendars: ReadonlyMap<string, WorkingCalendar>,
): Readonly<Record<Severity, Timers>> {
  const timer = (target: Target) => timerOf(target, calendars)
  const timers = SEVERITIES.map((severity) => {
    const { targets, review, reviewBackupAfter } = policy.severities[severity]
    return [
      severity,
      {
        first_response: timer(targets.first_response),
        update: timer(targets.update),
        resolution: timer(targets.resolution),
        review: timer(review ?? policy.review.budget),
        reviewBackup: reviewBackupAfter === undefined ? null : timer(reviewBackupAfter),
      },
    ] as const
  })
  return Object.fromEntries(timers) as Record<Severity, Timers>
}

function requireDeterministicFloor(trigger: Trigger, policy: Policy): void {
  const read = trigger.floor ? modelFactsOf(trigger, policy) : []
  if (read.length > 0)
    throw new TriageError(
      'invalid_policy',
      `Cannot use floor trigger ${trigger.id}: it reads the model fact ${read[0]}`,
    )
}

function requireKnown<T>(known: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = known.get(id)
  if (found === undefined)
    throw new TriageError('invalid_policy', `Cannot find ${what} "${id}" in the policy`)
  return found
}

function distinctPeople(people: readonly CompiledPerson[]): readonly CompiledPerson[] {
  return [...new Map(people.map((person) => [person.ref.id, person])).values()]
}

function nextTierOf(
  { review, lastResort }: Policy,
  teams: ReadonlyMap<string, CompiledTeam>,
  people: ReadonlyMap<string, CompiledPerson>,
): readonly PersonRef[] {
  if (review.nextTier === undefined)
    return [lastResort.owner, lastResort.backup].map((id) => requireKnown(people, id, 'person').ref)
  const { owners, backups } = requireKnown(teams, review.nextTier, 'team')
  return distinctPeople([...owners, ...backups]).map(({ ref }) => ref)
}

function bySeverityThenId(a: Trigger, b: Trigger): number {
  return SEVERITIES.indexOf(a.raise) - SEVERITIES.indexOf(b.raise) || byId(a, b)
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

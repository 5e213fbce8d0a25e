import type { ScoringRules } from '../domain/cascade.ts'
import type { Costs } from '../domain/costs.ts'
import { definedOnly } from '../domain/defined-only.ts'
import { SEVERITIES, type Severity } from '../domain/labels.ts'
import type {
  Calendar,
  Condition,
  Limits,
  Person,
  Policy,
  Route,
  RouteMode,
  Segment,
  SegmentTimes,
  SeverityDefinition,
  Target,
  Team,
} from '../domain/policy.ts'
import type { SpikeSection } from '../domain/spike-rules.ts'
import type { PartialPolicy, RawPolicy, RawSegmentTimes, RawSeverity, RawTarget } from './schema.ts'

/** Read conditions by position in their lists; null where one could not be read. */
export type Conditions = {
  readonly triggers: readonly (Condition | null)[]
  readonly routes: readonly (Condition | null)[]
  readonly reviewRules: readonly (Condition | null)[]
  readonly segments: Readonly<Record<string, SegmentConditions>>
  /** `scoring.ask.when`, where there is one. */
  readonly askWhen?: Condition | null
  /** `review.four_eyes.when`, where there is one. */
  readonly fourEyes?: Condition | null
}

export type SegmentConditions = {
  readonly when: Condition | null
  readonly routes: readonly (Condition | null)[]
  readonly reviewRules: readonly (Condition | null)[]
}

const DEFAULT_GRACE_MINUTES = 120

/** The policy of a file; undefined when a section or a condition is not there to build it from. */
export function buildPolicy(
  file: PartialPolicy,
  conditions: Conditions,
  calendars: Readonly<Record<string, Calendar>>,
): Omit<Policy, 'hash'> | undefined {
  if (!isWhole(file)) return undefined
  const triggers = withConditions(file.triggers, conditions.triggers)
  const routes = withConditions(file.routes, conditions.routes)
  const reviewRules = withConditions(file.review.rules, conditions.reviewRules)
  if (triggers === undefined || routes === undefined || reviewRules === undefined) return undefined
  const { askWhen, fourEyes } = conditions
  if (askWhen === null || fourEyes === null) return undefined
  const segments = segmentsOf(file, conditions)
  if (segments === undefined) return undefined
  const { review } = file
  return {
    id: file.id,
    version: file.version,
    profile: file.profile,
    attributes: file.attributes,
    calendars,
    severities: severitiesOf(file.severities),
    phrases: file.phrases,
    triggers: triggers.map(({ type, notify, ...trigger }) => ({
      ...trigger,
      ...(type !== undefined && { type }),
      ...(notify !== undefined && { notify }),
    })),
    routes: routes.map(routeOf),
    otherwise: { id: 'otherwise', ...routeOf(file.otherwise) },
    ...(segments.length > 0 && { segments }),
    ...(file.sla !== undefined && { sla: { warnings: file.sla.warn, page: file.sla.page } }),
    people: mapEntries(file.people, personOf),
    teams: mapEntries(file.teams, teamOf),
    lastResort: file.last_resort,
    review: {
      team: review.team,
      rules: reviewRules,
      budget: targetOf(review.budget, review.calendar),
      ...(fourEyes !== undefined && { fourEyes }),
      ...(review.undo_seconds !== undefined && { undoSeconds: review.undo_seconds }),
      ...(review.next_tier !== undefined && { nextTier: review.next_tier }),
      ...(review.samples !== undefined && { samples: review.samples }),
      ...(review.risk !== undefined && { risk: review.risk }),
    },
    ...(file.webhooks !== undefined && { webhooks: { ticketText: file.webhooks.ticket_text } }),
    ...(file.retention !== undefined && {
      retention: withoutAbsent({ originalsDays: file.retention.originals }),
    }),
    spikes: spikesOf(file.spikes),
    ...(file.scoring !== undefined && { scoring: scoringOf(file.scoring, askWhen) }),
    ...(file.costs !== undefined && { costs: costsOf(file.costs) }),
    ...(file.limits !== undefined && { limits: limitsOf(file.limits) }),
    types: file.types,
    tags: file.tags,
    messages: messagesOf(file.messages),
    cases: file.cases.map(({ expect, ...policyCase }) => ({
      ...policyCase,
      expect: withoutAbsent(expect),
    })),
  }
}

function isWhole(file: PartialPolicy): file is RawPolicy {
  const sections: readonly (keyof RawPolicy)[] = [
    'id',
    'version',
    'profile',
    'attributes',
    'calendars',
    'severities',
    'phrases',
    'triggers',
    'routes',
    'otherwise',
    'people',
    'teams',
    'last_resort',
    'review',
    'spikes',
    'types',
    'tags',
    'messages',
    'cases',
  ]
  return sections.every((section) => file[section] !== undefined)
}

function withConditions<R extends { readonly when?: unknown }>(
  rules: readonly R[],
  conditions: readonly (Condition | null)[],
): readonly (Omit<R, 'when'> & { readonly when: Condition })[] | undefined {
  if (rules.length !== conditions.length || conditions.includes(null)) return undefined
  return rules.map((rule, index) => ({ ...rule, when: conditions[index]! }))
}

function severitiesOf(
  severities: RawPolicy['severities'],
): Readonly<Record<Severity, SeverityDefinition>> {
  return Object.fromEntries(
    SEVERITIES.map((severity) => [severity, severityOf(severities[severity] ?? severities.P2)]),
  ) as Record<Severity, SeverityDefinition>
}

function severityOf(raw: RawSeverity): SeverityDefinition {
  const target = (written: RawTarget) => targetOf(written, raw.calendar)
  return {
    meaning: raw.meaning,
    examples: raw.examples,
    targets: {
      first_response: target(raw.first_response),
      update: target(raw.update),
      resolution: target(raw.resolution),
    },
    ...(raw.review !== undefined && { review: target(raw.review) }),
    ...(raw.review_backup_after !== undefined && {
      reviewBackupAfter: target(raw.review_backup_after),
    }),
    ...(raw.warn !== undefined && { warnings: raw.warn }),
  }
}

function limitsOf({
  review_rules: reviewRules,
  review_share: reviewShare,
  ...limits
}: NonNullable<RawPolicy['limits']>): Limits {
  return definedOnly({ ...limits, reviewRules, reviewShare })
}

function segmentsOf(
  { segments = {}, severities }: RawPolicy,
  conditions: Conditions,
): readonly Segment[] | undefined {
  const built = Object.entries(segments).map(([id, segment]): Segment | undefined => {
    const own = conditions.segments[id]
    if (own === undefined || own.when === null) return undefined
    const routes = withConditions(segment.routes, own.routes)
    const reviewRules = withConditions(segment.review.rules, own.reviewRules)
    if (routes === undefined || reviewRules === undefined) return undefined
    const times = Object.entries(segment.severities).map(([severity, raw]) => {
      const general = severities[severity as Severity] ?? severities.P2
      return [severity, segmentTimesOf(raw, general.calendar)] as const
    })
    return {
      id,
      when: own.when,
      severities: Object.fromEntries(times),
      routes: routes.map(routeOf),
      reviewRules,
    }
  })
  return built.every((segment) => segment !== undefined) ? built : undefined
}

function segmentTimesOf(raw: RawSegmentTimes, calendar: string): SegmentTimes {
  const { review_backup_after: reviewBackupAfter, calendar: own = calendar, ...times } = raw
  const written = Object.entries({ ...times, reviewBackupAfter }).flatMap(([kind, target]) =>
    target === undefined ? [] : [[kind, targetOf(target, own)] as const],
  )
  return Object.fromEntries(written)
}

function routeOf<
  R extends { readonly needs?: RawNeeds | undefined; readonly mode?: RouteMode | undefined },
>({ needs, mode, ...route }: R): Omit<R, 'needs' | 'mode'> & Pick<Route, 'needs' | 'mode'> {
  return {
    ...route,
    ...(mode !== undefined && { mode }),
    ...(needs !== undefined && { needs: withoutAbsent(needs) }),
  }
}
type RawNeeds = NonNullable<RawPolicy['otherwise']['needs']>

function scoringOf(
  { use, ask }: NonNullable<RawPolicy['scoring']>,
  when: Condition | undefined,
): ScoringRules {
  const { bands, signals, unscored, disagreement } = ask
  const rules = { bands, signals, unscored, disagreement }
  return { use, ask: when === undefined ? rules : { ...rules, when } }
}

function costsOf(costs: NonNullable<RawPolicy['costs']>): Costs {
  return {
    unseenCritical: costs.unseen_critical,
    heldCritical: costs.held_critical,
    underStep: costs.under_step,
    overStep: costs.over_step,
    review: costs.review,
  }
}

function messagesOf({ hand_off: handOff, ...messages }: RawPolicy['messages']): Policy['messages'] {
  return definedOnly({ ...messages, handOff })
}

function spikesOf(raw: RawPolicy['spikes']): SpikeSection {
  return {
    windowMinutes: raw.window,
    minCustomers: raw.customers,
    ratio: raw.ratio,
    ...withoutAbsent({
      timezone: raw.timezone,
      falseAlarmsPerWeek: raw.false_alarms_per_week,
      attributes: raw.attributes,
      traffic: raw.traffic,
      closeRatio: raw.close_ratio,
      quietMinutes: raw.quiet,
      cooldownMinutes: raw.cooldown,
      major: raw.major,
    }),
  }
}

function targetOf(written: RawTarget, calendar: string): Target {
  return 'time' in written
    ? { ...written.time, calendar: written.calendar }
    : { ...written, calendar }
}

function personOf(id: string, person: RawPolicy['people'][string]): Person {
  const { name, role, leave, ...optional } = person
  return { id, name, role, leave, ...withoutAbsent(optional) }
}

function teamOf(id: string, { grace, ...raw }: RawPolicy['teams'][string]): Team {
  const { on_call: onCall, decision_maker: decisionMaker, strategy, relief, ...team } = raw
  return {
    id,
    ...team,
    graceMinutes: grace ?? DEFAULT_GRACE_MINUTES,
    ...withoutAbsent({ strategy, relief, decisionMaker }),
    ...(onCall !== undefined && {
      onCall: { ...onCall, handover: minuteOfDay(onCall.handover) },
    }),
  }
}

function minuteOfDay(time: string): number {
  const [hour, minute] = time.split(':').map(Number)
  return hour! * 60 + minute!
}

function mapEntries<A, B>(
  record: Readonly<Record<string, A>>,
  build: (id: string, value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([id, value]) => [id, build(id, value)]))
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the members that are undefined, which a policy never holds. */
function withoutAbsent<T extends object>(record: T): Present<T> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as Present<T>
}

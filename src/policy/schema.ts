import { z } from 'zod'
import { DEFAULT_COSTS } from '../domain/costs.ts'
import { DEFAULT_SCORING, DOUBTED_SIGNALS, SCORING_MODES } from '../domain/cascade.ts'
import type { FactType } from '../domain/facts.ts'
import { INTENTS, SEVERITIES, TRIGGER_KINDS, TYPES } from '../domain/labels.ts'
import { ROUTE_MODES, STRATEGIES, TRIGGER_CATEGORIES } from '../domain/policy.ts'
import { CHANNELS } from '../domain/ticket.ts'
import { isLocalDate } from '../domain/working-intervals.ts'
import { DURATION_FORMS, parseDuration, parseHours } from './duration.ts'
import { parseWarning, WARNING_FORMS } from './parse-warning.ts'

/**
 * The shape of a policy file, and with its descriptions the source of `policies/policy.schema.json` and of
 * `docs/policy-reference.md`. What needs the rest of the file to judge (facts, references, times that do not fit
 * together) is checked after it; `when` has its own reader in `parse-condition.ts`.
 */

const FACT_TYPES = [
  'string',
  'number',
  'boolean',
  'list',
  'hours_until',
] as const satisfies readonly FactType[]

const id = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
    error: 'letters, digits, "_" and "-" required, starting with a letter',
  })
  .describe('Name that other parts of the policy use; letters, digits, "_" and "-"')
const sentence = z.string().min(1, { error: 'some text required' })
const when = z.unknown().meta({
  condition: true,
  description:
    'Facts and what each must be, joined by "and"; `all`, `any` and `not` combine conditions. A missing fact makes its condition false',
})
const because = sentence.describe(
  'The reason that people read, one sentence; `{fact}` stands for the value of a fact',
)

const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text)
  if (parsed !== null) return { ...parsed, text: text.trim() }
  context.issues.push({
    code: 'custom',
    input: text,
    message: `a duration such as ${DURATION_FORMS} required`,
  })
  return z.NEVER
})

const minutes = duration.transform((parsed, context) => {
  if (parsed.unit === 'minutes') return parsed.amount
  context.issues.push({
    code: 'custom',
    input: parsed.text,
    message: 'minutes or hours required',
  })
  return z.NEVER
})

const warning = z
  .string()
  .transform((text, context) => {
    const parsed = parseWarning(text)
    if (parsed !== null) return parsed
    context.issues.push({
      code: 'custom',
      input: text,
      message: `a warning such as ${WARNING_FORMS} required`,
    })
    return z.NEVER
  })
  .describe(`When to warn: ${WARNING_FORMS}, in working time of the clock`)

const localDate = z.string().refine(isLocalDate, { error: 'a date such as 2026-03-09 required' })

const dateOrInstant = z.string().refine((text) => isLocalDate(text) || isInstant(text), {
  error: 'a date (2026-08-14) or an instant (2026-08-14T12:00:00Z) required',
})

function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))
  )
}

const target = z.union(
  [
    duration,
    z.strictObject({
      time: duration.describe(`A duration such as ${DURATION_FORMS}`),
      calendar: z.string().describe('Calendar that this time runs on'),
    }),
  ],
  {
    error: `a duration such as ${DURATION_FORMS}, or { time, calendar }, required`,
  },
)

const windows = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'a window such as "09:00-17:00", or a list of them, required',
})

const WEEK_KEY = /^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$/

const calendar = z.strictObject({
  timezone: z.string().describe('IANA name of the zone; clock changes are respected'),
  open: z.literal('always').optional().describe('Day and night, without hours and holidays'),
  hours: z
    .record(
      z
        .string()
        .regex(WEEK_KEY, { error: 'a day ("mon") or a span ("mon-fri") required' })
        .describe('A day ("mon") or a span of days ("mon-fri")'),
      windows,
    )
    .optional()
    .describe('Day or span of days → one window ("09:00-17:00") or several of that day'),
  holidays: z
    .array(z.string().describe('Local date, YYYY-MM-DD'))
    .default([])
    .describe('Local dates without work'),
})

const times = {
  first_response: target.describe('Until our first answer, from when the customer wrote'),
  update: target.describe('From one answer of ours to the next, until it is solved'),
  resolution: target.describe('Until it is solved'),
  review: target.describe('How long a person has to decide a held ticket'),
  review_backup_after: target.describe('After this the backup reviewer is told'),
}

const severity = z.strictObject({
  meaning: sentence.describe('What this severity stands for, for people'),
  examples: z
    .array(sentence)
    .min(1, { error: 'at least one real example required' })
    .describe('Real examples in the words of customers'),
  calendar: z.string().describe('Calendar of the times that name none'),
  ...times,
  review: times.review.optional(),
  review_backup_after: times.review_backup_after.optional(),
  warn: z.array(warning).optional().describe('Warnings of this severity in place of `sla.warn`'),
})

const segmentTimes = z.strictObject({
  calendar: z.string().optional().describe('Calendar of these times; the severity’s if absent'),
  first_response: times.first_response.optional(),
  update: times.update.optional(),
  resolution: times.resolution.optional(),
  review: times.review.optional(),
  review_backup_after: times.review_backup_after.optional(),
})

const phrase = z.strictObject({
  id,
  kind: z.enum(TRIGGER_KINDS).describe('What the phrase tells; triggers read it as `phrases`'),
  patterns: z
    .array(sentence)
    .min(1, { error: 'at least one pattern required' })
    .describe('Words, `(a|b)` alternatives, `[optional]` words, `..2` gaps'),
  negatable: z.boolean().default(true).describe('A negation in front undoes the phrase'),
})

const trigger = z.strictObject({
  id,
  category: z.enum(TRIGGER_CATEGORIES).describe('What kind of reason it is'),
  when,
  raise: z.enum(SEVERITIES).describe('At least this severity; the most severe of all wins'),
  floor: z
    .boolean()
    .default(false)
    .describe('Reads only what is certain, so that no model can undo it'),
  because,
  review: z.boolean().default(false).describe('Holds the ticket for a person, whatever severity'),
  type: z.enum(TYPES).optional().describe('Sets the type of the ticket'),
  notify: z.array(z.string()).optional().describe('Teams whose owners are told'),
})

const needs = z
  .strictObject({
    skills: z.array(z.string()).optional().describe('Skills that the owner should have'),
    language: z.boolean().optional().describe('The owner should speak the ticket’s language'),
    region: z
      .boolean()
      .optional()
      .describe('The owner should work for the region of the customer (`customer.region`)'),
    authority: z
      .record(id, z.string())
      .optional()
      .describe(
        'Kind of authority → numeric fact that it must cover (`refund: attributes.requestedCredit`); names the decision-maker',
      ),
  })
  .describe('What the owner should bring: asked for first, never a reason for nobody')

const route = z.strictObject({
  id,
  when,
  team: z.string().describe('Team that gets it'),
  because,
  needs: needs.optional(),
  mode: z
    .enum(ROUTE_MODES)
    .optional()
    .describe(
      '`off` and `shadow` hold every ticket of this route and hide the suggestion, `suggest` holds with it in view, `auto` (the default) holds what the rules hold',
    ),
})

const share = z
  .number()
  .min(0, { error: 'a share from 0 to 1 required' })
  .max(1, { error: 'a share from 0 to 1 required' })

const reviewRule = z.strictObject({ id, when, because })

const person = z.strictObject({
  name: sentence.describe('Full name as colleagues and customers read it'),
  role: sentence.describe('What the person does; slot {role} of messages'),
  hours: z
    .string()
    .optional()
    .describe('Calendar of working hours; absent: can be reached at any time'),
  timezone: z
    .string()
    .optional()
    .describe('Zone of whole days of leave for people without hours; absent: UTC'),
  languages: z.array(z.string()).optional().describe('Languages spoken, ISO 639-1'),
  skills: z.array(z.string()).optional().describe('Skills that routes may need'),
  regions: z.array(z.string()).optional().describe('Customer regions the person works for'),
  authority: z
    .record(id, z.number().min(0, { error: 'an amount of 0 or above required' }))
    .optional()
    .describe('Kind of authority → up to which amount the person may decide'),
  capacity: z
    .int()
    .min(1, { error: 'at least 1 open ticket required' })
    .optional()
    .describe('At so many open tickets the next person is asked; absent: no limit'),
  leave: z
    .array(
      z.strictObject({
        from: dateOrInstant.describe('First day, or an instant'),
        until: dateOrInstant.describe('Last day (away until its end), or an instant'),
      }),
    )
    .default([])
    .describe('When the person is away'),
})

const team = z.strictObject({
  name: sentence.describe('Name as people read it'),
  tier: z
    .int()
    .min(1, { error: 'a tier of 1 or above required' })
    .describe('1 is the front line; higher tiers know or may do more'),
  strategy: z
    .enum(STRATEGIES)
    .optional()
    .describe(
      'Who of the owners is asked first: as listed (the default), the next in turn, the fewest open tickets, who brings most of the needs, who is at work longest from now, or who is on call',
    ),
  owners: z
    .array(z.string())
    .min(1, { error: 'at least one owner required' })
    .describe('People in order of preference'),
  backups: z
    .array(z.string())
    .min(1, { error: 'at least one backup required' })
    .describe('People who back the owner up, in order'),
  grace: minutes.optional().describe('Who is back within this is waited for; 2h if absent'),
  relief: z
    .array(z.string())
    .optional()
    .describe('Teams that take over, in order, when nobody of this one is there in time'),
  decision_maker: z
    .string()
    .optional()
    .describe('Who decides what the owner may not; absent: the owner'),
  on_call: z
    .strictObject({
      people: z
        .array(z.string())
        .min(1, { error: 'at least one person required' })
        .describe('Order of the rotation'),
      from: localDate.describe('Local date of the first handover'),
      handover: z
        .string()
        .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, { error: 'a time such as "09:00" required' })
        .default('09:00')
        .describe('Local time at which the next person takes over'),
      timezone: z.string().describe('IANA name of the zone of the handover'),
      days: z
        .int()
        .min(1, { error: 'at least 1 day required' })
        .default(7)
        .describe('Days that each person is on call'),
    })
    .optional()
    .describe('Rotation of `strategy: on-call`; whoever is on call answers at any hour'),
})

const fact = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
  error: 'text, a number, true/false or a list of texts required',
})

const policyCase = z.strictObject({
  id,
  ticket: z.record(z.string(), z.unknown()).default({}).describe('Fields of the example ticket'),
  facts: z
    .record(z.string(), fact)
    .default({})
    .describe('Facts set by hand, so that a case needs no model'),
  expect: z
    .strictObject({
      severity: z.enum(SEVERITIES).optional().describe('Expected severity'),
      type: z.enum(TYPES).optional().describe('Expected type'),
      team: z.string().optional().describe('Expected team'),
      disposition: z
        .enum(['auto', 'review'])
        .optional()
        .describe('Expected: the platform may act, or a person decides'),
    })
    .describe('What must be decided; what is absent is not compared'),
})

const { ask } = DEFAULT_SCORING
const scoring = z.strictObject({
  use: z.enum(SCORING_MODES).default(DEFAULT_SCORING.use).describe('Who reads the text'),
  ask: z
    .strictObject({
      bands: z
        .array(z.enum(['high', 'medium', 'low']))
        .default([...ask.bands])
        .describe('Confidence bands of the local model that ask'),
      signals: z
        .array(z.enum(DOUBTED_SIGNALS))
        .default([...ask.signals])
        .describe('Signals whose band counts'),
      unscored: z.boolean().default(ask.unscored).describe('Ask when it could not tell'),
      disagreement: z
        .boolean()
        .default(ask.disagreement)
        .describe('Ask when its answers contradict each other or a listed phrase'),
      when: when.optional(),
    })
    .prefault({})
    .describe('When an LLM is asked for a second opinion; any of these is enough'),
})

const cost = z.number().min(0, { error: 'a cost of 0 or above required' })
const costs = z.strictObject({
  unseen_critical: cost
    .default(DEFAULT_COSTS.unseenCritical)
    .describe('A critical ticket that nobody looked at'),
  held_critical: cost
    .default(DEFAULT_COSTS.heldCritical)
    .describe('A critical ticket that was decided lower, but held for a person'),
  under_step: cost.default(DEFAULT_COSTS.underStep).describe('Each level decided too low'),
  over_step: cost.default(DEFAULT_COSTS.overStep).describe('Each level decided too high'),
  review: cost.default(DEFAULT_COSTS.review).describe('One look of a person'),
})

const count = z.int().min(1, { error: 'a whole number of at least 1 required' })
const limits = z
  .strictObject({
    triggers: count.optional().meta({ description: 'Most triggers' }),
    routes: count.optional().meta({ description: 'Most routes' }),
    comparisons: count.optional().meta({ description: 'Most comparisons in one rule' }),
    review_rules: count.optional().meta({ description: 'Most rules that hold a ticket' }),
    moved: share.optional().meta({
      description: 'Largest share of stored tickets that a new version may decide otherwise',
    }),
    lowered: share
      .optional()
      .meta({ description: 'Largest share of stored tickets that a new version may lower' }),
    review_share: share
      .optional()
      .meta({ description: 'Largest share of stored tickets that a new version may hold' }),
  })
  .meta({
    description:
      'How complicated the policy may become, and how far one version may move decisions',
  })

const customers = z.int().min(2, { error: 'at least 2 customers required' })
const ratio = z.number().min(1, { error: 'a ratio of 1 or above required' })

const spikes = z.strictObject({
  window: minutes
    .refine((length) => length >= 10 && length <= 1_440, { error: 'between 10m and 24h required' })
    .describe('How far back customers are counted'),
  customers: customers.describe('Different customers below which nothing is a spike'),
  ratio: ratio.describe('So many times the usual number'),
  timezone: z
    .string()
    .optional()
    .describe('Usual numbers are learned for the hours of the week of this zone; UTC where absent'),
  false_alarms_per_week: z
    .number()
    .positive({ error: 'more than 0 false alarms required: none at all needs infinite patience' })
    .optional()
    .describe('To expect at most, over everything that is counted; 1 where absent'),
  attributes: z
    .array(id)
    .max(3, { error: 'at most 3 attributes required' })
    .optional()
    .describe('Declared attributes that are counted as words are, such as a product'),
  traffic: z
    .enum(['relative', 'absolute'])
    .optional()
    .describe('When everybody writes more, each word may too (relative, where absent), or not'),
  close_ratio: ratio
    .optional()
    .describe('An incident goes on down to this ratio; half of ratio where absent'),
  quiet: minutes
    .optional()
    .describe('Below it for so long, an incident ends by itself; 30m where absent'),
  cooldown: minutes
    .optional()
    .describe('Then its words open no other for so long, unless more say them; 2h where absent'),
  major: z
    .strictObject({
      customers: customers.describe('From so many customers on'),
      ratio: ratio.describe('And so many times the usual number'),
      regions: z
        .record(z.string(), z.array(z.string()).min(1))
        .default({})
        .describe('Region → people who are told'),
      otherwise: z
        .array(z.string())
        .min(1, { error: 'at least one person required' })
        .describe('People for other regions, or none'),
    })
    .optional()
    .describe('When people are told at once, and once'),
})

const days = z.string().transform((text, context) => {
  const hours = parseHours(text)
  if (hours !== null && hours % 24 === 0) return hours / 24
  context.issues.push({ code: 'custom', input: text, message: 'days such as "90 days" required' })
  return z.NEVER
})

export const policySchema = z
  .strictObject({
    id,
    version: z
      .string()
      .min(1, { error: 'a version required' })
      .describe('Version that receipts name; change it with every change'),
    profile: z
      .enum(['four-level', 'three-level'])
      .default('four-level')
      .describe('Show P1 to P4, or Critical (P1), High (P2, P3) and Low (P4)'),
    attributes: z
      .record(
        id,
        z.strictObject({
          type: z.enum(FACT_TYPES).describe('Type of the fact'),
          doc: sentence.describe('What it means'),
        }),
      )
      .default({})
      .describe('Facts that your platform sends under `attributes`; rules read `attributes.NAME`'),
    calendars: z.record(id, calendar).describe('When people work, and which time counts'),
    severities: z
      .strictObject({
        P1: severity.describe('Critical'),
        P2: severity.describe('High'),
        P3: severity
          .optional()
          .describe('Medium; a three-level profile may leave it out and P2 stands for it'),
        P4: severity.describe('Low'),
      })
      .describe('How bad is how bad, and how fast'),
    segments: z
      .record(
        id,
        z.strictObject({
          when,
          severities: z
            .partialRecord(z.enum(SEVERITIES), segmentTimes)
            .default({})
            .describe('Times in place of the general ones; of several segments the faster wins'),
          routes: z.array(route).default([]).describe('Asked before the general routes'),
          review: z
            .strictObject({
              rules: z.array(reviewRule).default([]).describe('Beside the general ones'),
            })
            .prefault({})
            .describe('When a person must look first'),
        }),
      )
      .optional()
      .describe(
        'Kinds of customers (enterprise, SMB, regulated, a region) with their own times, routes and review rules; a ticket may belong to several',
      ),
    sla: z
      .strictObject({
        warn: z.array(warning).default([]).describe('Warnings before a target is missed'),
        page: z
          .strictObject({
            warned: z
              .array(z.string())
              .default([])
              .describe('`owner`, `backup`, `decision_maker` or teams, paged at a warning'),
            breached: z
              .array(z.string())
              .default([])
              .describe('The same, paged when a target was missed'),
          })
          .prefault({})
          .describe('Who is paged'),
      })
      .optional()
      .describe('What is said before and when a target is missed'),
    triggers: z.array(trigger).describe('What makes a ticket worse; their order never matters'),
    routes: z.array(route).describe('Who gets it; exactly one must match'),
    otherwise: z
      .strictObject({
        team: z.string().describe('Team that gets what no route matches'),
        because,
        needs: needs.optional(),
      })
      .describe('The route of last choice'),
    people: z.record(id, person).describe('Who works here'),
    teams: z.record(id, team).describe('Who works together, and who is asked first'),
    last_resort: z
      .strictObject({
        owner: z.string().describe('Owns when nobody of a team is there in time; has no limit'),
        backup: z.string().describe('Backs up when nobody else of a team is there'),
      })
      .describe('Two people who can always be reached'),
    review: z
      .strictObject({
        team: z.string().describe('Team that decides held tickets'),
        budget: duration.describe('Time to decide where a severity names none'),
        calendar: z.string().describe('Calendar of the budget'),
        rules: z
          .array(reviewRule)
          .default([])
          .describe('When a person must look first, beside P1 and what could not be scored'),
        four_eyes: z
          .strictObject({ when })
          .optional()
          .describe('Held tickets that two people must agree on'),
        undo_seconds: z
          .int()
          .min(0, { error: 'seconds from 0 to 3600 required' })
          .max(3_600, { error: 'seconds from 0 to 3600 required' })
          .optional()
          .describe('How long a decision of a person can be taken back before it leaves the house'),
        next_tier: z.string().optional().describe('Team that is paged when nobody decides in time'),
        samples: z
          .strictObject({
            share: share.describe('Automatic decisions that a person looks at afterwards'),
            blind: share.default(0).describe('Of those: judged without seeing the suggestion'),
            known: share.default(0).describe('Items with a known answer, of all reviews'),
          })
          .optional()
          .describe('What people check for quality, as shares from 0 to 1'),
        risk: share
          .optional()
          .describe('Share of wrong decisions that a route may let pass without review'),
      })
      .describe('Who decides held tickets, and what is held'),
    webhooks: z
      .strictObject({
        ticket_text: z.boolean().describe('Events carry the redacted text of the ticket'),
      })
      .optional()
      .describe('What signed events carry'),
    spikes: spikes.describe('When many customers report the same'),
    retention: z
      .strictObject({
        originals: days
          .optional()
          .describe('How long a ticket keeps its words after its last decision'),
      })
      .optional()
      .describe('How long what customers wrote is kept'),
    scoring: scoring.optional().describe('Who reads the text, and when an LLM is asked'),
    limits: limits.optional(),
    costs: costs
      .optional()
      .describe(
        'What errors and looks cost, in minutes of an agent or any one unit; evals weigh decisions with it',
      ),
    types: z
      .partialRecord(z.enum(INTENTS), z.enum(TYPES))
      .default({})
      .describe('Intent → type, where yours differ from the label guide'),
    tags: z
      .array(sentence)
      .default([])
      .describe('Tags for the platform; slots {severity}, {priority}, {type}, {team}'),
    messages: z
      .strictObject({
        acknowledgement: sentence.describe('First answer to the customer, with slots'),
        incident: sentence
          .optional()
          .describe(
            'Draft to customers of an incident; slots {topic}, {customers}, {since}, {regions}',
          ),
        progress: sentence
          .optional()
          .describe('Draft to the customer at the update cadence; slots as in `acknowledgement`'),
        resolution: sentence.optional().describe('Draft to the customer with the solution'),
        channels: z
          .partialRecord(z.enum(SEVERITIES), z.enum(CHANNELS))
          .optional()
          .describe(
            'How to answer, by severity, where the customer prefers nothing; absent: the channel of the ticket',
          ),
        hand_off: sentence
          .optional()
          .describe('Draft to the colleague who takes over; also {backup}'),
      })
      .describe('What the customer is told'),
    cases: z.array(policyCase).default([]).describe('Example tickets with the right answer'),
    phrases: z.array(phrase).default([]).describe('The words that we listen for'),
  })
  .describe('An escalation procedure')

/** A policy file after its shape was checked, before its parts were checked against each other. */
export type RawPolicy = z.output<typeof policySchema>
/** The same with what could not be read left out. */
export type PartialPolicy = { readonly [K in keyof RawPolicy]?: RawPolicy[K] | undefined }
export type RawCalendar = z.output<typeof calendar>
export type RawTarget = z.output<typeof target>
export type RawSeverity = z.output<typeof severity>
export type RawSegmentTimes = z.output<typeof segmentTimes>
export type RawSegment = NonNullable<RawPolicy['segments']>[string]

import { z } from 'zod'
import { DEFAULT_COSTS } from '../domain/costs.ts'
import { DEFAULT_SCORING, DOUBTED_SIGNALS, SCORING_MODES } from '../domain/cascade.ts'
import type { FactType } from '../domain/facts.ts'
import { INTENTS, SEVERITIES, TRIGGER_KINDS, TYPES } from '../domain/labels.ts'
import { ROUTE_MODES, TRIGGER_CATEGORIES } from '../domain/policy.ts'
import { isLocalDate } from '../domain/working-intervals.ts'
import { DURATION_FORMS, parseDuration, parseHours } from './duration.ts'

/**
 * The shape of a policy file. What needs the rest of the file to judge (facts, references, times that do not fit
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
  .meta({ description: 'Name that other parts of the policy use' })
const sentence = z.string().min(1, { error: 'some text required' })
const when = z.unknown()

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

const dateOrInstant = z.string().refine((text) => isLocalDate(text) || isInstant(text), {
  error: 'a date (2026-08-14) or an instant (2026-08-14T12:00:00Z) required',
})

function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))
  )
}

const target = z.union([duration, z.strictObject({ time: duration, calendar: z.string() })], {
  error: `a duration such as ${DURATION_FORMS}, or { time, calendar }, required`,
})

const windows = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'a window such as "09:00-17:00", or a list of them, required',
})

const WEEK_KEY = /^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$/

const calendar = z.strictObject({
  timezone: z.string(),
  open: z.literal('always').optional(),
  hours: z
    .record(
      z.string().regex(WEEK_KEY, { error: 'a day ("mon") or a span ("mon-fri") required' }),
      windows,
    )
    .optional(),
  holidays: z.array(z.string()).default([]),
})

const severity = z.strictObject({
  meaning: sentence,
  examples: z.array(sentence).min(1, { error: 'at least one real example required' }),
  calendar: z.string(),
  first_response: target,
  update: target,
  resolution: target,
  review: target.optional(),
  review_backup_after: target.optional(),
})

const phrase = z.strictObject({
  id,
  kind: z.enum(TRIGGER_KINDS),
  patterns: z.array(sentence).min(1, { error: 'at least one pattern required' }),
  negatable: z.boolean().default(true),
})

const trigger = z.strictObject({
  id,
  category: z.enum(TRIGGER_CATEGORIES),
  when,
  raise: z.enum(SEVERITIES),
  floor: z.boolean().default(false),
  because: sentence,
  review: z.boolean().default(false),
  type: z.enum(TYPES).optional(),
  notify: z.array(z.string()).optional(),
})

const route = z.strictObject({
  id,
  when,
  team: z.string(),
  because: sentence,
  mode: z.enum(ROUTE_MODES).optional(),
})

const share = z
  .number()
  .min(0, { error: 'a share from 0 to 1 required' })
  .max(1, { error: 'a share from 0 to 1 required' })

const person = z.strictObject({
  name: sentence,
  role: sentence,
  hours: z.string().optional(),
  capacity: z.int().min(1, { error: 'at least 1 open ticket required' }).optional(),
  leave: z.array(z.strictObject({ from: dateOrInstant, until: dateOrInstant })).default([]),
  skills: z.array(sentence).optional(),
})

const team = z.strictObject({
  name: sentence,
  tier: z.int().min(1, { error: 'a tier of 1 or above required' }),
  owners: z.array(z.string()).min(1, { error: 'at least one owner required' }),
  backups: z.array(z.string()).min(1, { error: 'at least one backup required' }),
  grace: minutes.optional(),
})

const fact = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
  error: 'text, a number, true/false or a list of texts required',
})

const policyCase = z.strictObject({
  id,
  ticket: z.record(z.string(), z.unknown()).default({}),
  facts: z.record(z.string(), fact).default({}),
  expect: z.strictObject({
    severity: z.enum(SEVERITIES).optional(),
    type: z.enum(TYPES).optional(),
    team: z.string().optional(),
    disposition: z.enum(['auto', 'review']).optional(),
  }),
})

const { ask } = DEFAULT_SCORING
const scoring = z.strictObject({
  use: z.enum(SCORING_MODES).default(DEFAULT_SCORING.use),
  ask: z
    .strictObject({
      bands: z.array(z.enum(['high', 'medium', 'low'])).default([...ask.bands]),
      signals: z.array(z.enum(DOUBTED_SIGNALS)).default([...ask.signals]),
      unscored: z.boolean().default(ask.unscored),
      disagreement: z.boolean().default(ask.disagreement),
      when: when.optional(),
    })
    .prefault({}),
})

const cost = z.number().min(0, { error: 'a cost of 0 or above required' })
const costs = z.strictObject({
  unseen_critical: cost.default(DEFAULT_COSTS.unseenCritical),
  held_critical: cost.default(DEFAULT_COSTS.heldCritical),
  under_step: cost.default(DEFAULT_COSTS.underStep),
  over_step: cost.default(DEFAULT_COSTS.overStep),
  review: cost.default(DEFAULT_COSTS.review),
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

const days = z.string().transform((text, context) => {
  const hours = parseHours(text)
  if (hours !== null && hours % 24 === 0) return hours / 24
  context.issues.push({ code: 'custom', input: text, message: 'days such as "90 days" required' })
  return z.NEVER
})

export const policySchema = z.strictObject({
  id,
  version: z.string().min(1, { error: 'a version required' }),
  profile: z.enum(['four-level', 'three-level']).default('four-level'),
  attributes: z.record(id, z.strictObject({ type: z.enum(FACT_TYPES), doc: sentence })).default({}),
  calendars: z.record(id, calendar),
  severities: z.strictObject({ P1: severity, P2: severity, P3: severity, P4: severity }),
  triggers: z.array(trigger),
  routes: z.array(route),
  otherwise: z.strictObject({ team: z.string(), because: sentence }),
  people: z.record(id, person),
  teams: z.record(id, team),
  last_resort: z.strictObject({ owner: z.string(), backup: z.string() }),
  review: z.strictObject({
    team: z.string(),
    budget: duration,
    calendar: z.string(),
    rules: z.array(z.strictObject({ id, when, because: sentence })).default([]),
    four_eyes: z.strictObject({ when }).optional(),
    undo_seconds: z
      .int()
      .min(0, { error: 'seconds from 0 to 3600 required' })
      .max(3_600, { error: 'seconds from 0 to 3600 required' })
      .optional(),
    next_tier: z.string().optional(),
    samples: z.strictObject({ share, blind: share.default(0), known: share.default(0) }).optional(),
    risk: share.optional(),
  }),
  webhooks: z.strictObject({ ticket_text: z.boolean() }).optional(),
  spikes: z.strictObject({
    window: minutes,
    customers: z.int().min(2, { error: 'at least 2 customers required' }),
    ratio: z.number().min(1, { error: 'a ratio of 1 or above required' }),
  }),
  retention: z
    .strictObject({
      originals: days
        .optional()
        .meta({ description: 'How long a ticket keeps its words after its last decision' }),
    })
    .optional(),
  scoring: scoring.optional(),
  costs: costs.optional(),
  limits: limits.optional(),
  types: z.partialRecord(z.enum(INTENTS), z.enum(TYPES)).default({}),
  tags: z.array(sentence).default([]),
  messages: z.strictObject({ acknowledgement: sentence }),
  cases: z.array(policyCase).default([]),
  phrases: z.array(phrase).default([]),
})

/** A policy file after its shape was checked, before its parts were checked against each other. */
export type RawPolicy = z.output<typeof policySchema>
/** The same with what could not be read left out. */
export type PartialPolicy = { readonly [K in keyof RawPolicy]?: RawPolicy[K] | undefined }
export type RawCalendar = z.output<typeof calendar>
export type RawTarget = z.output<typeof target>
export type RawSeverity = z.output<typeof severity>

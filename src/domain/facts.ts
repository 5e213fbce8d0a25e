import { CHANNELS, type Channel } from './ticket.ts'
import {
  CLOCK_KINDS,
  EMOTIONS,
  INTENTS,
  PRIORITIES,
  SEVERITIES,
  TRIGGER_KINDS,
  TYPES,
} from './labels.ts'

/** `hours_until` is a number of hours from now to an instant; negative when it is past. */
export type FactType = 'string' | 'number' | 'boolean' | 'list' | 'hours_until'
export type FactValue = string | number | boolean | readonly string[]

export type FactDefinition = {
  readonly type: FactType
  readonly doc: string
  /** Closed list of values; an unknown value in a policy is an error. */
  readonly values?: readonly string[]
  readonly min?: number
  readonly max?: number
  /** Counts and levels have no value between two whole numbers. */
  readonly integer?: true
  /** A model's opinion. A trigger marked `floor: true` may not read it. */
  readonly fromModel?: true
}

/** Where a fact comes from: offsets into the customer's words, or nothing for ticket fields. */
export type Evidence = {
  readonly start: number
  readonly end: number
  readonly quote: string
  readonly source: 'phrase' | 'model' | 'llm'
}

/** Flat named values that a rule may read. A name that is absent is a missing fact. */
export type Facts = {
  readonly values: Readonly<Record<string, FactValue>>
  /** Quotes behind list facts, by `fact:item` (`phrases:churn`) and by fact. */
  readonly evidence: Readonly<Record<string, readonly Evidence[]>>
}

const STRINGS: readonly Channel[] = CHANNELS

/** Every fact that the service computes. `attributes.*` are added by the policy that declares them. */
export const FACTS: Readonly<Record<string, FactDefinition>> = {
  'ticket.channel': { type: 'string', values: STRINGS, doc: 'How the ticket came in' },
  'ticket.length': {
    type: 'number',
    integer: true,
    min: 0,
    doc: 'Length of the text in UTF-16 units',
  },
  'ticket.ageMinutes': { type: 'number', integer: true, min: 0, doc: 'Minutes since createdAt' },
  'ticket.instructionShaped': {
    type: 'boolean',
    doc: 'The text contains something shaped like an instruction to the system, or hidden characters',
  },
  'ticket.severityBefore': {
    type: 'string',
    values: SEVERITIES,
    doc: 'Severity of the decision that this one revises; absent on a first decision',
  },
  'ticket.heldBefore': {
    type: 'boolean',
    doc: 'The decision that this one revises still waits for a person',
  },
  'ticket.ownerBefore': {
    type: 'string',
    doc: 'Id of the owner under the decision that this one revises; absent on a first decision',
  },
  'customer.tier': { type: 'string', doc: 'Tier as the platform names it' },
  'customer.annualValue': { type: 'number', min: 0, doc: 'Contract value for one year' },
  'customer.region': { type: 'string', doc: 'Region as the platform names it' },
  'customer.timezone': { type: 'string', doc: 'IANA time zone' },
  'customer.language': { type: 'string', doc: 'Language the customer prefers' },
  'customer.renewal': { type: 'hours_until', doc: 'Time until the contract renews' },
  'customer.healthScore': { type: 'number', min: 0, max: 100, doc: '0 about to leave, 100 well' },
  'customer.regulated': { type: 'boolean', doc: 'The customer is under a regulator' },
  'customer.preferredChannel': {
    type: 'string',
    values: STRINGS,
    doc: 'How the customer wants to be answered',
  },
  'order.value': { type: 'number', min: 0, doc: 'Value of the order or shipment' },
  'order.delayHours': { type: 'number', min: 0, doc: 'Hours late' },
  'order.exposure': { type: 'number', min: 0, doc: 'order.value × order.delayHours' },
  'impact.affectedUsers': { type: 'number', integer: true, min: 0, doc: 'Users who cannot work' },
  'impact.downtimeMinutes': { type: 'number', min: 0, doc: 'Minutes of downtime so far' },
  'impact.userMinutes': {
    type: 'number',
    min: 0,
    doc: 'impact.affectedUsers × impact.downtimeMinutes',
  },
  'history.contacts': {
    type: 'number',
    integer: true,
    min: 0,
    doc: 'Earlier contacts about the same matter',
  },
  'history.reopened': { type: 'number', integer: true, min: 0, doc: 'Times reopened' },
  'history.breaches': {
    type: 'number',
    integer: true,
    min: 0,
    doc: 'Service targets already missed',
  },
  'history.minutesToBreach': {
    type: 'number',
    doc: 'Minutes until the next target is missed, negative when past',
  },
  'sla.warned': {
    type: 'list',
    values: CLOCK_KINDS,
    doc: 'Clocks of this ticket that were warned of: they are nearly used up; absent while none was',
  },
  'sla.breached': {
    type: 'list',
    values: CLOCK_KINDS,
    doc: 'Clocks of this ticket that were missed; absent while none was',
  },
  phrases: {
    type: 'list',
    values: TRIGGER_KINDS,
    doc: 'Kinds of the listed phrases found in the customer’s own new words',
  },
  'phrases.ids': { type: 'list', doc: 'Ids of the policy’s phrases that were found' },
  'spike.key': { type: 'string', doc: 'What many customers report now' },
  'spike.customers': {
    type: 'number',
    integer: true,
    min: 0,
    doc: 'Distinct customers in the window',
  },
  'spike.region': { type: 'string', doc: 'The region where they report it, when it is one' },
  'spike.incident': { type: 'string', doc: 'Id of the open incident of this spike' },
  'repeat.contacts7d': {
    type: 'number',
    integer: true,
    min: 0,
    doc: 'Contacts of this customer about the same in 7 days, this one included',
  },
  'repeat.reopened': { type: 'number', min: 0, doc: 'Times that those tickets were reopened' },
  'repeat.promisePassed': {
    type: 'boolean',
    doc: 'A time that was promised for one of those tickets has passed',
  },
  'repeat.tickets': { type: 'list', doc: 'Ids of those tickets; of other platforms how many' },
  'repeat.resendOf': {
    type: 'string',
    doc: 'Id of the ticket with the very same words that came minutes ago',
  },
  'spike.ratio': { type: 'number', min: 0, doc: 'Customers now ÷ the expected number' },
  language: { type: 'string', doc: 'Language of the text, ISO 639-1', fromModel: true },
  intent: {
    type: 'string',
    values: INTENTS,
    doc: 'What the customer wants solved',
    fromModel: true,
  },
  'intent.confidence': { type: 'number', min: 0, max: 1, doc: 'Calibrated', fromModel: true },
  'intent.band': {
    type: 'string',
    values: ['high', 'medium', 'low'],
    doc: 'Band of intent',
    fromModel: true,
  },
  type: { type: 'string', values: TYPES, doc: 'Type of the intent', fromModel: true },
  sentiment: {
    type: 'number',
    integer: true,
    min: -2,
    max: 2,
    doc: '-2 very negative to 2 very positive',
    fromModel: true,
  },
  'sentiment.confidence': { type: 'number', min: 0, max: 1, doc: 'Calibrated', fromModel: true },
  emotions: { type: 'list', values: EMOTIONS, doc: 'Emotions clearly expressed', fromModel: true },
  urgency: {
    type: 'number',
    integer: true,
    min: 0,
    max: 3,
    doc: '0 can wait to 3 now',
    fromModel: true,
  },
  'urgency.confidence': { type: 'number', min: 0, max: 1, doc: 'Calibrated', fromModel: true },
  'model.priority': {
    type: 'string',
    values: PRIORITIES,
    doc: 'Priority from the message alone',
    fromModel: true,
  },
  'model.priority.confidence': {
    type: 'number',
    min: 0,
    max: 1,
    doc: 'Calibrated',
    fromModel: true,
  },
  'model.critical': {
    type: 'number',
    min: 0,
    max: 1,
    doc: 'Probability that the message is critical, also when another priority is likelier',
    fromModel: true,
  },
  'model.triggers': {
    type: 'list',
    values: TRIGGER_KINDS,
    doc: 'Kinds tagged by a model, listed phrases or not',
    fromModel: true,
  },
  'scoring.unscored': {
    type: 'list',
    values: ['intent', 'sentiment', 'emotions', 'urgency', 'priority', 'language'],
    doc: 'Signals that could not be scored',
    fromModel: true,
  },
  'scoring.degraded': { type: 'list', doc: 'Steps of the fall-back ladder taken', fromModel: true },
}

/**
 * Facts that exist once the triggers have been heard: routes and review rules may read them, triggers may not.
 * For them `type` is the decided type too, not the model's.
 */
export const DECIDED_FACTS: Readonly<Record<string, FactDefinition>> = {
  severity: { type: 'string', values: SEVERITIES, doc: 'Decided severity' },
  type: { type: 'string', values: TYPES, doc: 'Decided type' },
}

/** The definition of a service fact or of an attribute that the policy declares. */
export function findFact(
  name: string,
  attributes: Readonly<Record<string, { readonly type: FactType; readonly doc: string }>>,
): FactDefinition | undefined {
  if (Object.hasOwn(FACTS, name)) return FACTS[name]
  const attribute = name.startsWith('attributes.') ? name.slice('attributes.'.length) : undefined
  return attribute !== undefined && Object.hasOwn(attributes, attribute)
    ? attributes[attribute]
    : undefined
}

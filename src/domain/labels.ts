/** The label guide as data: what every signal may say. Changing a list here changes the contract with the model, the prompts and the eval suites. */

/** The one main thing the customer wants solved, in the order of the model's head. */
export const INTENTS = [
  'outage',
  'bug',
  'how_to',
  'account_access',
  'account_change',
  'billing_dispute',
  'billing_question',
  'payment_failure',
  'refund',
  'cancellation',
  'sales',
  'delivery',
  'service_complaint',
  'security',
  'legal_privacy',
  'request',
  'feature_request',
  'praise',
  'other',
] as const
export type Intent = (typeof INTENTS)[number]

export const TYPES = [
  'technical',
  'billing',
  'service',
  'compliance',
  'account',
  'commercial',
  'fulfilment',
  'product',
  'general',
] as const
export type TicketType = (typeof TYPES)[number]

/** The type that an intent belongs to (label guide, column "type"). */
export const TYPE_OF_INTENT: Readonly<Record<Intent, TicketType>> = {
  outage: 'technical',
  bug: 'technical',
  how_to: 'technical',
  account_access: 'account',
  account_change: 'account',
  billing_dispute: 'billing',
  billing_question: 'billing',
  payment_failure: 'billing',
  refund: 'billing',
  cancellation: 'commercial',
  sales: 'commercial',
  delivery: 'fulfilment',
  service_complaint: 'service',
  security: 'compliance',
  legal_privacy: 'compliance',
  request: 'general',
  feature_request: 'product',
  praise: 'general',
  other: 'general',
}

export const EMOTIONS = [
  'anger',
  'frustration',
  'disappointment',
  'confusion',
  'worry',
  'gratitude',
] as const
export type Emotion = (typeof EMOTIONS)[number]

export const TRIGGER_KINDS = [
  'churn',
  'outrage',
  'disappointment',
  'legal_threat',
  'manager_request',
  'repeat_contact',
  'business_impact',
  'vulnerable',
] as const
export type TriggerKind = (typeof TRIGGER_KINDS)[number]

/** -2 very negative, -1 negative, 0 neutral, 1 positive, 2 very positive. */
export const SENTIMENTS = [-2, -1, 0, 1, 2] as const
export type SentimentValue = (typeof SENTIMENTS)[number]
export const SENTIMENT_LABELS: Readonly<Record<SentimentValue, string>> = {
  [-2]: 'very negative',
  [-1]: 'negative',
  0: 'neutral',
  1: 'positive',
  2: 'very positive',
}

/** 0 can wait, 1 soon (days), 2 today, 3 now. */
export const URGENCIES = [0, 1, 2, 3] as const
export type UrgencyValue = (typeof URGENCIES)[number]

export const PRIORITIES = ['low', 'high', 'critical'] as const
export type Priority = (typeof PRIORITIES)[number]

export const SEVERITIES = ['P1', 'P2', 'P3', 'P4'] as const
export type Severity = (typeof SEVERITIES)[number]

/** P1 is critical, P2 and P3 are high, P4 is low. */
export const PRIORITY_OF_SEVERITY: Readonly<Record<Severity, Priority>> = {
  P1: 'critical',
  P2: 'high',
  P3: 'high',
  P4: 'low',
}

/** The more severe of two; P1 is the most severe. */
export function moreSevere(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b
}

/** True when `a` is strictly more severe than `b`. */
export function isMoreSevere(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b)
}

export const LEVELS = ['Critical', 'High', 'Low'] as const
/** What `profile: three-level` shows in place of P1 to P4. */
export type Level = (typeof LEVELS)[number]

export const LEVEL_OF_SEVERITY: Readonly<Record<Severity, Level>> = {
  P1: 'Critical',
  P2: 'High',
  P3: 'High',
  P4: 'Low',
}

export const CLOCK_KINDS = ['first_response', 'update', 'resolution', 'review'] as const
export type ClockKind = (typeof CLOCK_KINDS)[number]

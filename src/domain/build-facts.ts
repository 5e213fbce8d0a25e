import type { Evidence, Facts, FactValue } from './facts.ts'
import type { Intent, Severity, TicketType } from './labels.ts'
import { TYPE_OF_INTENT } from './labels.ts'
import type { Moment } from './moment.ts'
import type { Signals, TriggerSignal } from './signal.ts'
import { isUnscored } from './signal.ts'
import type { Ticket } from './ticket.ts'
import { ticketText } from './ticket.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** What the rules may read besides the ticket itself. */
export type Scored = {
  readonly signals: Signals
  readonly degraded: readonly string[]
  readonly instructionShaped: readonly Evidence[]
  /** What earlier tickets of the customer say, as facts. */
  readonly repeats?: Facts['values']
  /** The decision that this one revises. */
  readonly before?: {
    readonly severity: Severity
    readonly held: boolean
    readonly owner?: string
  }
}

/** The flat record that a policy reads. Absent inputs give absent facts, never zeros. */
export function buildFacts(
  ticket: Ticket,
  scored: Scored,
  at: Moment,
  types: Readonly<Partial<Record<Intent, TicketType>>> = {},
): Facts {
  const values: Record<string, FactValue> = {}
  const evidence: Record<string, readonly Evidence[]> = {}
  const put = (name: string, value: FactValue | undefined) => {
    if (value !== undefined) values[name] = value
  }

  putTicketFacts(put, ticket, at)
  putSignalFacts(put, scored.signals, types)
  for (const [name, value] of Object.entries(scored.repeats ?? {})) put(name, value)
  put('ticket.severityBefore', scored.before?.severity)
  put('ticket.heldBefore', scored.before?.held)
  put('ticket.ownerBefore', scored.before?.owner)
  putClockFacts(put, values, ticket, at)
  put('ticket.instructionShaped', scored.instructionShaped.length > 0)
  if (scored.instructionShaped.length > 0)
    evidence['ticket.instructionShaped'] = scored.instructionShaped
  putTriggerFacts(put, evidence, scored.signals.triggers)
  put('scoring.unscored', unscoredNames(scored.signals))
  put('scoring.degraded', scored.degraded)
  return { values, evidence }
}

type Put = (name: string, value: FactValue | undefined) => void

function putTicketFacts(put: Put, ticket: Ticket, at: Moment): void {
  const { customer, order, impact, history } = ticket
  const now = Date.parse(at.now)
  put('ticket.channel', ticket.channel)
  put('ticket.length', ticketText(ticket).length)
  put('ticket.ageMinutes', Math.floor((now - Date.parse(at.clockStart)) / MINUTE_MS))
  put('customer.tier', customer?.tier)
  put('customer.annualValue', customer?.annualValue)
  put('customer.region', customer?.region)
  put('customer.timezone', customer?.timezone)
  put('customer.language', customer?.language)
  if (customer?.renewalAt !== undefined)
    put('customer.renewal', (Date.parse(customer.renewalAt) - now) / HOUR_MS)
  put('customer.healthScore', customer?.healthScore)
  put('customer.regulated', customer?.regulated)
  put('customer.preferredChannel', customer?.preferredChannel)
  put('order.value', order?.value)
  put('order.delayHours', order?.delayHours)
  put('order.exposure', product(order?.value, order?.delayHours))
  put('impact.affectedUsers', impact?.affectedUsers)
  put('impact.downtimeMinutes', impact?.downtimeMinutes)
  put('impact.userMinutes', product(impact?.affectedUsers, impact?.downtimeMinutes))
  put('history.contacts', history?.contacts)
  put('history.reopened', history?.reopened)
  put('history.breaches', history?.breaches)
  put('history.minutesToBreach', history?.minutesToBreach)
  for (const [name, value] of Object.entries(ticket.attributes ?? {}))
    put(`attributes.${name}`, value)
}

/** What our own clocks know goes beyond what the platform sent with the ticket. */
function putClockFacts(
  put: Put,
  known: Facts['values'],
  { history }: Ticket,
  { now, sla, happened = [] }: Moment,
): void {
  const reopened = happened.filter(({ kind }) => kind === 'reopened').length
  const before = known['history.reopened']
  if (reopened > 0)
    put('history.reopened', Math.max(typeof before === 'number' ? before : 0, reopened))
  if (sla === undefined) return
  const { warned, breached, nextDueAt } = sla
  if (warned.length > 0) put('sla.warned', warned)
  if (breached.length > 0) {
    put('sla.breached', breached)
    put('history.breaches', (history?.breaches ?? 0) + breached.length)
  }
  if (nextDueAt !== undefined)
    put(
      'history.minutesToBreach',
      Math.floor((Date.parse(nextDueAt) - Date.parse(now)) / MINUTE_MS),
    )
}

function putSignalFacts(
  put: Put,
  signals: Signals,
  types: Readonly<Partial<Record<Intent, TicketType>>>,
): void {
  const { intent, sentiment, emotions, urgency, priority, language } = signals
  if (!isUnscored(language)) put('language', language.code)
  if (!isUnscored(intent)) {
    put('intent', intent.label)
    put('intent.confidence', intent.confidence)
    put('intent.band', intent.band)
    put('type', types[intent.label] ?? TYPE_OF_INTENT[intent.label])
  }
  if (!isUnscored(sentiment)) {
    put('sentiment', sentiment.value)
    put('sentiment.confidence', sentiment.confidence)
  }
  if (!isUnscored(emotions))
    put(
      'emotions',
      emotions.map((emotion) => emotion.label),
    )
  if (!isUnscored(urgency)) {
    put('urgency', urgency.value)
    put('urgency.confidence', urgency.confidence)
  }
  if (!isUnscored(priority)) {
    put('model.priority', priority.label)
    put('model.priority.confidence', priority.confidence)
    const critical = [priority, ...(priority.alternatives ?? [])].find(
      ({ label }) => label === 'critical',
    )
    put('model.critical', critical?.confidence)
  }
  const spike = signals.spikes.toSorted((a, b) => b.ratio - a.ratio)[0]
  if (spike !== undefined) {
    put('spike.key', spike.key)
    put('spike.customers', spike.customers)
    put('spike.ratio', spike.ratio)
    put('spike.region', signals.spikes.find(({ region }) => region !== undefined)?.region)
    put('spike.incident', spike.incident)
  }
}

function putTriggerFacts(
  put: Put,
  evidence: Record<string, readonly Evidence[]>,
  triggers: readonly TriggerSignal[],
): void {
  const listed = triggers.filter((hit) => hit.source === 'phrase')
  const tagged = triggers.filter((hit) => hit.source !== 'phrase')
  put('phrases', distinct(listed.map((hit) => hit.kind)))
  put('phrases.ids', distinct(listed.flatMap((hit) => hit.phrase ?? [])))
  put('model.triggers', distinct(tagged.map((hit) => hit.kind)))
  for (const hit of triggers) {
    const shown: Evidence = { start: hit.start, end: hit.end, quote: hit.quote, source: hit.source }
    const fact = hit.source === 'phrase' ? 'phrases' : 'model.triggers'
    for (const key of hit.phrase === undefined
      ? [`${fact}:${hit.kind}`]
      : [`${fact}:${hit.kind}`, `phrases.ids:${hit.phrase}`])
      evidence[key] = [...(evidence[key] ?? []), shown]
  }
}

function unscoredNames(signals: Signals): readonly string[] {
  const names = ['intent', 'sentiment', 'emotions', 'urgency', 'priority', 'language'] as const
  return names.filter((name) => isUnscored(signals[name]))
}

const product = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a * b

const distinct = (items: readonly string[]) => [...new Set(items)].sort()

import type { TriggerKind } from './labels.ts'
import type { Signals } from './signal.ts'
import { isUnscored } from './signal.ts'

/** Kinds that a careful lead never reads as low priority; the others occur in small matters too. */
const GRAVE: ReadonlySet<TriggerKind> = new Set(['legal_threat', 'business_impact', 'vulnerable'])

/**
 * Signals that cannot all be true of one ticket, as short sentences: the model is calm where a listed phrase is grave,
 * or its own heads disagree. Deterministic, and a reason to ask for another opinion or a person.
 */
export function contradictions(signals: Signals): readonly string[] {
  const { priority, urgency, sentiment, intent } = signals
  const label = isUnscored(priority) ? undefined : priority.label
  const found: string[] = []

  if (label === 'low') {
    const grave = signals.triggers.filter(
      ({ kind, source }) => source === 'phrase' && GRAVE.has(kind),
    )
    for (const kind of new Set(grave.map((hit) => hit.kind)))
      found.push(`priority low, but a phrase says ${kind}`)
    if (!isUnscored(urgency) && urgency.value >= 2)
      found.push(`priority low, but urgency ${urgency.value}`)
  }
  if (label === 'critical' && !isUnscored(urgency) && urgency.value === 0)
    found.push('priority critical, but urgency 0')
  if (!isUnscored(intent) && intent.label === 'praise') {
    if (!isUnscored(sentiment) && sentiment.value < 0)
      found.push(`intent praise, but sentiment ${sentiment.value}`)
    if (label !== undefined && label !== 'low') found.push(`intent praise, but priority ${label}`)
  }
  return found
}

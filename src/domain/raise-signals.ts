import { PRIORITIES } from './labels.ts'
import type { Confident, Scores, Signals, TriggerSignal, Unscored } from './signal.ts'
import { isUnscored } from './signal.ts'

/** Parts of a second opinion that can be taken one by one. */
export const OPINION_PARTS = [
  'intent',
  'sentiment',
  'emotions',
  'urgency',
  'priority',
  'triggers',
] as const
export type OpinionPart = (typeof OPINION_PARTS)[number]

/**
 * The signals with the named parts of an opinion taken where they are more severe, or where nothing was scored: worse
 * sentiment, higher urgency and priority, more emotions and triggers. A scored intent or language is never replaced:
 * which intent is the more severe one is the policy's business, not a model's.
 */
export function raiseSignals(
  before: Signals,
  opinion: Scores,
  parts: readonly OpinionPart[],
): Signals {
  const takes = (part: OpinionPart) => parts.includes(part)
  return {
    ...before,
    ...(takes('intent') && {
      intent: preferScored(before.intent, opinion.intent),
      language: preferScored(before.language, opinion.language),
    }),
    ...(takes('sentiment') && {
      sentiment: severer(before.sentiment, opinion.sentiment, ({ value }) => -value),
    }),
    ...(takes('urgency') && {
      urgency: severer(before.urgency, opinion.urgency, ({ value }) => value),
    }),
    ...(takes('priority') && {
      priority: severer(before.priority, opinion.priority, ({ label }) =>
        PRIORITIES.indexOf(label),
      ),
    }),
    ...(takes('emotions') && { emotions: addEmotions(before.emotions, opinion.emotions) }),
    ...(takes('triggers') && { triggers: addTriggers(before.triggers, opinion.triggers ?? []) }),
  }
}

function preferScored<T extends object>(before: T, opinion: T | undefined): T {
  return isUnscored(before) && opinion !== undefined && !isUnscored(opinion) ? opinion : before
}

/** Of two equal claims the more confident one; a calmer claim is not heard. */
function severer<T extends Confident>(
  before: T | Unscored,
  opinion: T | Unscored | undefined,
  severity: (signal: T) => number,
): T | Unscored {
  if (opinion === undefined || isUnscored(opinion)) return before
  if (isUnscored(before)) return opinion
  const more = severity(opinion) - severity(before)
  return more > 0 || (more === 0 && opinion.confidence > before.confidence) ? opinion : before
}

/** Gratitude is left out: calm and thanks may never weigh against what was felt before. */
function addEmotions(
  before: Signals['emotions'],
  opinion: Scores['emotions'],
): Signals['emotions'] {
  if (opinion === undefined || isUnscored(opinion)) return before
  const old = isUnscored(before) ? [] : before
  const added = opinion.filter(
    ({ label }) => label !== 'gratitude' && !old.some((emotion) => emotion.label === label),
  )
  return isUnscored(before) && added.length === 0 ? before : [...old, ...added]
}

function addTriggers(
  before: readonly TriggerSignal[],
  opinion: readonly TriggerSignal[],
): readonly TriggerSignal[] {
  const added = opinion.filter(
    (hit) =>
      !before.some(
        (other) => other.kind === hit.kind && other.start < hit.end && hit.start < other.end,
      ),
  )
  return [...before, ...added].sort(
    (a, b) => a.start - b.start || a.end - b.end || (a.kind < b.kind ? -1 : 1),
  )
}

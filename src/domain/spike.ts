import type { Intent } from './labels.ts'
import type { SpikeSignal, Signals } from './signal.ts'
import { isUnscored } from './signal.ts'

/** How many distinct customers said something, now and usually. */
export type KeyVolume = {
  readonly key: string
  /** Distinct customers in the window, the one of this ticket included. */
  readonly customers: number
  /** Distinct customers to expect in a window of this length, from the baseline before it. */
  readonly expected: number
}

export type SpikeLimits = {
  readonly windowMinutes: number
  readonly minCustomers: number
  readonly ratio: number
}

const MAX_KEYWORDS = 6
const MIN_KEYWORD_LENGTH = 4

/** Questions, wishes and praise come in waves that are no incident. */
const COUNTED: ReadonlySet<Intent> = new Set<Intent>([
  'outage',
  'bug',
  'account_access',
  'payment_failure',
  'billing_dispute',
  'delivery',
  'service_complaint',
  'security',
])

/**
 * What this ticket is counted under: its intent, and its first few content words beside the intent.
 * Keys never come from the ticket's fields, so a sender cannot choose one.
 */
export function spikeKeys(text: string, signals: Pick<Signals, 'intent'>): readonly string[] {
  if (isUnscored(signals.intent)) return []
  const intent = signals.intent.label
  if (!COUNTED.has(intent)) return []
  return [`intent:${intent}`, ...contentWords(text).map((word) => `${intent}:${word}`)]
}

/** The volumes that are unusual: enough customers, and a multiple of the expected number. Highest ratio first. */
export function detectSpikes(
  volumes: readonly KeyVolume[],
  limits: SpikeLimits,
): readonly SpikeSignal[] {
  return volumes
    .map((volume) => ({
      key: volume.key,
      customers: volume.customers,
      expected: volume.expected,
      // Below one expected customer a ratio says nothing, so one is the least we divide by.
      ratio: volume.customers / Math.max(1, volume.expected),
      windowMinutes: limits.windowMinutes,
    }))
    .filter((spike) => spike.customers >= limits.minCustomers && spike.ratio >= limits.ratio)
    .sort((a, b) => b.ratio - a.ratio || (a.key < b.key ? -1 : 1))
}

function contentWords(text: string): readonly string[] {
  const words = new Set<string>()
  for (const { segment, isWordLike } of SEGMENTER.segment(text.slice(0, MAX_TEXT).toLowerCase())) {
    if (isWordLike !== true || segment.length < MIN_KEYWORD_LENGTH || !startsWithLetter(segment))
      continue
    if (STOP_WORDS.has(segment)) continue
    words.add(segment)
    if (words.size === MAX_KEYWORDS) break
  }
  return [...words]
}

const startsWithLetter = (word: string) => word[0]?.toLowerCase() !== word[0]?.toUpperCase()

const MAX_TEXT = 2_000
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'word' })
const STOP_WORDS = new Set(
  `about after again also because been before being cannot could dear does doing don't down every from further
  have having hello help here hers himself into it's itself just like more most much need only other over please
  same should some still such than thank thanks that that's their them then there these they this those through
  under until very want were what when where which while will with would your you're yours`.split(
    /\s+/,
  ),
)

import * as fc from 'fast-check'
import {
  EMOTIONS,
  INTENTS,
  PRIORITIES,
  SENTIMENTS,
  SENTIMENT_LABELS,
  TRIGGER_KINDS,
  URGENCIES,
} from '../../src/domain/labels.ts'
import type { Band, Scores, Signals, TriggerSignal } from '../../src/domain/signal.ts'

const confident = {
  confidence: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  band: fc.constantFrom<Band>('high', 'medium', 'low'),
}
const unscored = fc.constant({ unscored: 'not scored' })
const maybe = <T>(signal: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: signal }, { weight: 1, arbitrary: unscored })

const trigger = (source: TriggerSignal['source']): fc.Arbitrary<TriggerSignal> =>
  fc.record({
    kind: fc.constantFrom(...TRIGGER_KINDS),
    quote: fc.constant('so many words'),
    start: fc.nat(40),
    end: fc.integer({ min: 41, max: 80 }),
    source: fc.constant(source),
  })

const named = {
  sentiment: maybe(
    fc
      .record({ value: fc.constantFrom(...SENTIMENTS), ...confident })
      .map((signal) => ({ ...signal, label: SENTIMENT_LABELS[signal.value] })),
  ),
  emotions: maybe(
    fc.uniqueArray(fc.record({ label: fc.constantFrom(...EMOTIONS), ...confident }), {
      selector: ({ label }) => label,
    }),
  ),
  intent: maybe(
    fc.record({
      label: fc.constantFrom(...INTENTS),
      ...confident,
      alternatives: fc.constant([]),
    }),
  ),
  urgency: maybe(fc.record({ value: fc.constantFrom(...URGENCIES), ...confident })),
  priority: maybe(fc.record({ label: fc.constantFrom(...PRIORITIES), ...confident })),
  language: maybe(fc.record({ code: fc.constantFrom('en', 'de'), confidence: fc.constant(0.9) })),
}

/** Anything that the phrases and a local model may have said. */
export const anySignals: fc.Arbitrary<Signals> = fc.record({
  ...named,
  triggers: fc.array(fc.oneof(trigger('phrase'), trigger('model')), { maxLength: 3 }),
  spikes: fc.constant([]),
})

/** Anything that an LLM may say, each part present or not. */
export const anyScores: fc.Arbitrary<Scores> = fc.record(
  { ...named, triggers: fc.array(trigger('llm'), { maxLength: 3 }) },
  { requiredKeys: [] },
)

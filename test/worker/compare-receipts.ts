import type { Reason } from '../../src/domain/decision.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import type { Signals } from '../../src/domain/signal.ts'
import { isUnscored } from '../../src/domain/signal.ts'

/** Everything that a decision says. Of a confidence it says whether it is beyond a bound; its digits are the model's. */
export function wholeDecision({ decision, degraded }: Receipt): Readonly<Record<string, unknown>> {
  return { ...decision, reasons: decision.reasons.map(withoutConfidences), degraded }
}

/** What deterministic facts alone say: nothing of it may depend on the runtime. */
export function floorOf({ decision, signals }: Receipt): Readonly<Record<string, unknown>> {
  return {
    floor: decision.floor,
    reasons: decision.reasons.filter((reason) => reason.floor),
    phrases: signals.triggers.filter((hit) => hit.source === 'phrase'),
  }
}

export const HEADS = ['intent', 'sentiment', 'emotions', 'urgency', 'priority', 'language'] as const
export type Head = (typeof HEADS)[number]

/** What a head would be quoted with, without its confidence (which the reason of an unscored one quotes too). */
export function topLabel(signals: Signals, head: Head): string {
  const signal = signals[head]
  if (isUnscored(signal)) return 'unscored'
  if (Array.isArray(signal)) return signal.map(({ label }) => label).join(' ')
  if ('label' in signal) return signal.label
  return String('value' in signal ? signal.value : 'code' in signal ? signal.code : '')
}

/** `severity: "P1" in workerd, "P2" on Node` for every part that differs; of lists only the items that differ. */
export function differences(
  worker: Readonly<Record<string, unknown>>,
  node: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys({ ...worker, ...node }).flatMap((part) => {
    const [here, there] = [worker[part], node[part]]
    if (JSON.stringify(here) === JSON.stringify(there)) return []
    return [`${part}: ${onlyIn(here, there)} in workerd, ${onlyIn(there, here)} on Node`]
  })
}

function onlyIn(value: unknown, other: unknown): string | undefined {
  if (!Array.isArray(value) || !Array.isArray(other)) return JSON.stringify(value)
  const others = new Set(other.map((item) => JSON.stringify(item)))
  return JSON.stringify(value.filter((item) => !others.has(JSON.stringify(item))))
}

function withoutConfidences(reason: Reason): Reason {
  return {
    ...reason,
    compared: reason.compared.map((one) =>
      one.fact.endsWith('.confidence') || one.fact === 'model.critical'
        ? { ...one, value: null }
        : one,
    ),
  }
}

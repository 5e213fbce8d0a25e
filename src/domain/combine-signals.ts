import type { Scores, ScorerRun, Signals, SpikeSignal, TriggerSignal, Unscored } from './signal.ts'
import { isUnscored } from './signal.ts'

const SCORED = ['sentiment', 'emotions', 'intent', 'urgency', 'priority', 'language'] as const

/**
 * One set of signals from what every scorer said. For each signal the first scorer in order that scored it speaks;
 * trigger phrases of all scorers are joined, because more evidence can only raise.
 */
export function combineSignals(
  runs: readonly ScorerRun[],
  spikes: readonly SpikeSignal[],
): Signals {
  const chosen = Object.fromEntries(SCORED.map((name) => [name, firstScored(runs, name)]))
  return {
    ...(chosen as Omit<Signals, 'triggers' | 'spikes'>),
    triggers: joinTriggers(runs),
    spikes,
  }
}

function firstScored<K extends (typeof SCORED)[number]>(
  runs: readonly ScorerRun[],
  name: K,
): NonNullable<Scores[K]> | Unscored {
  let unscored: Unscored | undefined
  for (const run of runs) {
    const signal = run.scores[name]
    if (signal === undefined) continue
    if (!isUnscored(signal)) return signal
    unscored ??= signal
  }
  const failed = runs.find((run) => run.failure !== undefined)
  return (
    unscored ?? {
      unscored: failed ? `${failed.name}: ${failed.failure}` : 'no scorer for this signal',
    }
  )
}

/** A listed phrase beats a model's tag of the same kind over the same words. */
function joinTriggers(runs: readonly ScorerRun[]): readonly TriggerSignal[] {
  const joined: TriggerSignal[] = []
  const all = runs.flatMap((run) => run.scores.triggers ?? [])
  for (const source of ['phrase', 'llm', 'model'] as const)
    for (const hit of all)
      if (hit.source === source && !joined.some((other) => sameWords(other, hit))) joined.push(hit)
  return joined.sort((a, b) => a.start - b.start || a.end - b.end || (a.kind < b.kind ? -1 : 1))
}

function sameWords(a: TriggerSignal, b: TriggerSignal): boolean {
  return a.source !== b.source && a.kind === b.kind && a.start < b.end && b.start < a.end
}

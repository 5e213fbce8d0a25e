import type { ClassHead } from './model-config.ts'

/** Probabilities of one head, in the order of its labels. */
export type Probabilities = readonly number[]

/** Softmax over one row of logits; temperatures are folded into the graph, so the result is calibrated. */
export function softmax(logits: ArrayLike<number>): number[] {
  let max = -Infinity
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i]!)
  const exps = Array.from(logits, (logit) => Math.exp(logit - max))
  const sum = exps.reduce((a, b) => a + b, 0)
  return exps.map((exp) => exp / sum)
}

/** One window's logits as probabilities. */
export function probabilitiesOf(head: ClassHead, logits: ArrayLike<number>): Probabilities {
  return head.type === 'multi_label'
    ? Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)))
    : softmax(logits)
}

/** The probabilities of a whole text from those of its windows, by the rule in the model's configuration. */
export function poolWindows(head: ClassHead, windows: readonly Probabilities[]): Probabilities {
  const [first] = windows
  if (first === undefined || windows.length === 1) return first ?? []
  switch (head.pooling) {
    case 'mean_log':
      return softmax(
        columns(windows).map((column) => mean(column.map((p) => Math.log(Math.max(p, 1e-12))))),
      )
    case 'max':
      return columns(windows).map((column) => Math.max(...column))
    case 'ordinal_max':
      return ordinalMax(windows)
  }
}

/** P(level ≥ k) of a text is the largest of its windows: one alarming paragraph is enough. */
function ordinalMax(windows: readonly Probabilities[]): Probabilities {
  const atLeast = columns(windows.map(fromTheTop)).map((column) => Math.max(...column))
  return atLeast.map((p, level) => p - (atLeast[level + 1] ?? 0))
}

/** Label probabilities as P(level ≥ k). */
function fromTheTop(probabilities: Probabilities): Probabilities {
  let sum = 0
  return probabilities
    .toReversed()
    .map((p) => (sum += p))
    .toReversed()
}

const columns = (rows: readonly Probabilities[]) =>
  rows[0]!.map((_, at) => rows.map((row) => row[at]!))
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

import { createRandom, shuffled } from '../metrics/random.ts'
import type { Vector } from './tf-idf.ts'

export type Example<L> = { readonly vector: Vector; readonly labels: readonly L[] }
export type Classifier<L> = (vector: Vector) => readonly L[]

const EPOCHS = 8
const RATE = 0.5
const SEED = 17

/**
 * Logistic regression trained by AdaGrad (Duchi et al. 2011), the same weights on every run. `one`: softmax over the
 * labels, answers with the likeliest. `several`: one independent sigmoid a label, answers with those above one half.
 */
export function trainLogisticRegression<L>(
  examples: readonly Example<L>[],
  labels: readonly L[],
  { size, answer }: { readonly size: number; readonly answer: 'one' | 'several' },
): Classifier<L> {
  const width = labels.length
  const weights = new Float64Array((size + 1) * width)
  const squares = new Float64Array((size + 1) * width).fill(1e-8)
  const random = createRandom(SEED)
  const targets = examples.map((example) => labels.map((label) => example.labels.includes(label)))
  const order = examples.map((_, at) => at)
  const probabilities = answer === 'one' ? softmax : sigmoids

  function scoresOf({ places, weights: values }: Vector): Float64Array {
    const scores = weights.slice(size * width)
    for (const [at, place] of places.entries())
      for (let label = 0; label < width; label += 1)
        scores[label]! += values[at]! * weights[place * width + label]!
    return scores
  }
  function step(cell: number, gradient: number): void {
    if (gradient === 0) return
    squares[cell]! += gradient * gradient
    weights[cell]! -= (RATE * gradient) / Math.sqrt(squares[cell]!)
  }

  for (let epoch = 0; epoch < EPOCHS; epoch += 1)
    for (const at of shuffled(order, random)) {
      const { vector } = examples[at]!
      const wrong = probabilities(scoresOf(vector)).map(
        (probability, label) => probability - Number(targets[at]![label]),
      )
      for (let label = 0; label < width; label += 1) {
        for (const [nth, place] of vector.places.entries())
          step(place * width + label, wrong[label]! * vector.weights[nth]!)
        step(size * width + label, wrong[label]!)
      }
    }
  return (vector) => {
    const scores = scoresOf(vector)
    if (answer === 'several') return labels.filter((_, label) => scores[label]! > 0)
    const best = scores.indexOf(Math.max(...scores))
    return labels.slice(best, best + 1)
  }
}

function softmax(scores: Float64Array): Float64Array {
  const most = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - most))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

function sigmoids(scores: Float64Array): Float64Array {
  return scores.map((score) => 1 / (1 + Math.exp(-score)))
}

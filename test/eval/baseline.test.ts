import { expect, test } from 'vitest'
import { trainLogisticRegression } from '../../eval/baseline/logistic-regression.ts'
import { fitTfIdf } from '../../eval/baseline/tf-idf.ts'

/** Two kinds of message that share most of their words. */
const BILLING = [
  'refund my money',
  'the money is gone, refund it',
  'refund the fee',
  'money back please',
]
const TECHNICAL = ['the page is broken', 'broken page again', 'the button is broken', 'page error']

test('weights are those of the formula, worked by hand', () => {
  const { vectorOf, size } = fitTfIdf(['red blue', 'red green', 'red blue'])
  // Kept: red (in 3 texts), blue (2), "red blue" (2); green stands once.
  expect(size).toBe(3)
  const idf = (texts: number) => Math.log(4 / (1 + texts)) + 1
  const raw = [(1 + Math.log(2)) * idf(3), idf(2), idf(2)]
  const length = Math.hypot(...raw)
  const { places, weights } = vectorOf('red red blue')
  const byPlace = places.map((place, at) => [place, weights[at]!] as const)
  expect(new Map(byPlace).size).toBe(3)
  expect(weights.toSorted((a, b) => b - a)).toEqual(
    raw.map((weight) => expect.closeTo(weight / length, 12)),
  )
})

test('a text without a known word is empty, not NaN', () => {
  expect(fitTfIdf(BILLING).vectorOf('zzz')).toEqual({ places: [], weights: [] })
})

test('learns to tell two kinds apart, the same way on every run', () => {
  const texts = [...BILLING, ...TECHNICAL]
  const vectoriser = fitTfIdf(texts)
  const examples = texts.map((text, at) => ({
    vector: vectoriser.vectorOf(text),
    labels: [at < BILLING.length ? 'billing' : 'technical'],
  }))
  const train = () =>
    trainLogisticRegression(examples, ['billing', 'technical'], {
      size: vectoriser.size,
      answer: 'one',
    })
  const answers = (classify: ReturnType<typeof train>) =>
    ['refund my fee', 'error on the page', 'money'].map((text) =>
      classify(vectoriser.vectorOf(text)),
    )
  expect(answers(train())).toEqual([['billing'], ['technical'], ['billing']])
  expect(answers(train())).toEqual(answers(train()))
})

test('several labels are independent: a message may get both or none', () => {
  const texts = [
    'angry',
    'angry',
    'sad',
    'sad',
    'angry sad',
    'angry sad',
    'hello there',
    'hello there',
  ]
  const vectoriser = fitTfIdf(texts)
  const classify = trainLogisticRegression(
    texts.map((text) => ({
      vector: vectoriser.vectorOf(text),
      labels: ['angry', 'sad'].filter((label) => text.includes(label)),
    })),
    ['angry', 'sad'],
    { size: vectoriser.size, answer: 'several' },
  )
  const answer = (text: string) => classify(vectoriser.vectorOf(text))
  expect([answer('angry'), answer('angry sad'), answer('hello there')]).toEqual([
    ['angry'],
    ['angry', 'sad'],
    [],
  ])
})

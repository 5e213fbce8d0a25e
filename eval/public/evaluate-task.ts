import { isUnscored, type Scorer, type Scores } from '../../src/domain/signal.ts'
import { findInstructionShaped } from '../../src/domain/untrusted-text.ts'
import { trainLogisticRegression } from '../baseline/logistic-regression.ts'
import { fitTfIdf } from '../baseline/tf-idf.ts'
import { classReport } from '../metrics/class-report.ts'
import { shareOf } from '../metrics/pair.ts'
import { createRandom, shuffled } from '../metrics/random.ts'
import { setReport } from '../metrics/set-report.ts'
import type { Example, Task, TaskHead } from './task.ts'

export type Quality = {
  /** Share of right answers; what could not be scored is wrong. Null for several labels a message. */
  readonly accuracy: number | null
  /** Macro F1 over the labels that occur, or micro F1 for several labels a message. */
  readonly f1: number | null
}
export type TaskResult = Pick<Task, 'set' | 'head' | 'mapping'> & {
  readonly labels: number
  readonly train: number
  readonly test: number
  /** The most frequent label of the training part for everything. */
  readonly constant: Quality
  readonly tfIdf: Quality
  readonly model: Quality & { readonly scoredShare: number | null }
}

export type Limits = { readonly mostTrain: number; readonly mostTest: number }
const SEED = 23

/** The local model beside the two baselines that cost nothing, on the same messages. */
export async function evaluateTask(
  task: Task,
  scorer: Scorer,
  limits: Limits,
): Promise<TaskResult> {
  const train = sampled(task.train, limits.mostTrain)
  const test = sampled(task.test, limits.mostTest)
  const labels = [...new Set([...train, ...test].flatMap((each) => each.labels))].toSorted()
  const vectoriser = fitTfIdf(train.map(({ text }) => text))
  const classify = trainLogisticRegression(
    train.map((each) => ({ vector: vectoriser.vectorOf(each.text), labels: each.labels })),
    labels,
    { size: vectoriser.size, answer: task.head === 'emotions' ? 'several' : 'one' },
  )
  const usual = mostFrequent(train)
  const answers = []
  for (const { text } of test) answers.push(await answerOf(task.head, text, scorer))
  const quality = (given: readonly (readonly string[] | null)[]) =>
    qualityOf(test, given, { labels, several: task.head === 'emotions' })
  return {
    set: task.set,
    head: task.head,
    mapping: task.mapping,
    labels: labels.length,
    train: train.length,
    test: test.length,
    constant: quality(test.map(() => [usual])),
    tfIdf: quality(test.map(({ text }) => classify(vectoriser.vectorOf(text)))),
    model: {
      ...quality(answers),
      scoredShare: shareOf(answers.filter((answer) => answer !== null).length, answers.length),
    },
  }
}

const UNSCORED = 'unscored'

function qualityOf(
  test: readonly Example[],
  given: readonly (readonly string[] | null)[],
  { labels, several }: { readonly labels: readonly string[]; readonly several: boolean },
): Quality {
  if (several) {
    const pairs = test.map(({ labels: expected }, at) => ({ expected, actual: given[at] ?? [] }))
    return { accuracy: null, f1: setReport(pairs, labels).micro.f1 }
  }
  const pairs = test.map(({ labels: [expected = ''] }, at) => ({
    expected,
    actual: given[at]?.[0] ?? UNSCORED,
  }))
  const all = [...new Set([...labels, ...pairs.map(({ actual }) => actual)])]
  const { accuracy, perClass } = classReport(pairs, all)
  const asked = [...perClass].filter(([label, { support }]) => label !== UNSCORED && support > 0)
  return {
    accuracy,
    f1: shareOf(
      asked.reduce((sum, [, { f1 }]) => sum + (f1 ?? 0), 0),
      asked.length,
    ),
  }
}

/** What the model says in the words of the task; null when it could not tell. */
async function answerOf(
  head: TaskHead,
  text: string,
  scorer: Scorer,
): Promise<readonly string[] | null> {
  if (head === 'instructions')
    return [findInstructionShaped(text).length > 0 ? 'instructions' : 'none']
  return readAnswer(head, await scorer.score({ text }))
}

function readAnswer(
  head: Exclude<TaskHead, 'instructions'>,
  { intent, sentiment, emotions, priority, urgency, language }: Scores,
): readonly string[] | null {
  switch (head) {
    case 'intent':
      return intent === undefined || isUnscored(intent) ? null : [intent.label]
    case 'sentiment':
      return sentiment === undefined || isUnscored(sentiment) ? null : [String(sentiment.value)]
    case 'polarity': {
      if (sentiment === undefined || isUnscored(sentiment)) return null
      return [['negative', 'neutral', 'positive'][Math.sign(sentiment.value) + 1]!]
    }
    case 'emotions':
      return emotions === undefined || isUnscored(emotions)
        ? null
        : emotions.map((each) => each.label)
    case 'priority':
      return priority === undefined || isUnscored(priority) ? null : [priority.label]
    case 'urgency':
      return urgency === undefined || isUnscored(urgency) ? null : [String(urgency.value)]
    case 'english': {
      if (language === undefined || isUnscored(language)) return null
      return [language.code === 'en' ? 'English' : 'other']
    }
  }
}

function mostFrequent(examples: readonly Example[]): string {
  const counts = new Map<string, number>()
  for (const { labels } of examples)
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const [[usual] = ['']] = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return usual
}

/** The same ones on every run. */
function sampled(examples: readonly Example[], most: number): readonly Example[] {
  if (examples.length <= most) return examples
  return shuffled(examples, createRandom(SEED)).slice(0, most)
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { combineSignals } from '../../../src/domain/combine-signals.ts'
import { redact } from '../../../src/domain/redact.ts'
import { spikeKeys } from '../../../src/domain/spike-keys.ts'
import { createLocalScorer } from '../../../src/scorers/local.ts'
import { loadModel } from '../../../src/scorers/local/load-node.ts'
import { scoreText } from '../../../src/scorers/local/score-text.ts'

/** Real messages by topic, each with the keys that the service counts it under. */
export type Corpus = {
  readonly keys: readonly (readonly string[])[]
  readonly topics: ReadonlyMap<string, readonly number[]>
}

/** Of each topic at most so many, which keeps scoring short. */
const PER_TOPIC = 40

/** Bank customers' questions by their 77 topics, and titles of a telecom's complaints, which have none and are one. */
export async function readCorpus(data: string): Promise<Corpus> {
  const bank = await readRows(join(data, 'public/banking77/train.jsonl.gz'))
  const telecom = await readRows(join(data, 'public/comcast_fcc_titles/train.jsonl.gz'))
  const byTopic = new Map<string, string[]>()
  for (const { text, labels } of bank) add(byTopic, labels.intent ?? 'other', text)
  for (const { text } of telecom) add(byTopic, 'telecom complaint', text, PER_TOPIC * 10)

  const model = await loadModel('model')
  const scorer = createLocalScorer({ version: '1', score: (input) => scoreText(model, input) })
  const keys: (readonly string[])[] = []
  const topics = new Map<string, number[]>()
  for (const [topic, texts] of byTopic)
    for (const original of texts) {
      const text = redact(original).text
      const scores = await scorer.score({ text })
      const signals = combineSignals([{ name: 'local', version: '1', ms: 0, scores }], [])
      const read = { signals, meaning: scores.meaning ?? [], attributes: [] }
      topics.set(topic, [...(topics.get(topic) ?? []), keys.length])
      keys.push(spikeKeys({ id: '1', body: text }, text, read))
    }
  return { keys, topics }
}

type Row = { readonly text: string; readonly labels: { readonly intent?: string } }

async function readRows(path: string): Promise<readonly Row[]> {
  const text = gunzipSync(await readFile(path)).toString('utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)
}

function add(byTopic: Map<string, string[]>, topic: string, text: string, most = PER_TOPIC): void {
  const texts = byTopic.get(topic) ?? []
  if (texts.length < most) byTopic.set(topic, [...texts, text])
}

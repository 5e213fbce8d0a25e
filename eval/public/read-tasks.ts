import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { TriageError } from '../../src/domain/errors.ts'
import { EMOTIONS, INTENTS, PRIORITIES } from '../../src/domain/labels.ts'
import { POLARITIES } from '../suite/eval-case.ts'
import type { Example, Task, TaskHead, Unasked } from './task.ts'

type Row = {
  readonly text: string
  readonly lang?: string
  readonly labels: Readonly<Record<string, unknown>>
}
type Mapped = Readonly<Record<string, unknown>> & { readonly strength?: string }
type Mapping = Readonly<Record<string, Readonly<Record<string, Mapped>>>>
type Strength = 'strong' | 'weak'
type Reader = (row: Row) => readonly string[] | null

/**
 * Every question that the shared data folder can ask our heads: the labelled real messages and the written tickets by the
 * label guide, the public sets through `mapping.json` (its strong labels; its weak ones only where there are no others).
 */
export async function readTasks(
  folder: string,
): Promise<{ readonly tasks: readonly Task[]; readonly unasked: readonly Unasked[] }> {
  const mappings = JSON.parse(
    (await bytesOf(join(folder, 'public', 'mapping.json'), folder)).toString('utf8'),
  ) as Readonly<Record<string, Mapping>>
  const tasks: Task[] = []
  const unasked: Unasked[] = []
  for (const set of ['labelled', 'written']) {
    const rows = await partsOf((part) => bytesOf(join(folder, set, `${part}.jsonl`), folder))
    for (const [head, read] of GUIDED)
      tasks.push({ set, head, mapping: 'guide', ...examplesOf(rows, read) })
  }
  for (const set of (await readdir(join(folder, 'public'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()) {
    const rows = await partsOf(async (part) =>
      gunzipSync(await bytesOf(join(folder, 'public', set, `${part}.jsonl.gz`), folder)),
    )
    const asked = tasksOf(set, rows, mappings[set] ?? {})
    if (asked.length === 0) unasked.push({ set, because: reasonOf(set, mappings[set]) })
    tasks.push(...asked)
  }
  return { tasks, unasked }
}

const GUIDED: readonly (readonly [TaskHead, Reader])[] = (
  ['intent', 'polarity', 'sentiment', 'emotions', 'urgency', 'priority'] as const
).map((head) => [
  head,
  ({ labels }) => {
    if (head === 'polarity') return [polarityOf(Number(labels['sentiment']))]
    const label = labels[head]
    return Array.isArray(label) ? label.map(String) : [String(label)]
  },
])

/** Sets that ask for something beside the mapped heads, by the set's own label. */
const OWN: Readonly<Record<string, readonly [TaskHead, Reader]>> = {
  langid_17: ['english', ({ lang }) => [lang === 'en' ? 'English' : 'other']],
  prompt_injection: [
    'instructions',
    ({ labels }) => [Number(labels['injection']) === 1 ? 'instructions' : 'none'],
  ],
}

type Rows = { readonly train: readonly Row[]; readonly test: readonly Row[] }

function tasksOf(set: string, rows: Rows, mapping: Mapping): readonly Task[] {
  const own = OWN[set]
  if (own !== undefined)
    return [{ set, head: own[0], mapping: 'own label', ...examplesOf(rows, own[1]) }]
  return (['intent', 'polarity', 'emotions', 'priority'] as const).flatMap((head) => {
    for (const strength of ['strong', 'weak'] as const) {
      const examples = examplesOf(rows, (row) => mappedLabels(row, mapping, head, strength))
      if (examples.test.length > 0 && examples.train.length > 0)
        return [{ set, head, mapping: strength, ...examples }]
    }
    return []
  })
}

function examplesOf(rows: Rows, read: Reader): Pick<Task, 'train' | 'test'> {
  const part = (given: readonly Row[]) =>
    given.flatMap((row): readonly Example[] => {
      const labels = read(row)
      return labels === null ? [] : [{ text: row.text, language: row.lang ?? 'en', labels }]
    })
  return { train: part(rows.train), test: part(rows.test) }
}

const KNOWN: Readonly<Record<'intent' | 'polarity' | 'emotions' | 'priority', readonly string[]>> =
  { intent: INTENTS, polarity: POLARITIES, emotions: EMOTIONS, priority: PRIORITIES }

/** Null when the row's labels say nothing that this head knows, or contradict each other. */
function mappedLabels(
  { labels }: Row,
  mapping: Mapping,
  head: keyof typeof KNOWN,
  strength: Strength,
): readonly string[] | null {
  const found = new Set<string>()
  for (const [column, byLabel] of Object.entries(mapping)) {
    const given = labels[column]
    for (const label of Array.isArray(given) ? given : [given]) {
      const mapped = byLabel[String(label)]
      if (mapped?.strength !== (strength === 'strong' ? 's' : 'w')) continue
      const value = head === 'polarity' ? firstWord(mapped['sentiment']) : mapped[head]
      for (const each of Array.isArray(value) ? value : [value])
        if (KNOWN[head].includes(String(each))) found.add(String(each))
    }
  }
  if (found.size === 0 || (head !== 'emotions' && found.size > 1)) return null
  return [...found]
}

/** "negative (-1)" of star ratings says which way, not how much. */
function firstWord(value: unknown): string {
  return String(value).split(' ', 1)[0] ?? ''
}

function polarityOf(sentiment: number): string {
  if (sentiment === 0) return 'neutral'
  return sentiment < 0 ? 'negative' : 'positive'
}

function reasonOf(set: string, mapping: Mapping | undefined): string {
  if (mapping === undefined) return `${set} has no labels, or none that the mapping knows`
  return `the mapping gives ${set} nothing that a head answers (${Object.keys(mapping).join(', ')})`
}

async function partsOf(read: (part: string) => Promise<Buffer>): Promise<Rows> {
  const rows = async (part: string) =>
    (await read(part))
      .toString('utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]))
  return { train: await rows('train'), test: await rows('test') }
}

async function bytesOf(file: string, folder: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new TriageError(
      'configuration',
      `Cannot read ${file}: ${folder} must be the folder with labelled/, written/ and public/`,
      { cause: error },
    )
  })
}

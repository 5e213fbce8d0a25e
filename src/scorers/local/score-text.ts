import type { ScorerInput, Scores } from '../../domain/signal.ts'
import type { HeadConfig, ModelConfig } from './model-config.ts'
import type { Probabilities } from './read-scores.ts'
import { ranked, readScores, sigmoid, softmax, unscoredScores } from './read-scores.ts'
import { readTriggers } from './read-triggers.ts'
import type { Token, Tokenize } from './tokenize.ts'
import { tokenWindows } from './windows.ts'

/** One pass of the graph over one window: output name → values, row by row. */
export type ModelOutputs = Readonly<Record<string, ArrayLike<number>>>

/**
 * Runs the graph on the ids of one window, special tokens included. Always one window at a time: dynamic int8 scales
 * activations over the whole batch, so a neighbour would change a ticket's scores.
 */
export type RunModel = (inputIds: readonly number[]) => Promise<ModelOutputs>

/** Scores and, for grouping by meaning, the unit vector of the text. */
export type LocalScores = { readonly scores: Scores; readonly embedding: readonly number[] | null }

export type LoadedModel = {
  readonly config: ModelConfig
  readonly tokenize: Tokenize
  readonly special: { readonly first: number; readonly last: number }
  readonly run: RunModel
}

/** Text → scores: windows, one pass each, pooled per head, then read with the bands of the model card. */
export async function scoreText(model: LoadedModel, input: ScorerInput): Promise<LocalScores> {
  const { config, special } = model
  const text = input.text.replaceAll(REDACTION_FILL, DROPPED_BY_TOKENIZER)
  const tokens = model.tokenize(text)
  if (tokens.length === 0) {
    const unscored = { unscored: 'no words to score' }
    return {
      scores: { ...unscoredScores('no words to score'), language: unscored, triggers: [] },
      embedding: null,
    }
  }
  const windows = tokenWindows(tokens.length, {
    size: config.max_tokens - 2,
    stride: config.stride,
    most: config.max_windows,
  })
  const outputs: { readonly tokens: readonly Token[]; readonly values: ModelOutputs }[] = []
  for (const { start, end } of windows) {
    const slice = tokens.slice(start, end)
    const values = await model.run([special.first, ...slice.map((token) => token.id), special.last])
    outputs.push({ tokens: slice, values })
  }

  const pooled = poolHeads(
    config,
    outputs.map(({ values }) => values),
  )
  const triggers = outputs.flatMap(({ tokens, values }) =>
    triggersOf(config, input.text, tokens, values),
  )
  const language = readLanguage(config, pooled)
  const known = language === undefined || language.code === 'en'
  const scores = known
    ? readScores(config, pooled)
    : unscoredScores(`language ${language.code} is not supported`)
  return {
    scores: {
      ...scores,
      ...(language && { language }),
      triggers: known ? withoutRepeats(triggers) : [],
    },
    embedding: embeddingOf(outputs[0]!.values),
  }
}

/** Redaction keeps offsets by filling with dots; the tokenizer drops word joiners, so the fill costs no tokens. */
const REDACTION_FILL = '\u00b7'
const DROPPED_BY_TOKENIZER = '\u2060'

function poolHeads(
  config: ModelConfig,
  outputs: readonly ModelOutputs[],
): Readonly<Record<string, Probabilities>> {
  const pooled: Record<string, Probabilities> = {}
  for (const [name, head] of Object.entries(config.heads)) {
    if (head.type === 'token_tags' || head.type === 'embedding') continue
    const rows = outputs.map((values) => probabilitiesOf(head, values[head.output]!))
    pooled[name] = rows.length === 1 ? rows[0]! : pool(head, rows)
  }
  return pooled
}

const probabilitiesOf = (head: HeadConfig, logits: ArrayLike<number>) =>
  head.type === 'multi_label' ? Array.from(logits, sigmoid) : softmax(logits)

/** `mean`: the windows vote. `max`: one bad paragraph is enough; the head's labels run from harmless to severe. */
function pool(head: HeadConfig, rows: readonly Probabilities[]): Probabilities {
  const columns = rows[0]!.map((_, at) => rows.map((row) => row[at]!))
  if (head.pooling === 'max' && head.type === 'multi_label')
    return columns.map((column) => Math.max(...column))
  if (head.pooling === 'max')
    return rows.reduce((worst, row) => (severity(row) > severity(worst) ? row : worst))
  const logs = columns.map(
    (column) => column.reduce((sum, p) => sum + Math.log(Math.max(p, 1e-9)), 0) / rows.length,
  )
  return softmax(logs)
}

const severity = (row: Probabilities) => row.reduce((sum, p, at) => sum + p * at, 0)

function triggersOf(
  config: ModelConfig,
  text: string,
  tokens: readonly Token[],
  values: ModelOutputs,
) {
  const head = Object.values(config.heads).find((candidate) => candidate.type === 'token_tags')
  if (head === undefined) return []
  const logits = values[head.output]!
  const width = head.labels.length
  // Row 0 is the first special token.
  const tags = tokens.map((_, at) =>
    softmax(Array.from({ length: width }, (_, k) => logits[(at + 1) * width + k]!)),
  )
  return readTriggers(text, tokens, tags, head)
}

/** Windows overlap, so the same quote may be found twice. */
function withoutRepeats<T extends { kind: string; start: number; end: number }>(
  hits: readonly T[],
): readonly T[] {
  return hits.filter(
    (hit, at) =>
      !hits
        .slice(0, at)
        .some((other) => other.kind === hit.kind && other.start < hit.end && hit.start < other.end),
  )
}

function readLanguage(config: ModelConfig, pooled: Readonly<Record<string, Probabilities>>) {
  const head = config.heads['language']
  if (head === undefined) return undefined
  const order = ranked(head, pooled['language']!)
  const english = order.find(({ label }) => label === 'en')
  // Short and mixed messages are read as English unless another language is clear: a wrong "unscored" costs a person's time.
  const best =
    english !== undefined && english.confidence >= (head.thresholds?.['en'] ?? 0.5)
      ? english
      : order[0]!
  return { code: best.label, confidence: best.confidence }
}

function embeddingOf(values: ModelOutputs): readonly number[] | null {
  const vector = values['embedding']
  return vector === undefined ? null : Array.from(vector)
}

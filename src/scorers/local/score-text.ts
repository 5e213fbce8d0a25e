import type { LanguageSignal, ScorerInput, Scores } from '../../domain/signal.ts'
import { detectOtherLanguage } from './language.ts'
import type { ModelConfig } from './model-config.ts'
import { CLASS_HEADS } from './model-config.ts'
import type { Probabilities } from './pool-windows.ts'
import { poolWindows, probabilitiesOf, softmax } from './pool-windows.ts'
import type { PooledHeads } from './read-scores.ts'
import { readLanguage, readScores, unscoredScores } from './read-scores.ts'
import { readTriggers } from './read-triggers.ts'
import { readingsOf, type Readings } from './set-aside.ts'
import type { Token, Tokenize } from './tokenize.ts'
import type { TokenWindow } from './windows.ts'
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

/** Text → scores: what the customer says, in windows, pooled per head, read with the bands of the model card. */
export async function scoreText(model: LoadedModel, input: ScorerInput): Promise<LocalScores> {
  const { config } = model
  const readings = readingsOf(input.text)
  const own = await readText(model, readings.own)
  if (own === undefined) return NOTHING_TO_SCORE
  const { tokens, windows, outputs } = own
  const embedding = meanUnit(
    outputs.flatMap((values) => (values['embedding'] === undefined ? [] : [values['embedding']])),
  )

  const wider = readings.wider === undefined ? undefined : await readText(model, readings.wider)
  const pooled = wider === undefined ? own.pooled : alarmedBy(config, own.pooled, wider.pooled)
  const ownLanguage = readLanguage(config, pooled)
  // The head tells English from the rest; which of the rest it is, n-grams know better.
  const other =
    ownLanguage?.code === 'en'
      ? otherLanguage(input.text, readings, ownLanguage)
      : detectOtherLanguage(input.text)
  const language = other ?? ownLanguage
  const withLanguage = language === undefined ? {} : { language }
  if (language !== undefined && language.code !== 'en') {
    const scores = unscoredScores(`language ${language.code} is not supported`)
    return { scores: { ...scores, ...withLanguage, triggers: [] }, embedding }
  }
  const tagHead = config.heads.trigger
  const triggers =
    tagHead === undefined
      ? []
      : readTriggers(
          input.text,
          tokens,
          tagsOfTokens(tokens.length, windows, outputs, tagHead),
          tagHead,
        )
  const scores = { ...readScores(config, pooled), ...withLanguage, triggers }
  return { scores: readings.mostlyForeign ? { ...scores, ...PARTLY_READ } : scores, embedding }
}

/** Doubtful English that is left of a text in another language is that language: one loan word is no message. */
function otherLanguage(
  whole: string,
  { own, mostlyForeign }: Readings,
  { confidence }: LanguageSignal,
): LanguageSignal | undefined {
  const left = detectOtherLanguage(own)
  if (left !== undefined || !mostlyForeign || confidence >= CLEARLY_ENGLISH) return left
  return detectOtherLanguage(whole)
}

const CLEARLY_ENGLISH = 0.5

/** What others wrote into the text may hold feelings that nobody here can read: for the policy to weigh. */
const PARTLY_READ: Scores = { emotions: { unscored: 'most of the text is in another language' } }

type TextPass = {
  readonly tokens: readonly Token[]
  readonly windows: readonly TokenWindow[]
  readonly outputs: readonly ModelOutputs[]
  readonly pooled: PooledHeads
}

/** Undefined when there are no words. */
async function readText(
  { config, special, tokenize, run }: LoadedModel,
  text: string,
): Promise<TextPass | undefined> {
  const tokens = tokenize(text.replaceAll(REDACTION_FILL, DROPPED_BY_TOKENIZER))
  if (tokens.length === 0) return undefined
  const { max_tokens, stride, max_windows } = config.text
  const windows = tokenWindows(tokens.length, { size: max_tokens - 2, stride, most: max_windows })
  const outputs: ModelOutputs[] = []
  for (const { start, end } of windows) {
    const ids = tokens.slice(start, end).map((token) => token.id)
    outputs.push(await run([special.first, ...ids, special.last]))
  }
  return { tokens, windows, outputs, pooled: poolHeads(config, outputs) }
}

/** Redaction keeps offsets by filling with dots; the tokenizer drops word joiners, so the fill costs no tokens. */
const REDACTION_FILL = '\u00b7'
const DROPPED_BY_TOKENIZER = '\u2060'

const NOTHING_TO_SCORE: LocalScores = {
  scores: {
    ...unscoredScores('no words to score'),
    language: { unscored: 'no words to score' },
    triggers: [],
  },
  embedding: null,
}

function poolHeads(config: ModelConfig, outputs: readonly ModelOutputs[]): PooledHeads {
  const pooled: Record<string, Probabilities> = {}
  for (const name of CLASS_HEADS) {
    const head = config.heads[name]
    if (head === undefined) continue
    pooled[name] = poolWindows(
      head,
      outputs.map((values) => probabilitiesOf(head, values[head.output]!)),
    )
  }
  return pooled
}

/** Priority and urgency at least as alarmed as in the second reading; everything else of the first. */
function alarmedBy({ heads }: ModelConfig, own: PooledHeads, wider: PooledHeads): PooledHeads {
  const raised = (['priority', 'urgency'] as const).flatMap((name) =>
    heads[name].pooling === 'ordinal_max'
      ? [[name, poolWindows(heads[name], [own[name]!, wider[name]!])] as const]
      : [],
  )
  return { ...own, ...Object.fromEntries(raised) }
}

/** Tag probabilities per token; where windows overlap, the more alarmed one counts. Tokens in no window are outside. */
function tagsOfTokens(
  count: number,
  windows: readonly TokenWindow[],
  outputs: readonly ModelOutputs[],
  head: { readonly output: string; readonly labels: readonly string[] },
): readonly Probabilities[] {
  const width = head.labels.length
  const outside: Probabilities = head.labels.map((_, label) => (label === 0 ? 1 : 0))
  const tags = Array<Probabilities>(count).fill(outside)
  windows.forEach(({ start, end }, at) => {
    const logits = outputs[at]![head.output]!
    for (let token = start; token < end; token++) {
      // Row 0 is the first special token.
      const row = (token - start + 1) * width
      const here = softmax(Array.from({ length: width }, (_, label) => logits[row + label]!))
      if (here[0]! < tags[token]![0]!) tags[token] = here
    }
  })
  return tags
}

/** The mean of the windows' unit vectors, made a unit vector again. */
function meanUnit(vectors: readonly ArrayLike<number>[]): readonly number[] | null {
  const [first] = vectors
  if (first === undefined) return null
  const sum = Array.from(first, (_, at) =>
    vectors.reduce((total, vector) => total + vector[at]!, 0),
  )
  const norm = Math.hypot(...sum)
  return sum.map((value) => value / norm)
}

import type { Pattern } from './phrase-pattern.ts'
import { NUMBER, Vocabulary } from './phrase-vocabulary.ts'
import { NEW_SENTENCE, type Word } from './words.ts'

/** The longest match of one phrase from one start; word indexes, both included. */
export type PhraseHit = { readonly phrase: number; readonly first: number; readonly last: number }

export type PhraseMatcher = {
  readonly find: (words: readonly Word[]) => readonly PhraseHit[]
}

/** More states than a policy needs; a text built to visit them all empties the cache instead of filling memory. */
const MAX_STATES = 20_000

/**
 * All patterns of all phrases as one automaton over words, made deterministic as texts need it. From each start word it is
 * walked until no pattern can go on, at most 24 words, so a text costs a fixed amount per word.
 */
export function createPhraseMatcher(phrases: readonly (readonly Pattern[])[]): PhraseMatcher {
  const vocabulary = new Vocabulary()
  const starts = phrases.flatMap((patterns, phrase) => {
    const accept: Node = { edges: [], free: [], gapFree: [], accept: phrase, id: -1 }
    return patterns.map((pattern) => buildNode(pattern, accept, vocabulary))
  })
  const automaton = new Automaton(starts, vocabulary)
  return { find: (words) => findHits(words, automaton, vocabulary) }
}

function findHits(
  words: readonly Word[],
  automaton: Automaton,
  vocabulary: Vocabulary,
): readonly PhraseHit[] {
  const inputs = words.map(
    (word) => vocabulary.classOf(word) * 2 + (word.breakBefore === NEW_SENTENCE ? 1 : 0),
  )
  const hits: PhraseHit[] = []
  const longest = new Map<number, number>()
  for (let first = 0; first < inputs.length; first++) {
    let state = automaton.step(automaton.root, (inputs[first] as number) & ~1)
    for (let last = first; state !== null;) {
      for (const phrase of state.accepts) longest.set(phrase, last)
      if (++last === inputs.length) break
      state = automaton.step(state, inputs[last] as number)
    }
    if (longest.size === 0) continue
    for (const [phrase, last] of longest) hits.push({ phrase, first, last })
    longest.clear()
  }
  return hits
}

/** Any word at all, as a gap reads it. */
const ANY = -1

/** One place in a pattern. `gapFree` leaves a gap, so it may not be followed across a sentence end. */
type Node = {
  id: number
  edges: { readonly symbol: number; readonly to: Node }[]
  free: readonly Node[]
  gapFree: readonly Node[]
  readonly accept: number | null
}

const newNode = (parts: Partial<Node>): Node => ({
  id: -1,
  edges: [],
  free: [],
  gapFree: [],
  accept: null,
  ...parts,
})

function buildNode(pattern: Pattern, next: Node, vocabulary: Vocabulary): Node {
  if (pattern.kind === 'word')
    return newNode({
      edges: pattern.forms.map((form) => ({ symbol: vocabulary.symbolOf(form), to: next })),
    })
  if (pattern.kind === 'number') return newNode({ edges: [{ symbol: NUMBER, to: next }] })
  if (pattern.kind === 'gap') return buildGap(pattern.most, next)
  if (pattern.kind === 'optional')
    return newNode({ free: [buildNode(pattern.of, next, vocabulary), next] })
  if (pattern.kind === 'either')
    return newNode({ free: pattern.of.map((part) => buildNode(part, next, vocabulary)) })
  return pattern.of.reduceRight((after, part) => buildNode(part, after, vocabulary), next)
}

function buildGap(most: number, next: Node): Node {
  let node = newNode({ gapFree: [next] })
  for (let left = most; left > 0; left--)
    node = newNode({ gapFree: [next], edges: [{ symbol: ANY, to: node }] })
  return node
}

type Exits = ReadonlyMap<number, ReadonlySet<Node>>

type State = {
  readonly nodes: readonly Node[]
  readonly accepts: readonly number[]
  readonly next: Map<number, State | null>
  /** Where each symbol leads, within the sentence and into a new one; read off the nodes when first asked for. */
  readonly exits: [Exits | null, Exits | null]
}

/** Subsets of nodes, built when first reached. `null` means that no pattern can go on. */
class Automaton {
  readonly root: State
  readonly #vocabulary: Vocabulary
  #states = new Map<string, State>()
  #ids = 0

  constructor(starts: readonly Node[], vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.root = this.#makeState(starts)
  }

  step(state: State, input: number): State | null {
    const known = state.next.get(input)
    if (known !== undefined) return known
    const next = this.#follow(state, input >> 1, (input & 1) === 1)
    state.next.set(input, next)
    return next
  }

  #follow(state: State, wordClass: number, newSentence: boolean): State | null {
    const exits = (state.exits[newSentence ? 1 : 0] ??= readExits(state.nodes, newSentence))
    const reached = new Set<Node>(exits.get(ANY))
    for (const symbol of this.#vocabulary.membersOf(wordClass))
      for (const node of exits.get(symbol) ?? []) reached.add(node)
    return reached.size === 0 ? null : this.#intern([...reached])
  }

  #intern(nodes: readonly Node[]): State {
    for (const node of nodes) if (node.id === -1) node.id = this.#ids++
    const sorted = nodes.toSorted((a, b) => a.id - b.id)
    const key = sorted.map((node) => node.id).join(',')
    const known = this.#states.get(key)
    if (known !== undefined) return known
    if (this.#states.size >= MAX_STATES) this.#forget()
    const state = this.#makeState(sorted)
    this.#states.set(key, state)
    return state
  }

  #makeState(nodes: readonly Node[]): State {
    const accepts = new Set<number>()
    for (const node of reach(nodes, false)) if (node.accept !== null) accepts.add(node.accept)
    return { nodes, accepts: [...accepts], next: new Map(), exits: [null, null] }
  }

  #forget(): void {
    this.#states = new Map()
    this.root.next.clear()
  }
}

/** A gap does not reach into a new sentence, neither by its words nor by its end. */
function readExits(nodes: readonly Node[], newSentence: boolean): Exits {
  const exits = new Map<number, Set<Node>>()
  for (const node of reach(nodes, !newSentence))
    for (const { symbol, to } of node.edges)
      if (symbol !== ANY || !newSentence)
        exits.set(symbol, (exits.get(symbol) ?? new Set<Node>()).add(to))
  return exits
}

/** The nodes and all that they lead to without reading a word. */
function reach(nodes: readonly Node[], throughGaps: boolean): ReadonlySet<Node> {
  const reached = new Set(nodes)
  for (const node of reached) {
    for (const next of node.free) reached.add(next)
    if (throughGaps) for (const next of node.gapFree) reached.add(next)
  }
  return reached
}

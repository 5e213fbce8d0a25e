import type { Pattern } from './phrase-pattern.ts'
import { NEW_SENTENCE, squeeze, type Word } from './words.ts'

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

/** Every word form that a pattern names, as a number; a text's word belongs to a class of these numbers. */
class Vocabulary {
  readonly #symbols = new Map<string, number>()
  readonly #squeezed = new Map<string, number[]>()
  readonly #classes = new Map<string, number>()
  readonly #members: (readonly number[])[] = [[]]

  symbolOf(form: string): number {
    const known = this.#symbols.get(form)
    if (known !== undefined) return known
    const symbol = this.#symbols.size + 1
    this.#symbols.set(form, symbol)
    const squeezed = squeeze(form)
    this.#squeezed.set(squeezed, [...(this.#squeezed.get(squeezed) ?? []), symbol])
    return symbol
  }

  /** 0 for a word that no pattern names. */
  classOf(word: Word): number {
    const symbol = this.#symbols.get(word.form)
    const isNumber = word.form >= '0' && word.form < ':'
    const stretched = word.elongated ? this.#squeezed.get(squeeze(word.form)) : undefined
    if (symbol === undefined && stretched === undefined && !isNumber) return 0
    const members = [...(stretched ?? (symbol === undefined ? [] : [symbol]))]
    if (isNumber) members.push(NUMBER)
    return this.#internClass(members)
  }

  membersOf(wordClass: number): readonly number[] {
    return this.#members[wordClass] ?? []
  }

  #internClass(members: readonly number[]): number {
    const key = members.join(',')
    const known = this.#classes.get(key)
    if (known !== undefined) return known
    const wordClass = this.#members.length
    this.#classes.set(key, wordClass)
    this.#members.push(members)
    return wordClass
  }
}

/** Symbol of `#`; word symbols start at 1. */
const NUMBER = 0
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

type State = {
  readonly nodes: readonly Node[]
  readonly accepts: readonly number[]
  readonly next: Map<number, State | null>
}

/** Subsets of nodes, built when first reached. `null` means that no pattern can go on. */
class Automaton {
  readonly root: State
  readonly #vocabulary: Vocabulary
  #states = new Map<string, State>()
  #ids = 0

  /** Where each word leads from the start: the one place with thousands of edges. */
  readonly #firstWords = new Map<number, Set<Node>>()

  constructor(starts: readonly Node[], vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.root = { nodes: [], accepts: [], next: new Map() }
    for (const node of reach(starts, false))
      for (const { symbol, to } of node.edges)
        this.#firstWords.set(symbol, (this.#firstWords.get(symbol) ?? new Set<Node>()).add(to))
  }

  step(state: State, input: number): State | null {
    const known = state.next.get(input)
    if (known !== undefined) return known
    const next = this.#follow(state, input >> 1, (input & 1) === 1)
    state.next.set(input, next)
    return next
  }

  #follow(state: State, wordClass: number, newSentence: boolean): State | null {
    const symbols = this.#vocabulary.membersOf(wordClass)
    const reached = new Set<Node>()
    if (state === this.root)
      for (const symbol of symbols)
        for (const node of this.#firstWords.get(symbol) ?? []) reached.add(node)
    for (const node of reach(state.nodes, !newSentence))
      for (const { symbol, to } of node.edges)
        if (symbol === ANY ? !newSentence : symbols.includes(symbol)) reached.add(to)
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
    return { nodes, accepts: [...accepts], next: new Map() }
  }

  #forget(): void {
    this.#states = new Map()
    this.root.next.clear()
  }
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

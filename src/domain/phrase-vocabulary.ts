import { squeeze, type Word } from './words.ts'

/** Symbol of `#`; word symbols start at 1. */
export const NUMBER = 0

/** Every word form that a pattern names, as a number; a text's word belongs to a class of these numbers. */
export class Vocabulary {
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

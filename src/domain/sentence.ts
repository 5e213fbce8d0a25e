import type { FactValue, Facts } from './facts.ts'

/** Text with `{fact}` slots, cut once; filling it reads the facts and never interprets their values. */
export type Sentence = (values: Facts['values']) => string

const SLOT = /\{([A-Za-z][\w.-]*)\}/g
const MAX_VALUE_LENGTH = 80

export function compileSentence(template: string): Sentence {
  const slots = slotsOf(template)
  if (slots.length === 0) return () => template
  const texts = template.split(SLOT).filter((_, index) => index % 2 === 0)
  return (values) =>
    texts.reduce((sentence, text, index) => sentence + showFact(values[slots[index - 1]!]) + text)
}

/** The names between braces, in order. */
export function slotsOf(template: string): readonly string[] {
  return [...template.matchAll(SLOT)].map((match) => match[1]!)
}

/** A fact for people: one decimal, lists with commas, long text cut. */
export function showFact(value: FactValue | undefined): string {
  if (value === undefined) return 'unknown'
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Math.round(value * 10) / 10)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return cut(typeof value === 'string' ? value : value.join(', '))
}

function cut(text: string): string {
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH - 1)}…`
}

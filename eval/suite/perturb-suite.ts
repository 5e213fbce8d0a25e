import { createRandom, type Random } from '../metrics/random.ts'
import type { EvalCase } from './eval-case.ts'
import type { Suite } from './suite-definition.ts'

export const PERTURBATIONS = ['repeat', 'typo', 'capitals', 'order', 'paraphrase'] as const
export type Perturbation = (typeof PERTURBATIONS)[number]

export function variantTag(kind: Perturbation): string {
  return `variant-${kind}`
}

/** Made by `perturbSuite`, not written for the suite. */
export function isPerturbed({ id, base }: EvalCase): boolean {
  return base !== undefined && id.startsWith(`${base}~`)
}

/** One letter in this many words is swapped with its neighbour: what a hurried thumb does. */
const WORDS_PER_TYPO = 8
const SEED = 5

/**
 * The suite with variants of each case that mean the same: sent again, mistyped, in capitals, paragraphs in another
 * order, in other words where somebody wrote some. Each names its base, so that the flip rate compares the two. A variant equal to its base is left out, but for
 * `repeat`, which must be equal. Quotes and language are not graded on variants.
 */
export function perturbSuite(suite: Suite, kinds: readonly Perturbation[]): Suite {
  const variants = suite.cases.flatMap((evalCase) =>
    kinds.flatMap((kind) => variantOf(evalCase, kind, suite.paraphrases) ?? []),
  )
  return { ...suite, cases: [...suite.cases, ...variants] }
}

function variantOf(
  evalCase: EvalCase,
  kind: Perturbation,
  paraphrases: Suite['paraphrases'],
): EvalCase | null {
  const changed =
    kind === 'paraphrase' ? inOtherWords(evalCase, paraphrases) : altered(evalCase, kind)
  if (changed === null) return null
  const id = `${evalCase.id}~${kind}`
  const { triggers: _triggers, language: _language, ...expected } = evalCase.expected
  return {
    ...evalCase,
    id,
    base: evalCase.id,
    tags: [...evalCase.tags, variantTag(kind)],
    ticket: { ...changed, id },
    expected,
  }
}

/** A paraphrase says all of it, so there is no subject beside it. */
function inOtherWords(
  { id, ticket: { subject: _subject, ...ticket } }: EvalCase,
  paraphrases: Suite['paraphrases'],
): EvalCase['ticket'] | null {
  const body = paraphrases?.get(id)
  return body === undefined ? null : { ...ticket, body }
}

type Alteration = Exclude<Perturbation, 'paraphrase'>

function altered({ id, ticket }: EvalCase, kind: Alteration): EvalCase['ticket'] | null {
  const random = createRandom(SEED + id.length)
  const { subject, body } = ticket
  const changed = {
    ...(subject !== undefined && { subject: changeText(subject, kind, random) }),
    ...(body !== undefined && { body: changeText(body, kind, random) }),
  }
  const isSame = changed.subject === subject && changed.body === body
  return isSame && kind !== 'repeat' ? null : { ...ticket, ...changed }
}

function changeText(text: string, kind: Alteration, random: Random): string {
  switch (kind) {
    case 'repeat':
      return text
    case 'capitals':
      return text.toUpperCase()
    case 'order':
      return text.split('\n\n').toReversed().join('\n\n')
    case 'typo':
      return text.replace(/\p{L}{4,}/gu, (word) =>
        random() < 1 / WORDS_PER_TYPO ? swapInside(word, random) : word,
      )
  }
  return kind satisfies never
}

/** The first letter stays, as it does when people mistype. */
function swapInside(word: string, random: Random): string {
  const letters = Array.from(word)
  const at = 1 + Math.floor(random() * (letters.length - 2))
  return [...letters.slice(0, at), letters[at + 1], letters[at], ...letters.slice(at + 2)].join('')
}

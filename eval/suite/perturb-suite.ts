import { createRandom, type Random } from '../metrics/random.ts'
import type { EvalCase } from './eval-case.ts'
import type { Suite } from './suite-definition.ts'

export const PERTURBATIONS = ['repeat', 'typo', 'capitals', 'order'] as const
export type Perturbation = (typeof PERTURBATIONS)[number]

/** One letter in this many words is swapped with its neighbour: what a hurried thumb does. */
const WORDS_PER_TYPO = 8
const SEED = 5

/**
 * The suite with variants of each case that mean the same: sent again, mistyped, in capitals, paragraphs in another
 * order. Each names its base, so that the flip rate compares the two. A variant equal to its base is left out, but for
 * `repeat`, which must be equal. Quotes and language are not graded on variants.
 */
export function perturbSuite(suite: Suite, kinds: readonly Perturbation[]): Suite {
  const variants = suite.cases.flatMap((evalCase) =>
    kinds.flatMap((kind) => variantOf(evalCase, kind) ?? []),
  )
  return { ...suite, cases: [...suite.cases, ...variants] }
}

function variantOf(evalCase: EvalCase, kind: Perturbation): EvalCase | null {
  const random = createRandom(SEED + evalCase.id.length)
  const { subject, body } = evalCase.ticket
  const changed = {
    ...(subject !== undefined && { subject: changeText(subject, kind, random) }),
    ...(body !== undefined && { body: changeText(body, kind, random) }),
  }
  const isSame = changed.subject === subject && changed.body === body
  if (isSame && kind !== 'repeat') return null
  const id = `${evalCase.id}~${kind}`
  const { triggers: _triggers, language: _language, ...expected } = evalCase.expected
  return {
    ...evalCase,
    id,
    base: evalCase.id,
    tags: [...evalCase.tags, `variant-${kind}`],
    ticket: { ...evalCase.ticket, ...changed, id },
    expected,
  }
}

function changeText(text: string, kind: Perturbation, random: Random): string {
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

import { accumulate, evidenceOf } from './sequential-test.ts'

/** One decision by a person, as far as it says how closely they looked. */
export type Look = {
  /** The suggestion was confirmed as it was. */
  readonly confirmed: boolean
  /** The suggestion was known to be wrong, or known to be right; absent: nobody knows. */
  readonly suggestionWas?: 'wrong' | 'right'
  /** That there were to read it; absent when nobody knows, or it was judged blind. */
  readonly seconds?: number
  /** Words of the ticket. */
  readonly words?: number
}

export type RubberStamping = {
  readonly flagged: boolean
  /** Log-likelihood ratio: 7 is a thousand to one. */
  readonly evidence: number
  /** The decision (from 1) at which it was first flagged. */
  readonly flaggedAt: number | null
  readonly sentence: string
}

/** Nobody takes in more than this; skimming adults reach about 8 words a second. */
const WORDS_PER_SECOND = 10
const LEAST_SECONDS = 4
/** Odds of a thousand to one before a person is named. */
const THRESHOLD = Math.log(1_000)
/** How often what we look at happens to somebody who reads, and to somebody who does not. */
const TOO_FAST = { careful: 0.05, stamping: 0.6 }
const CONFIRMS_WRONG = { careful: 0.2, stamping: 0.95 }
/** A stamping person corrects this much less often than the others do. */
const CORRECTS_LESS = 5

/**
 * Whether somebody confirms without looking: faster than the text can be read, suggestions that are known to be wrong,
 * and fewer corrections than `usualCorrections` (the share that the other reviewers correct). Confirming what is known
 * to be right says nothing. `looks` in order of time.
 */
export function detectRubberStamping(
  looks: readonly Look[],
  usualCorrections: number,
): RubberStamping {
  const corrections = Math.min(0.5, Math.max(0.01, usualCorrections))
  // Apart, because somebody who takes their time and reads nothing is told by the verdicts alone.
  const speed = accumulate(looks.map(speedEvidence), THRESHOLD)
  const verdicts = accumulate(
    looks.map((look) => verdictEvidence(look, corrections)),
    THRESHOLD,
  )
  const flags = [speed.flaggedAt, verdicts.flaggedAt].filter((at) => at !== null)
  const fast = looks.filter((look) => isTooFast(look) === true).length
  const wrong = looks.filter(({ suggestionWas }) => suggestionWas === 'wrong')
  const passed = wrong.filter(({ confirmed }) => confirmed).length
  return {
    flagged: flags.length > 0,
    evidence: Math.round(Math.max(speed.sum, verdicts.sum) * 100) / 100,
    flaggedAt: flags.length > 0 ? Math.min(...flags) : null,
    sentence: `${looks.length} decisions: ${fast} faster than the text can be read, ${passed} of ${wrong.length} planted errors confirmed`,
  }
}

/** In less nobody has read a text of so many words. */
export function leastSeconds(words: number): number {
  return Math.max(LEAST_SECONDS, words / WORDS_PER_SECOND)
}

function isTooFast({ seconds, words = 0 }: Look): boolean | undefined {
  return seconds === undefined ? undefined : seconds < leastSeconds(words)
}

function speedEvidence(look: Look): number {
  const tooFast = isTooFast(look)
  return tooFast === undefined ? 0 : evidenceOf(tooFast, TOO_FAST.careful, TOO_FAST.stamping)
}

function verdictEvidence({ confirmed, suggestionWas }: Look, corrections: number): number {
  if (suggestionWas === 'right') return 0
  return suggestionWas === 'wrong'
    ? evidenceOf(confirmed, CONFIRMS_WRONG.careful, CONFIRMS_WRONG.stamping)
    : evidenceOf(!confirmed, corrections, corrections / CORRECTS_LESS)
}

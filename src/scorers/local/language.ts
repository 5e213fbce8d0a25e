import { eld } from 'eld/small'
import type { LanguageSignal } from '../../domain/signal.ts'

/** Below this many words n-grams guess; the model's own head, which knows short support English, decides alone. */
const FEWEST_WORDS = 5
/** How much likelier than English another language must be; `eval/language.ts` prints what that keeps and misses. */
const CLEARLY = 1.15
const LONGEST = 2_000
const NOISE = /https?:\/\/\S+|[@#]\w+/g

/**
 * The language of a text when it is clearly not English, by character n-grams (eld). The model's head keeps short
 * English apart from noise but takes French and Italian for it; together they miss few.
 */
export function detectOtherLanguage(text: string): LanguageSignal | undefined {
  const plain = text.slice(0, LONGEST).replaceAll(NOISE, ' ')
  if (plain.split(/\s+/u).filter(Boolean).length < FEWEST_WORDS) return undefined
  const found = eld.detect(plain)
  if (found.language === '' || found.language === 'en' || !found.isReliable()) return undefined
  const scores = found.getScores()
  const score = scores[found.language] ?? 0
  if (score < CLEARLY * (scores['en'] ?? 0)) return undefined
  return { code: found.language, confidence: Math.round(score * 10_000) / 10_000 }
}

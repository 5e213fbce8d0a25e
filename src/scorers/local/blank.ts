import type { Range } from '../../domain/quoted-lines.ts'
import { joinRanges } from '../../domain/untrusted-text.ts'

/** The text with blanks for these parts, and for dashes, stars and brackets that stood around them; of the same length. */
export function blank(text: string, ranges: readonly Range[]): string {
  let blanked = ''
  let at = 0
  for (const { start, end } of joinRanges(ranges)) {
    blanked += text.slice(at, start) + ' '.repeat(end - start)
    at = end
  }
  return (blanked + text.slice(at)).replaceAll(REMNANT, (signs) => ' '.repeat(signs.length))
}

/** Dashes, stars and brackets that stood around what was left out. */
const REMNANT = /(?<!\S)[^\p{L}\p{N}\s]{2,}(?!\S)/gu

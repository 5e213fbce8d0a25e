import { foldCodePoint, isInvisible } from './plain-text.ts'
import type { Range } from './quoted-lines.ts'

/** A stray zero-width space comes with copied text; this many do not. */
const TOLERATED = 3
const BLACK_FLAG = 0x1f3f4
const SOFT_HYPHEN = 0xad

/**
 * Characters that hide something: tag letters, direction overrides, invisible characters inside a Latin word, look-alike letters
 * of another alphabet inside one, or more invisible characters than copying leaves behind. Emoji sequences and joiners of
 * scripts that need them are left alone.
 */
export function findHiddenCharacters(text: string): readonly Range[] {
  const certain: Range[] = []
  const doubtful: Range[] = []
  let before = 0
  let seen = 0
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) as number
    const next = at + (codePoint > 0xffff ? 2 : 1)
    if (codePoint >= 0xa0) {
      const after = text.codePointAt(next) ?? 0
      const range = { start: at, end: next }
      if (isTag(codePoint)) {
        if (before !== BLACK_FLAG) certain.push(range)
        at = next
        continue
      }
      if (isInvisible(codePoint)) {
        if (isOverride(codePoint) || isInWord(codePoint, seen, after)) certain.push(range)
        else if (isDecoration(codePoint, before)) doubtful.push(range)
        before = codePoint
        at = next
        continue
      }
      if (isForeignInWord(codePoint, seen, after)) certain.push(range)
    }
    before = codePoint
    seen = codePoint
    at = next
  }
  return doubtful.length > TOLERATED ? [...certain, ...doubtful] : certain
}

function isTag(codePoint: number): boolean {
  return codePoint >= 0xe0000 && codePoint <= 0xe007f
}

function isOverride(codePoint: number): boolean {
  return codePoint === 0x202d || codePoint === 0x202e
}

function isInWord(codePoint: number, before: number, after: number): boolean {
  if (codePoint === SOFT_HYPHEN) return false
  return isLatin(before) && (isLatin(after) || isInvisible(after))
}

/** Soft hyphens, and what belongs to an emoji or to a script with joiners, decorate nothing. */
function isDecoration(codePoint: number, before: number): boolean {
  if (codePoint === SOFT_HYPHEN) return false
  const joins =
    codePoint === 0x200d || codePoint === 0x200c || (codePoint >= 0xfe00 && codePoint <= 0xfe0f)
  return !(joins && before > 0x7f) && !(codePoint === 0xfe0f && !isLatin(before))
}

/** A Cyrillic or Greek letter that looks Latin, with a Latin letter beside it. */
function isForeignInWord(codePoint: number, before: number, after: number): boolean {
  const foreign = codePoint >= 0x370 && codePoint <= 0x52f && !UNITS.has(codePoint)
  return (
    foreign && (isLatin(before) || isLatin(after)) && foldCodePoint(codePoint).charCodeAt(0) < 0x80
  )
}

/** µ, Ω, π and σ stand beside Latin letters in units and formulas. */
const UNITS = new Set([0x3bc, 0x3a9, 0x3c9, 0x3c0, 0x3c3, 0x3b1, 0x3b2])

function isLatin(codePoint: number): boolean {
  return (codePoint >= 0x61 && codePoint <= 0x7a) || (codePoint >= 0x41 && codePoint <= 0x5a)
}

import { html } from 'hono/html'
import { isInvisible } from '../../domain/plain-text.ts'
import type { Html } from '../html.ts'

/** Short names as Unicode gives them; what has none is shown by its number. */
const NAMES: Readonly<Record<number, string>> = {
  0x00ad: 'SHY',
  0x034f: 'CGJ',
  0x061c: 'ALM',
  0x200b: 'ZWSP',
  0x200c: 'ZWNJ',
  0x200d: 'ZWJ',
  0x200e: 'LRM',
  0x200f: 'RLM',
  0x2028: 'LSEP',
  0x2029: 'PSEP',
  0x202a: 'LRE',
  0x202b: 'RLE',
  0x202c: 'PDF',
  0x202d: 'LRO',
  0x202e: 'RLO',
  0x2060: 'WJ',
  0x2066: 'LRI',
  0x2067: 'RLI',
  0x2068: 'FSI',
  0x2069: 'PDI',
  0xfeff: 'BOM',
}
/** In a run of hidden characters this many are named, the rest counted. */
const NAMED = 3
const BLACK_FLAG = 0x1f3f4

/**
 * A text with every character that a reader could not see (zero-width, direction controls, control codes) replaced by
 * its name, so that nothing hides and nothing turns the line around. Joiners inside emoji and scripts that need them stay.
 */
export function showHidden(text: string): readonly Html[] {
  const shown: Html[] = []
  let plain = ''
  let hidden: number[] = []
  const flush = () => {
    if (plain !== '') shown.push(html`${plain}`)
    if (hidden.length > 0) shown.push(html`<i>${nameOf(hidden)}</i>`)
    plain = ''
    hidden = []
  }
  let before = 0
  let flag = false
  for (const character of text.toWellFormed()) {
    const codePoint = character.codePointAt(0) as number
    flag = codePoint === BLACK_FLAG || (flag && isTag(codePoint))
    if (isHidden(codePoint) && !flag && !belongsTo(before, codePoint)) {
      if (plain !== '') flush()
      hidden.push(codePoint)
    } else {
      if (hidden.length > 0) flush()
      plain += character
    }
    before = codePoint
  }
  flush()
  return shown
}

function isHidden(codePoint: number): boolean {
  if (codePoint === 0x09 || codePoint === 0x0a) return false
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return true
  return codePoint === 0x2028 || codePoint === 0x2029 || isInvisible(codePoint)
}

/** A joiner or a variation selector after a letter or sign outside ASCII shapes that sign. */
function belongsTo(before: number, codePoint: number): boolean {
  const shapes =
    codePoint === 0x200c || codePoint === 0x200d || (codePoint >= 0xfe00 && codePoint <= 0xfe0f)
  return shapes && before > 0x7f && !isHidden(before)
}

const isTag = (codePoint: number) => codePoint >= 0xe0000 && codePoint <= 0xe007f

function nameOf(hidden: readonly number[]): string {
  const named = hidden.slice(0, NAMED).map(nameOfOne).join(' ')
  return hidden.length > NAMED ? `${named} +${hidden.length - NAMED}` : named
}

function nameOfOne(codePoint: number): string {
  if (codePoint < 0x20) return String.fromCodePoint(0x2400 + codePoint)
  return NAMES[codePoint] ?? `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}

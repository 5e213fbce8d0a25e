import { isInvisible } from '../../domain/plain-text.ts'

/** A part of the text, in UTF-16 units. */
export type TextRange = { readonly start: number; readonly end: number }

/**
 * The parts of a text that are sent, `most` units together: all of a short one; the head and the tail of a long one,
 * because customers say what they want at the start or at the end.
 */
export function excerptOf(text: string, most: number): readonly TextRange[] {
  if (text.length <= most) return [{ start: 0, end: text.length }]
  const head = Math.ceil((most * 2) / 3)
  return [
    { start: 0, end: head },
    { start: text.length - (most - head), end: text.length },
  ]
}

/**
 * What a person sees of these parts: characters that show nothing (tag letters, bidi controls, zero-width) and control
 * characters are left out, so that nobody can whisper to the model.
 */
export function visibleText(text: string, parts: readonly TextRange[]): string {
  return parts
    .map(({ start, end }) => visible(text.slice(start, end)))
    .join('\n[... the middle of a long text is left out ...]\n')
}

function visible(text: string): string {
  let shown = ''
  for (const character of text) {
    const codePoint = character.codePointAt(0)!
    if (!isControl(codePoint) && !isInvisible(codePoint)) shown += character
  }
  return shown.toWellFormed()
}

/** Tab and line ends are controls that show. */
function isControl(codePoint: number): boolean {
  if (codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d) return false
  return codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)
}

import { isInvisible } from '../../domain/plain-text.ts'

const CONTROL = /^\p{Cc}$/u
const TAB_OR_NEWLINE = new Set([0x09, 0x0a, 0x0d])

/**
 * What a person sees of a text: characters that show nothing (tag letters, bidi controls, zero-width) and control
 * characters are left out, so that nobody can whisper to the model. At most `most` units: the head and the tail, because
 * customers say what they want at the start or at the end.
 */
export function visibleText(text: string, most: number): string {
  let visible = ''
  for (const character of text) {
    const codePoint = character.codePointAt(0)!
    const shown =
      TAB_OR_NEWLINE.has(codePoint) || !(CONTROL.test(character) || isInvisible(codePoint))
    if (shown) visible += character
  }
  visible = visible.toWellFormed()
  if (visible.length <= most) return visible
  const head = Math.ceil((most * 2) / 3)
  const omitted = visible.length - most
  const tail = visible.slice(visible.length - (most - head))
  return `${visible.slice(0, head)}\n[... ${omitted} characters left out ...]\n${tail}`.toWellFormed()
}

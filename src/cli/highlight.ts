import type { Paint } from './paint.ts'
import { wrapText } from '../domain/wrap-text.ts'

export type Mark = { readonly start: number; readonly end: number; readonly label: string }

const LONGEST = 1_200

/**
 * The customer's words with the phrases marked `[words](kind)`, coloured where possible. Long texts are cut and say so;
 * control characters are shown, never sent to the terminal.
 */
export function highlight(
  text: string,
  marks: readonly Mark[],
  options: { paint: Paint; width: number },
): string {
  const shown = text.slice(0, LONGEST).replaceAll(/[\ue000-\ue003]/g, '\ufffd')
  let out = ''
  let at = 0
  for (const mark of marks.toSorted((a, b) => a.start - b.start)) {
    if (mark.start < at || mark.end > shown.length) continue
    out += shown.slice(at, mark.start)
    out += `${OPEN}${shown.slice(mark.start, mark.end)}${CLOSE}${LABEL_OPEN}${mark.label}${LABEL_CLOSE}`
    at = mark.end
  }
  out += shown.slice(at)
  const wrapped = visible(out)
    .split('\n')
    .flatMap((line) => wrapText(line, options.width))
    .join('\n')
  const cut =
    text.length > LONGEST
      ? `\n${options.paint('faint', `… ${text.length - LONGEST} more characters`)}`
      : ''
  return paintMarks(wrapped, options.paint) + cut
}

// Private-use characters stand for the marks until the text is wrapped, so that colours do not count as width.
const OPEN = '\ue000'
const CLOSE = '\ue001'
const LABEL_OPEN = '\ue002'
const LABEL_CLOSE = '\ue003'

function paintMarks(text: string, paint: Paint): string {
  return text
    .replaceAll(/\ue000([^\ue001]*)\ue001/g, (_, words: string) =>
      words
        .split('\n')
        .map((line) => paint('phrase', line))
        .join('\n'),
    )
    .replaceAll(/\ue002([^\ue003]*)\ue003/g, (_, label: string) => paint('faint', ` [${label}]`))
}

/** Escape sequences and other controls in a ticket must not reach the terminal. */
function visible(text: string): string {
  return text.replaceAll(/[^\n\P{C}\ue000-\ue003]/gu, (char) =>
    char === '\r' || char === '\t' ? ' ' : '�',
  )
}

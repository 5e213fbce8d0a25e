/** A part of the text, in UTF-16 units. */
export type Range = { readonly start: number; readonly end: number }

/** Headers are short lines; what is longer is prose. */
const MAX_HEADER = 300
const HEADER_LINES = 6

/**
 * The parts of a message that repeat an earlier one: lines that begin with `>`, and what follows "On … wrote:",
 * "-----Original Message-----" or a "From: … Sent:" header. When the customer answers below the quote, only its `>` lines count.
 * A forwarded message ("Fwd:" in the subject) is what the customer wants read, so nothing in it is quoted.
 */
export function findQuotedRanges(text: string): readonly Range[] {
  const lines = readLines(text)
  if (isForward(lines[0]?.head ?? '')) return []
  const ranges: { start: number; end: number }[] = []
  for (const [index, line] of lines.entries()) {
    if (startsQuotedRest(lines, index)) {
      ranges.push({ start: line.start, end: text.length })
      break
    }
    if (!line.head.startsWith('>')) continue
    const last = ranges.at(-1)
    if (last?.end === line.start) last.end = line.end
    else ranges.push({ start: line.start, end: line.end })
  }
  return ranges
}

type Line = { readonly start: number; readonly end: number; readonly head: string }

/** `head` is the trimmed beginning of a line, enough to recognise a header. */
function readLines(text: string): readonly Line[] {
  const lines: Line[] = []
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline + 1
    const head = text.slice(start, Math.min(end, start + MAX_HEADER + 1)).trim()
    lines.push({ start, end, head })
    start = end
  }
  return lines
}

function isForward(subject: string): boolean {
  return /^(?:fwd?|wg|tr)\s?:/i.test(subject) || /\bfwd?:/i.test(subject.slice(0, 20))
}

function startsQuotedRest(lines: readonly Line[], index: number): boolean {
  const head = lines[index]?.head ?? ''
  if (head.length === 0 || head.length > MAX_HEADER) return false
  if (/^-{2,} ?original message ?-{2,}$/i.test(head)) return true
  if (/^from:/i.test(head)) return hasHeaderBlock(lines, index)
  if (!/^on\b/i.test(head)) return false
  const wrapped = !/wrote: ?$/i.test(head)
  if (wrapped && !/wrote: ?$/i.test(lines[index + 1]?.head ?? '')) return false
  if (!/\d/.test(head)) return false
  return !nextFilledLine(lines, index + (wrapped ? 2 : 1)).startsWith('>')
}

function hasHeaderBlock(lines: readonly Line[], index: number): boolean {
  const block = lines.slice(index + 1, index + HEADER_LINES).map((line) => line.head)
  const has = (name: RegExp) => block.some((head) => name.test(head))
  return has(/^sent:/i) || (has(/^date:/i) && has(/^(?:to|subject):/i))
}

function nextFilledLine(lines: readonly Line[], from: number): string {
  for (let index = from; index < Math.min(lines.length, from + HEADER_LINES); index++) {
    const head = lines[index]?.head ?? ''
    if (head !== '') return head
  }
  return ''
}

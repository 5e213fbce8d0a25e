import { html } from 'hono/html'
import { findQuotedRanges } from '../../domain/quoted-lines.ts'
import type { Html } from '../html.ts'
import type { Mark } from './marks.ts'
import { cutAtMarks, snap } from './marks.ts'
import { showHidden } from './show-hidden.ts'

/** What is shown of a long text before somebody asks for all of it, in UTF-16 units and lines. */
export const SHOWN = { units: 2_000, lines: 60 }
/** Looks at places beyond that. */
const EXCERPTS = 8
/** Units around such a place. */
const AROUND = 80

export type TicketText = {
  /** Marked, without the line end after it; undefined when the ticket has none. */
  readonly subject: Html | undefined
  readonly body: Html
  /** UTF-16 units that are not shown; 0 when all is. */
  readonly left: number
  /** Places with marks in what is not shown. */
  readonly excerpts: readonly Html[]
}

/**
 * The customer's words with marks: the subject, the beginning of the body (or all of it), and a look at each mark
 * further down. `subjectLength` is the length of the first line where that is the ticket's subject.
 */
export function showTicketText(
  text: string,
  marks: readonly Mark[],
  { subjectLength, all }: { readonly subjectLength: number | undefined; readonly all: boolean },
): TicketText {
  const show = createMarker(text, marks)
  const subject = subjectLength === undefined ? undefined : html`${show(0, subjectLength)}`
  const start = subjectLength === undefined ? 0 : subjectLength + 1
  const end = all ? text.length : shownEnd(text, start)
  const body = html`<div class="words">${showLines(text, { start, end }, show)}</div>`
  const left = Math.max(0, text.length - end)
  return { subject, body, left, excerpts: left === 0 ? [] : excerptsAfter(text, marks, end, show) }
}

/** The name of a mark in the page, so that a reason can lead to it. */
export const idOfPlace = ({ start, end }: { readonly start: number; readonly end: number }) =>
  `at-${start}-${end}`

function shownEnd(text: string, start: number): number {
  let at = start
  for (let lines = 0; lines < SHOWN.lines; lines++) {
    const newline = text.indexOf('\n', at)
    if (newline === -1 || newline - start > SHOWN.units) break
    at = newline + 1
    if (lines === SHOWN.lines - 1) return newline
  }
  return Math.min(text.length, snap(text, start + SHOWN.units))
}

type Show = (start: number, end: number) => readonly Html[]

/** Shows stretches of one text under its marks; the first stretch of each mark carries the mark's name. */
function createMarker(text: string, marks: readonly Mark[]): Show {
  const placed = new Set<string>()
  return (start, end) =>
    cutAtMarks(text, marks, { start, end }).map((segment) => {
      const words = showHidden(text.slice(segment.start, segment.end))
      if (segment.marks.length === 0) return html`${words}`
      const name = segment.marks.map(idOfPlace).find((id) => !placed.has(id))
      if (name !== undefined) placed.add(name)
      const look = segment.marks.some((mark) => mark.strong) ? 'strong' : 'faint'
      const labels = [...new Set(segment.marks.map((mark) => mark.label))].join(', ')
      const id = name === undefined ? '' : html`id="${name}"`
      return html`<mark ${id} class="${look}" title="${labels}">${words}</mark>`
    })
}

/** One paragraph a line, each with the direction of its own letters. Empty lines in a row count as one. */
function showLines(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  show: Show,
): readonly Html[] {
  const quoted = findQuotedRanges(text)
  const lines: Html[] = []
  let wasBlank = false
  let quote = 0
  for (let from = start; from < end;) {
    const newline = text.indexOf('\n', from)
    const to = newline === -1 || newline > end ? end : newline
    while ((quoted[quote]?.end ?? Infinity) <= from) quote++
    const blank = text.slice(from, to).trim() === ''
    if (blank && !wasBlank) lines.push(html`<br />`)
    if (!blank) {
      const look = (quoted[quote]?.start ?? Infinity) <= from ? 'quoted' : 'own'
      const words = show(from, text[to - 1] === '\r' ? to - 1 : to)
      lines.push(html`<p dir="auto" class="${look}">${words}</p>`)
    }
    wasBlank = blank
    from = to + 1
  }
  return lines
}

function excerptsAfter(
  text: string,
  marks: readonly Mark[],
  shown: number,
  show: Show,
): readonly Html[] {
  return joinNear(marks.filter((mark) => mark.end > shown))
    .slice(0, EXCERPTS)
    .map(({ start, end }) => {
      const words = show(snap(text, start - AROUND), snap(text, end + AROUND))
      return html`<p dir="auto">… ${words} …</p>`
    })
}

/** Marks whose surroundings would overlap become one place. */
function joinNear(marks: readonly Mark[]): readonly { start: number; end: number }[] {
  const joined: { start: number; end: number }[] = []
  for (const { start, end } of marks.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last !== undefined && start - last.end < 2 * AROUND) last.end = Math.max(last.end, end)
    else joined.push({ start, end })
  }
  return joined
}

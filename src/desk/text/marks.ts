/** A place in the customer's words that something was found at. Offsets are UTF-16 units of the text as sent. */
export type Mark = {
  readonly start: number
  readonly end: number
  /** What was found, for people. */
  readonly label: string
  /** It changed the decision, so it stands out more. */
  readonly strong: boolean
}

/** A stretch of text under the same marks. */
export type Segment = {
  readonly start: number
  readonly end: number
  readonly marks: readonly Mark[]
}

/**
 * Cuts `start` to `end` of a text where marks begin or end, so that overlapping marks can be shown flat. Marks outside
 * are left out, and a cut never falls inside a surrogate pair.
 */
export function cutAtMarks(
  text: string,
  marks: readonly Mark[],
  { start, end }: { readonly start: number; readonly end: number },
): readonly Segment[] {
  const inside = marks
    .map((mark) => ({ ...mark, start: snap(text, mark.start), end: snap(text, mark.end) }))
    .filter((mark) => mark.start < mark.end && mark.end > start && mark.start < end)
  const cuts = new Set([start, end])
  for (const mark of inside) {
    cuts.add(Math.max(mark.start, start))
    cuts.add(Math.min(mark.end, end))
  }
  const places = [...cuts].toSorted((a, b) => a - b)
  return places.slice(1).map((to, index) => {
    const from = places[index]!
    return {
      start: from,
      end: to,
      marks: inside.filter((mark) => mark.start <= from && mark.end >= to),
    }
  })
}

/** The offset itself, or one before it where it would split a character in two. */
export function snap(text: string, at: number): number {
  const inside = Math.max(0, Math.min(at, text.length))
  const splits = isHigh(text.charCodeAt(inside - 1)) && isLow(text.charCodeAt(inside))
  return splits ? inside - 1 : inside
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

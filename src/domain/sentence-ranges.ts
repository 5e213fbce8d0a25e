import type { Range } from './quoted-lines.ts'

/** A token this long (an address, a key) is nobody's prose; it ends what stands before it. */
const END = /(?<=\S{24})(?=\s)|(?<![.!?…؟।])[.!?…؟।]+["'”’)\]]*(?=\s|$)|[。！？．]+|\n+/gu

/** The sentences and lines of a text, in order; together they cover it. */
export function sentenceRanges(text: string): readonly Range[] {
  const ranges: Range[] = []
  let start = 0
  for (const match of text.matchAll(END)) {
    const end = match.index + match[0].length
    if (end > start) ranges.push({ start, end })
    start = end
  }
  if (start < text.length) ranges.push({ start, end: text.length })
  return ranges
}

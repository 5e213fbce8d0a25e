/** A slice of the tokens that fits the model, as [start, end). */
export type TokenWindow = { readonly start: number; readonly end: number }

/**
 * Windows of at most `size` tokens, each `stride` after the last, that together cover the text. A text of more than
 * `most` windows keeps the first ones and the last one: customers say what they want at the start or at the end.
 */
export function tokenWindows(
  tokens: number,
  { size, stride, most }: { size: number; stride: number; most: number },
): readonly TokenWindow[] {
  if (tokens <= size) return [{ start: 0, end: tokens }]
  const windows: TokenWindow[] = []
  for (let start = 0; ; start += stride) {
    const end = Math.min(start + size, tokens)
    windows.push({ start, end })
    if (end === tokens) break
  }
  return windows.length <= most ? windows : [...windows.slice(0, most - 1), windows.at(-1)!]
}

/** Not seen by a reader, and put between letters for that. */
const HIDDEN = String.raw`\p{Cf}*`

const BEGINNING = new RegExp(
  [
    // A capital word (looked for first: what stands before it may be long) after small letters, a number or a comma ...
    String.raw`(?=\p{Lu})(?<=[\p{Ll}\d,;"'’)\]]${HIDDEN}\s${HIDDEN})\p{Lu}(?=${HIDDEN}\p{Ll}|\p{Lu}+[\s,])`,
    // ... and one in small letters after words that shout.
    String.raw`(?<=\p{Lu}{2}\s)\p{Lu}(?=${HIDDEN}\p{Ll})`,
  ].join('|'),
  'gu',
)

/** Where a sentence may begin that somebody put into the middle of another one, in order. */
export function beginnings(text: string): readonly number[] {
  return Array.from(text.matchAll(BEGINNING), ({ index }) => index)
}

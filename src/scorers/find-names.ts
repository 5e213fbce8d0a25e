import nlp from 'compromise'
import type { Range } from '../domain/quoted-lines.ts'
import { sentenceRanges } from '../domain/sentence-ranges.ts'

const NAME = String.raw`\p{Lu}[\p{L}'’-]{1,25}`
const NAMES = String.raw`${NAME}(?:\s${NAME}){0,2}`
/** Where people say who they are, whatever their names look like. */
const SAID = [
  new RegExp(String.raw`\b(?:my name is|name:|i am called|signed,?|attn:?)\s+(${NAMES})`, 'giu'),
  new RegExp(
    String.raw`\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau|Señora?|Madame|Monsieur)\b\.?\s(${NAMES})`,
    'gu',
  ),
  new RegExp(
    String.raw`(?:regards|sincerely|best|wishes|cheers|thanks|thank you|grüßen|grüße|cordialement|saludos|saluti)[,.!]?[^\S\n]{0,20}\n\s{0,20}(${NAMES})[^\S\n]{0,20}(?=\n|$)`,
    'giu',
  ),
]
/** A name has a capital inside the sentence, or stands on a line of its own. */
const CAPITAL_INSIDE = /[\p{Ll},]\s+["'(]?\p{Lu}\p{Ll}/u
const SHORT_LINE = /^\s*\p{Lu}[\p{L}'’.-]*(?:\s\p{Lu}[\p{L}'’.-]*){0,2}[\s,.!]*$/u
/** Titles without a name, and words that only look like one. */
const NO_NAME = /^(?:sir|madam|mr|mrs|ms|miss|dr|prof|team|support|jenkins|grafana|jira|customer)$/i
/** A line of three names at most. */
const LONGEST_LINE = 100
const MOST_CHARACTERS = 6_000
const MOST_SENTENCES = 60

/**
 * Names of people in English text, by compromise and by the words around them. Only what may hold one is looked at: the
 * library costs a millisecond for a few sentences. Every pattern is linear in any text.
 */
export function findNames(text: string): readonly Range[] {
  const found: Range[] = SAID.flatMap((pattern) =>
    Array.from(text.matchAll(pattern), (match) => {
      const start = match.index + match[0].lastIndexOf(match[1]!)
      return { start, end: start + match[1]!.length }
    }).filter(({ start, end }) => /^\p{Lu}/u.test(text.slice(start, end))),
  )
  let characters = 0
  let sentences = 0
  for (const { start, end } of sentenceRanges(text)) {
    const sentence = text.slice(start, end)
    const mayName =
      CAPITAL_INSIDE.test(sentence) ||
      (sentence.length <= LONGEST_LINE && SHORT_LINE.test(sentence))
    if (!mayName) continue
    characters += sentence.length
    sentences += 1
    if (characters > MOST_CHARACTERS || sentences > MOST_SENTENCES) break
    found.push(
      ...peopleIn(sentence).map((at) => ({ start: start + at.start, end: start + at.end })),
    )
  }
  return found
}

type Person = {
  readonly text: string
  readonly offset?: { readonly start: number; readonly length: number }
}

function peopleIn(sentence: string): readonly Range[] {
  const people = nlp(sentence).people().json({ offset: true }) as readonly Person[]
  return people.flatMap(({ offset }) => {
    if (offset === undefined) return []
    const raw = sentence.slice(offset.start, offset.start + offset.length)
    const [name] = /\p{Lu}[\p{L}\s.'’-]*[\p{L}]/u.exec(raw) ?? []
    if (name === undefined || NO_NAME.test(name)) return []
    const start = offset.start + raw.indexOf(name)
    return [{ start, end: start + name.length }]
  })
}

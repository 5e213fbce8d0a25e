/** One word as the tokenizer sees it, and where it stands in the text (UTF-16 units). */
export type Word = { readonly text: string; readonly start: number; readonly end: number }

/**
 * The text as words with offsets, by the rules of `model/training/words.py`, which is the specification
 * (`model/training/fixtures/tokenization.json` holds both sides to it). Linear in the length of the text.
 */
export function splitWords(text: string): readonly Word[] {
  const words: Word[] = []
  let from = 0
  for (const mask of findMasks(text)) {
    splitPlain(text, from, mask.start, words)
    words.push(mask)
    from = mask.end
  }
  splitPlain(text, from, text.length, words)
  return words
}

const LINK = /(?:https?:\/\/|www\.)\S+/y
const MENTION = /@[A-Za-z0-9_]+/y
const LOCAL_PART = /[A-Za-z0-9._%+-]+/y
const DOMAIN = /[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/y

/** Links, e-mail addresses and mentions, in this order at each position, as one word each. */
function* findMasks(text: string): Generator<Word> {
  // A run of local-part characters has one possible `@`, so each run is scanned once, not once per character.
  let localEnd = 0
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    let mask: Word | undefined
    if (char === 'h' || char === 'w') mask = matchAt(LINK, text, at, 'url')
    if (mask === undefined && at >= localEnd) {
      const local = endAt(LOCAL_PART, text, at)
      if (local !== undefined) {
        localEnd = local
        const end = text[local] === '@' ? endAt(DOMAIN, text, local + 1) : undefined
        if (end !== undefined) mask = { text: 'email', start: at, end }
      }
    }
    if (mask === undefined && char === '@') mask = matchAt(MENTION, text, at, 'user')
    if (mask === undefined) at++
    else {
      yield mask
      at = mask.end
      localEnd = Math.max(localEnd, at)
    }
  }
}

function matchAt(pattern: RegExp, text: string, start: number, word: string): Word | undefined {
  const end = endAt(pattern, text, start)
  return end === undefined ? undefined : { text: word, start, end }
}

function endAt(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : undefined
}

const WHITE_SPACE = /[\t\n\r\p{Z}]/u
const DROPPED = /[\p{C}\ufffd]/u
const PUNCTUATION = /[!-/:-@[-`{-~\p{P}]/u
const OWN_WORD = /\p{So}/u
const LONG_RUN = /([a-z])\1{2,}/gi

const IDEOGRAPHS: readonly (readonly [number, number])[] = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
]

function isIdeograph(code: number): boolean {
  return IDEOGRAPHS.some(([low, high]) => code >= low && code <= high)
}

type CharClass = 'letter' | 'space' | 'dropped' | 'single'

function classify(char: string): CharClass {
  if (WHITE_SPACE.test(char)) return 'space'
  if (DROPPED.test(char)) return 'dropped'
  return PUNCTUATION.test(char) || OWN_WORD.test(char) || isIdeograph(char.codePointAt(0)!)
    ? 'single'
    : 'letter'
}

const ASCII: readonly CharClass[] = Array.from({ length: 128 }, (_, code) =>
  classify(String.fromCharCode(code)),
)

function splitPlain(text: string, from: number, until: number, words: Word[]): void {
  let letters = ''
  let start = from
  let end = from
  const flush = () => {
    if (letters !== '') words.push({ text: letters.replace(LONG_RUN, '$1$1'), start, end })
    letters = ''
  }
  for (let at = from; at < until;) {
    const code = text.codePointAt(at)!
    const width = code > 0xffff ? 2 : 1
    const char = text.slice(at, at + width)
    const kind = code < 128 ? ASCII[code]! : classify(char)
    if (kind === 'space') flush()
    else if (kind === 'single') {
      flush()
      words.push({ text: char, start: at, end: at + width })
    } else if (kind === 'letter') {
      if (letters === '') start = at
      letters += char
      end = at + width
    }
    at += width
  }
  flush()
}

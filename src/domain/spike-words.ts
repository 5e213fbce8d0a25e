import { stemmer as danishStem } from '@orama/stemmers/danish'
import { stemmer as dutchStem } from '@orama/stemmers/dutch'
import { stemmer as englishStem } from '@orama/stemmers/english'
import { stemmer as finnishStem } from '@orama/stemmers/finnish'
import { stemmer as frenchStem } from '@orama/stemmers/french'
import { stemmer as germanStem } from '@orama/stemmers/german'
import { stemmer as italianStem } from '@orama/stemmers/italian'
import { stemmer as norwegianStem } from '@orama/stemmers/norwegian'
import { stemmer as portugueseStem } from '@orama/stemmers/portuguese'
import { stemmer as spanishStem } from '@orama/stemmers/spanish'
import { stemmer as swedishStem } from '@orama/stemmers/swedish'
import { stemmer as turkishStem } from '@orama/stemmers/turkish'
import { stopwords as danishStops } from '@orama/stopwords/danish'
import { stopwords as dutchStops } from '@orama/stopwords/dutch'
import { stopwords as englishStops } from '@orama/stopwords/english'
import { stopwords as finnishStops } from '@orama/stopwords/finnish'
import { stopwords as frenchStops } from '@orama/stopwords/french'
import { stopwords as germanStops } from '@orama/stopwords/german'
import { stopwords as italianStops } from '@orama/stopwords/italian'
import { stopwords as norwegianStops } from '@orama/stopwords/norwegian'
import { stopwords as portugueseStops } from '@orama/stopwords/portuguese'
import { stopwords as spanishStops } from '@orama/stopwords/spanish'
import { stopwords as swedishStops } from '@orama/stopwords/swedish'
import { stopwords as turkishStops } from '@orama/stopwords/turkish'
import type { Word } from './words.ts'
import { NEW_SENTENCE, readWords } from './words.ts'

/** The first content words of a text as stems, and pairs of them that follow one another in a sentence. */
export type ContentWords = {
  readonly stems: readonly string[]
  readonly terms: readonly string[]
}

const MAX_STEMS = 6
const MAX_TERMS = 4
const MAX_TEXT = 2_000
const MIN_LENGTH = 3

/**
 * What a text is about, in the words of its language. Bounded, whatever the text. The customer's own new words only:
 * quoted mail is left out. A language without a stemmer here keeps its words as they are.
 */
export function contentWords(text: string, language: string): ContentWords {
  const { stem, stops } = LANGUAGES[language.slice(0, 2).toLowerCase()] ?? PLAIN
  const stems = new Set<string>()
  const terms = new Set<string>()
  let before: string | undefined
  for (const { form, sentence } of wordsOf(text.slice(0, MAX_TEXT))) {
    if (sentence) before = undefined
    if (!isCounted(form, stops)) continue
    const here = stem(form)
    if (stems.size < MAX_STEMS) stems.add(here)
    if (before !== undefined && before !== here && terms.size < MAX_TERMS)
      terms.add(`${before} ${here}`)
    before = here
    if (stems.size === MAX_STEMS && terms.size === MAX_TERMS) break
  }
  return { stems: [...stems], terms: [...terms] }
}

/** How customers say a word or term of `contentWords`, most often: "mobile network" for "mobil network". */
export function spokenForm(
  stems: string,
  texts: readonly { readonly text: string; readonly language: string }[],
): string {
  const counts = new Map<string, number>()
  for (const { text, language } of texts) {
    const { stem, stops } = LANGUAGES[language.slice(0, 2).toLowerCase()] ?? PLAIN
    const forms = wordsOf(text.slice(0, MAX_TEXT))
      .map(({ form }) => form)
      .filter((form) => isCounted(form, stops))
    const stemmed = forms.map(stem)
    for (const [at, form] of forms.entries())
      for (const said of [[form], forms.slice(at, at + 2)]) {
        if (stemmed.slice(at, at + said.length).join(' ') !== stems) continue
        const spoken = said.join(' ')
        counts.set(spoken, (counts.get(spoken) ?? 0) + 1)
      }
  }
  const [first] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return first?.[0] ?? stems
}

const isCounted = (form: string, stops: ReadonlySet<string>) =>
  !stops.has(form) && !GREETINGS.has(form) && isContent(form)

type Form = { readonly form: string; readonly sentence: boolean }

function wordsOf(text: string): readonly Form[] {
  return readWords(text)
    .filter(({ quoted }) => !quoted)
    .flatMap((word) => formsOf(word))
}

/** Scripts that write no blanks come as one long form: cut it into words. */
function formsOf({ form, breakBefore }: Word): readonly Form[] {
  const sentence = breakBefore === NEW_SENTENCE
  if (!WITHOUT_BLANKS.test(form)) return [{ form: form.replace(/'.*$/, ''), sentence }]
  return [...SEGMENTER.segment(form)]
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ segment }, place) => ({ form: segment, sentence: sentence && place === 0 }))
}

const WITHOUT_BLANKS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u
const SEGMENTER = new Intl.Segmenter('und', { granularity: 'word' })

/** Numbers name one order or one amount, never a topic; codes such as "e4012" do. */
function isContent(form: string): boolean {
  if (!/\p{L}/u.test(form)) return false
  return form.length >= MIN_LENGTH || WITHOUT_BLANKS.test(form)
}

type Language = {
  readonly stem: (word: string) => string
  readonly stops: ReadonlySet<string>
}

const PLAIN: Language = { stem: (word) => word, stops: new Set() }

const LANGUAGES: Readonly<Record<string, Language>> = {
  da: language(danishStem, danishStops),
  de: language(germanStem, germanStops),
  en: language(englishStem, englishStops),
  es: language(spanishStem, spanishStops),
  fi: language(finnishStem, finnishStops),
  fr: language(frenchStem, frenchStops),
  it: language(italianStem, italianStops),
  nl: language(dutchStem, dutchStops),
  no: language(norwegianStem, norwegianStops),
  pt: language(portugueseStem, portugueseStops),
  sv: language(swedishStem, swedishStops),
  tr: language(turkishStem, turkishStops),
}

/** Stop words are folded as the text is: no accents, and only what stands before an apostrophe. */
function language(stem: (word: string) => string, stops: readonly string[]): Language {
  const folded = stops.flatMap((word) => readWords(word).map(({ form }) => form))
  return { stem, stops: new Set(folded.flatMap((form) => [form, form.replace(/'.*$/, '')])) }
}

/** What nearly every message has, whatever it is about. */
const GREETINGS: ReadonlySet<string> = new Set(
  `also anyone cannot could dear get getting give got guys hello help hey issue know like need one please problem
  really regards since sincerely still team thank thanks today try trying want would yesterday`.split(
    /\s+/,
  ),
)

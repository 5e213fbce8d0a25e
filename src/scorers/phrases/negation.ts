import { SAME_CLAUSE, type Word } from '../../domain/words.ts'

/**
 * Whether the words in front of a hit deny it: "not considering leaving", "never said I'd sue", "no need to escalate".
 *
 * A negation counts only within the hit's clause and only when every word between it and the hit is one that carries a
 * negation on (`CARRIERS`, and "… or" after what is not wanted). Any other word, "why haven't", "not only" and
 * "would not" let the hit stand: a false alarm costs less than a missed one.
 */
export function isNegated(words: readonly Word[], first: number): boolean {
  if (SUBJECTS.has(formAt(words, first)) && !SAYING.has(formBefore(words, first))) return false
  let at = first
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    if (!isSameClause(words, at)) return false
    at--
    const form = formAt(words, at)
    if (isNegator(words, at)) return true
    if (form === 'or') {
      const asked = findRefusal(words, at)
      if (asked === -1) return false
      at = asked
    } else if (SUBJECTS.has(form)) {
      if (!SAYING.has(formBefore(words, at))) return false
    } else if (!CARRIERS.has(form)) return false
  }
  return false
}

const MAX_STEPS = 8
const MAX_REFUSED = 4

const list = (forms: string) => new Set(forms.split(' '))

const NEGATORS = list(
  "not never no nor neither without nobody none nothing don't dont doesn't doesnt didn't didnt isn't isnt aren't arent " +
    "wasn't wasnt weren't werent haven't havent hasn't hasnt hadn't hadnt won't wont ain't aint",
)
/** "Would not", "can't", "could not" are about other worlds or about what fails, not about what is meant. */
const OTHER_WORLDS = list('would could should can might may cannot why')
const MORE_THAN = list('only just merely simply')
const SAYING = list(
  'say saying said says think thinking mean meaning meant claim claiming suggesting threatening that',
)
const SUBJECTS = list(
  "i i'm im i'd i'll ill i've ive we we're we'd we'll we've you you're you've he she they they're it it's its this that's",
)
const REFUSED = list(
  'want wanted need wish like asking after trying threatening considering planning',
)
/** Words that pass a negation on to what follows them. */
const CARRIERS = new Set([
  ...SAYING,
  ...REFUSED,
  ...list(
    'a an the any my our your to of about for on in at as be been being is are was were am have has had do does',
  ),
  ...list(
    'will going gonna get getting wanting needing looking intend intending intention intentions plan plans',
  ),
  ...list(
    'reason wish wishing desire interest interested here threat threaten using seeking calling hiring',
  ),
  ...list(
    'really actually even currently yet ever one anyone anybody longer ask asked demanding requesting',
  ),
])

function isNegator(words: readonly Word[], at: number): boolean {
  if (!NEGATORS.has(formAt(words, at))) return false
  if (MORE_THAN.has(formAt(words, at + 1))) return false
  return !(isSameClause(words, at) && OTHER_WORLDS.has(formAt(words, at - 1)))
}

/** "don't want a refund or a lawyer": from "or" back to the refusing verb, which a negation must precede. */
function findRefusal(words: readonly Word[], or: number): number {
  for (let at = or; at > or - MAX_REFUSED - 1; at--) {
    if (!isSameClause(words, at)) return -1
    const form = formAt(words, at - 1)
    if (REFUSED.has(form) || form.endsWith('ing')) return at - 1
  }
  return -1
}

/** Whether the word before `at` belongs to the same clause. */
function isSameClause(words: readonly Word[], at: number): boolean {
  return at > 0 && words[at]?.breakBefore === SAME_CLAUSE
}

function formAt(words: readonly Word[], at: number): string {
  return words[at]?.form ?? ''
}

function formBefore(words: readonly Word[], at: number): string {
  return isSameClause(words, at) ? formAt(words, at - 1) : ''
}

/**
 * The regular English forms of a word: `cancel` gives cancel, cancels, cancel's, canceled, cancelled, canceling, cancelling.
 * Inflection only: irregular forms (left, lost) and other words (cancellation) are written out in the pattern.
 */
export function inflections(word: string): readonly string[] {
  const forms = [word, `${word}'s`]
  forms.push(...thirdPerson(word))
  for (const stem of stems(word)) forms.push(past(stem), continuous(stem))
  return [...new Set(forms)]
}

const VOWELS = 'aeiou'

function thirdPerson(word: string): readonly string[] {
  if (/(?:s|x|z|ch|sh)$/.test(word)) return [`${word}es`]
  if (endsConsonantY(word)) return [`${word.slice(0, -1)}ies`]
  return word.endsWith('o') ? [`${word}s`, `${word}es`] : [`${word}s`]
}

/** The word itself and, after one vowel and one consonant, the word with that consonant doubled. */
function stems(word: string): readonly string[] {
  const [before, vowel, last] = word.slice(-3)
  const doubles =
    last !== undefined &&
    isConsonant(before) &&
    !isConsonant(vowel) &&
    isConsonant(last) &&
    !'wxy'.includes(last)
  return doubles ? [word, word + last] : [word]
}

function past(word: string): string {
  if (word.endsWith('e')) return `${word}d`
  return endsConsonantY(word) ? `${word.slice(0, -1)}ied` : `${word}ed`
}

function continuous(word: string): string {
  if (word.endsWith('ie')) return `${word.slice(0, -2)}ying`
  const dropsE = word.endsWith('e') && !/(?:ee|oe|ye)$/.test(word) && word.length > 2
  return dropsE ? `${word.slice(0, -1)}ing` : `${word}ing`
}

function endsConsonantY(word: string): boolean {
  return word.endsWith('y') && word.length > 1 && isConsonant(word.at(-2))
}

function isConsonant(letter: string | undefined): boolean {
  return letter !== undefined && !VOWELS.includes(letter)
}

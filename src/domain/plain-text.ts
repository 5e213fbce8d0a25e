/**
 * What a reader sees, as plain letters: case, accents, width, styled letters and look-alikes are folded away,
 * characters that show nothing are left out. Used to compare words, never to change the text itself.
 */

/** Letters of other scripts and styles that look like a Latin one; `NFKD` does not know them. */
const LOOK_ALIKES = lookAlikes({
  a: 'Аа Αα ɑ ᴀ Ꭺ',
  b: 'Вв Β ʙ Ь ь ɓ',
  c: 'Сс ᴄ ϲ Ϲ ƈ Ꮯ',
  d: 'ԁ ᴅ đĐ ð ɗ',
  e: 'Ее Εε ᴇ ɛ є Ꭼ',
  f: 'ꜰ ƒ',
  g: 'ɡ ɢ ց ɠ',
  h: 'Нһ Η ʜ հ ħ н Һ',
  i: 'Іі Ιι ı ɪ ɩ ɨ Ꭵ',
  j: 'Јј ᴊ ϳ',
  k: 'Кк Κκ ᴋ ƙ',
  l: 'ӏӀ ʟ łŁ ƚ ǀ Ꮮ',
  m: 'Мм Μ ᴍ ɱ Ꮇ',
  n: 'Ν η ɴ п ո ɲ',
  o: 'Оо Οο σ ᴏ օ Օ øØ',
  p: 'Рр Ρρ ᴘ ƥ',
  q: 'ԛ զ',
  r: 'г ʀ',
  s: 'Ѕѕ ꜱ ʂ Ꮪ',
  t: 'Тт Ττ ᴛ ŧ ƭ',
  u: 'υ ս ᴜ ʋ',
  v: 'ν ѵ ᴠ Ѵ',
  w: 'ԝ ω ᴡ ѡ',
  x: 'Хх Χχ',
  y: 'Уу Υγ ү ʏ ƴ Ү',
  z: 'Ζ ᴢ ʐ',
  ae: 'æÆ',
  oe: 'œŒ',
  ss: 'ß',
  "'": '’‘ʼ`´′‛＇ʹ',
})

const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cf}]$/u
const MARK = /^\p{M}$/u
const CONTROL = /^\p{Cc}$/u
const WORD_CHARACTER = /^[\p{L}\p{N}]/u

/** Bounded: a text that walks through all of Unicode empties it instead of growing it. */
const CACHE_LIMIT = 8192
const cache = new Map<number, string>()

/** The folded form of one code point: '' when it shows nothing or only decorates its neighbour. */
export function foldCodePoint(codePoint: number): string {
  if (codePoint >= 0x61 && codePoint <= 0x7a) return String.fromCharCode(codePoint)
  const known = cache.get(codePoint)
  if (known !== undefined) return known
  if (cache.size >= CACHE_LIMIT) cache.clear()
  const folded = computeFold(codePoint)
  cache.set(codePoint, folded)
  return folded
}

/** Characters that a reader cannot see: zero-width, bidi controls, tags, variation selectors, fillers. */
export function isInvisible(codePoint: number): boolean {
  return codePoint >= 0xad && INVISIBLE.test(String.fromCodePoint(codePoint))
}

/** Accents and other marks that sit on the character before them. */
export function isMark(codePoint: number): boolean {
  return codePoint >= 0x300 && MARK.test(String.fromCodePoint(codePoint)) && !isInvisible(codePoint)
}

/** Whether a folded form belongs to a word: any letter or digit. */
export function isWordForm(folded: string): boolean {
  const first = folded.charCodeAt(0)
  if (first < 0x80) return (first >= 0x61 && first <= 0x7a) || (first >= 0x30 && first <= 0x39)
  return WORD_CHARACTER.test(folded)
}

/** The whole text folded, invisible characters gone; offsets are not kept. */
export function foldText(text: string): string {
  let folded = ''
  for (const character of text) folded += foldCodePoint(character.codePointAt(0) as number)
  return folded
}

function computeFold(codePoint: number): string {
  const character = String.fromCodePoint(codePoint)
  const lookAlike = LOOK_ALIKES.get(character)
  if (lookAlike !== undefined) return lookAlike
  if (isInvisible(codePoint)) return ''
  if (CONTROL.test(character)) return isBlankControl(codePoint) ? character : ''
  const styled = styledLetter(codePoint)
  if (styled !== undefined) return styled
  let folded = ''
  for (const part of character.normalize('NFKD')) {
    const lower = LOOK_ALIKES.get(part) ?? part.toLowerCase()
    for (const letter of lower) if (!MARK.test(letter)) folded += LOOK_ALIKES.get(letter) ?? letter
  }
  return folded
}

/** Tab, line ends and the separators among the controls; the rest shows nothing. */
function isBlankControl(codePoint: number): boolean {
  return (codePoint >= 0x09 && codePoint <= 0x0d) || codePoint === 0x85
}

/** White-on-black circled and squared letters, which have no compatibility form. */
function styledLetter(codePoint: number): string | undefined {
  for (const start of [0x1f150, 0x1f170])
    if (codePoint >= start && codePoint < start + 26)
      return String.fromCharCode(0x61 + codePoint - start)
  return undefined
}

function lookAlikes(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (const [latin, others] of Object.entries(table))
    for (const other of others) if (other !== ' ') map.set(other, latin)
  return map
}

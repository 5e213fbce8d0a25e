import { isLuhn } from './checksums.ts'

/** Check digits of national numbers. All take the number as written, with its own separators. */

const digitsOf = (text: string) => Array.from(text.replaceAll(/\D/g, ''), Number)
const weighted = (digits: readonly number[], weights: readonly number[]) =>
  weights.reduce((sum, weight, at) => sum + weight * digits[at]!, 0)
const isDay = (day: number, month: number) => day >= 1 && day <= 31 && month >= 1 && month <= 12

/** Poland: PESEL, eleven digits that begin with a date. */
export function isPesel(text: string): boolean {
  const digits = digitsOf(text)
  const month = (digits[2]! * 10 + digits[3]!) % 20
  const sum = weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3])
  return isDay(digits[4]! * 10 + digits[5]!, month) && (10 - (sum % 10)) % 10 === digits[10]
}

/** Türkiye: T.C. kimlik no. */
export function isTckn(text: string): boolean {
  const digits = digitsOf(text)
  if (digits[0] === 0) return false
  const odd = digits[0]! + digits[2]! + digits[4]! + digits[6]! + digits[8]!
  const even = digits[1]! + digits[3]! + digits[5]! + digits[7]!
  const sum = digits.slice(0, 10).reduce((a, b) => a + b, 0)
  return (((odd * 7 - even) % 10) + 10) % 10 === digits[9] && sum % 10 === digits[10]
}

/** Norway: fødselsnummer, a date and two check digits. */
export function isFodselsnummer(text: string): boolean {
  const digits = digitsOf(text)
  if (!isDay((digits[0]! % 4) * 10 + digits[1]!, digits[2]! * 10 + digits[3]!)) return false
  return (
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  )
}

/** Sweden: personnummer, Luhn over the last ten digits. */
export function isPersonnummer(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').slice(-10)
  return isDay(Number(digits.slice(4, 6)) % 60, Number(digits.slice(2, 4))) && isLuhn(digits)
}

/** Finland: henkilötunnus, modulo 31. */
export function isHetu(text: string): boolean {
  const number = Number(text.slice(0, 6) + text.slice(7, 10))
  return '0123456789ABCDEFHJKLMNPRSTUVWXY'[number % 31] === text.at(-1)?.toUpperCase()
}

/** Belgium: rijksregisternummer, modulo 97, with a 2 before it for people born since 2000. */
export function isNiss(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '')
  const check = Number(digits.slice(9))
  const base = digits.slice(0, 9)
  return [base, `2${base}`].some((number) => 97 - (Number(number) % 97) === check)
}

/** Czechia and Slovakia: rodné číslo of ten digits, divisible by 11. */
export function isRodneCislo(text: string): boolean {
  return Number(text.replaceAll(/\D/g, '')) % 11 === 0
}

/** Italy: codice fiscale. */
export function isCodiceFiscale(text: string): boolean {
  const odd = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
  ]
  const value = (character: string) =>
    character <= '9' ? Number(character) : character.charCodeAt(0) - 65
  const code = text.toUpperCase()
  const sum = Array.from(code.slice(0, 15)).reduce(
    (total, character, at) => total + (at % 2 === 0 ? odd[value(character)]! : value(character)),
    0,
  )
  return String.fromCharCode(65 + (sum % 26)) === code[15]
}

/** Ireland: PPS number, modulo 23. */
export function isPps(text: string): boolean {
  const code = text.toUpperCase()
  const second = code.length === 9 && code[8] !== 'W' ? (code.charCodeAt(8) - 64) * 9 : 0
  const sum = weighted(digitsOf(code.slice(0, 7)), [8, 7, 6, 5, 4, 3, 2]) + second
  return 'WABCDEFGHIJKLMNOPQRSTUV'[sum % 23] === code[7]
}

/** Portugal: NIF, modulo 11. */
export function isNif(text: string): boolean {
  const digits = digitsOf(text)
  const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return digits[8] === (rest < 2 ? 0 : 11 - rest)
}

/** Netherlands: burgerservicenummer, the eleven test. */
export function isBsn(text: string): boolean {
  return weighted(digitsOf(text), [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0
}

const VERHOEFF = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const PERMUTED = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** India: Aadhaar, Verhoeff's check digit. */
export function isAadhaar(text: string): boolean {
  const digits = digitsOf(text).toReversed()
  return (
    digits.reduce(
      (check, digit, at) => Number(VERHOEFF[check]![Number(PERMUTED[at % 8]![digit])]),
      0,
    ) === 0
  )
}

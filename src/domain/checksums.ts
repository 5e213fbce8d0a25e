/** Check digits of the numbers that identify people and accounts. All take digits (and letters) without separators. */

/** Payment cards and Canadian SIN. */
export function isLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0 && !/^(\d)\1*$/.test(digits)
}

/** ISO 7064 mod 97 of an IBAN. */
export function isIban(iban: string): boolean {
  let remainder = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder === 1
}

/** Spanish DNI and NIE: the letter is the number modulo 23. */
export function isDni(dni: string): boolean {
  const number = Number(dni.slice(0, -1).replace(/^[XYZ]/, (first) => `${'XYZ'.indexOf(first)}`))
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === dni.at(-1)
}

/** Brazilian CPF: two check digits modulo 11. */
export function isCpf(digits: string): boolean {
  return !/^(\d)\1*$/.test(digits) && isCpfDigit(digits, 9) && isCpfDigit(digits, 10)
}

/** Swiss AHV number: an EAN-13 that begins with 756. */
export function isAhv(digits: string): boolean {
  const sum = digits
    .split('')
    .reduce((sum, digit, index) => sum + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return digits.startsWith('756') && sum % 10 === 0
}

/** French NIR: 13 digits and a key modulo 97. */
export function isNir(digits: string): boolean {
  return Number(97n - (BigInt(digits.slice(0, 13)) % 97n)) === Number(digits.slice(13))
}

/** US social security number: ranges only, it has no check digit. */
export function isSsn(digits: string): boolean {
  return !/^(?:000|666|9)/.test(digits) && digits.slice(3, 5) !== '00' && !digits.endsWith('0000')
}

/** UK NHS number: modulo 11. */
export function isNhs(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < 9; index++) sum += Number(digits[index]) * (10 - index)
  return (11 - (sum % 11)) % 11 === Number(digits[9])
}

function isCpfDigit(digits: string, at: number): boolean {
  let sum = 0
  for (let index = 0; index < at; index++) sum += Number(digits[index]) * (at + 1 - index)
  return ((sum * 10) % 11) % 10 === Number(digits[at])
}

import { isAhv, isCpf, isDni, isIban, isLuhn, isNhs, isNir, isSsn } from './checksums.ts'
import * as ids from './national-ids.ts'
import { looksLikePhone } from './phone-numbers.ts'
import type { RedactedKind, RedactedSpan } from './redact.ts'

/** Digits with single separators, long enough to identify somebody. Bounded, so that it cannot backtrack far. */
const NUMBER_RUN = /[+(]{0,2}\d(?:[ \u00a0\u202f.\-‐‑–/()]{0,3}\d){6,27}/g
const LETTER_NUMBER = /(?<![\p{L}\p{N}])[A-Za-z]{1,2}[ -]?\d{2}[\dA-Za-z -]{4,40}/gu
const DIGITS_LETTER = /(?<![\p{L}\p{N}])\d{8}-?[A-Z](?![\p{L}\p{N}])/giu
const BEFORE = 40

/** Cards, phones, bank accounts and national numbers. */
export function findNumbers(text: string): readonly RedactedSpan[] {
  return [...findDigitRuns(text), ...findIbans(text), ...findLetteredIds(text)]
}

function* findDigitRuns(text: string): Iterable<RedactedSpan> {
  for (const match of text.matchAll(NUMBER_RUN)) {
    const start = match.index
    const run = match[0]
    if (isInsideToken(text, start, start + run.length)) continue
    const before = text.slice(Math.max(0, start - BEFORE), start)
    yield* classifyRun(run, start, before, text.charAt(start + run.length))
  }
}

/** A run may hold several numbers side by side ("4111 … 1111 12/27"): cards are taken out first. */
function* classifyRun(
  run: string,
  start: number,
  before: string,
  after: string,
): Iterable<RedactedSpan> {
  const card = findCard(run)
  if (card !== undefined) {
    yield { start: start + card.start, end: start + card.end, kind: 'card' }
    return
  }
  const kind = kindOfRun(run, before, after)
  if (kind !== undefined) yield { start, end: start + run.length, kind }
}

function kindOfRun(run: string, before: string, after: string): RedactedKind | undefined {
  const digits = run.replace(/\D/g, '')
  if (isNationalId(run, digits, before)) return 'national_id'
  return looksLikePhone(run, digits, before, after) ? 'phone' : undefined
}

/** Cards are written in four or five groups; a text of single digits is not searched for every way to join them. */
const MAX_CARD_GROUPS = 6

/** Groups of digits from some group on that make a valid card of a known network. */
function findCard(run: string): { start: number; end: number } | undefined {
  const groups = [...run.matchAll(/\d+/g)]
  for (const [first, group] of groups.entries()) {
    let digits = ''
    for (const next of groups.slice(first, first + MAX_CARD_GROUPS)) {
      digits += next[0]
      if (digits.length > 19) break
      if (digits.length >= 13 && isCardNumber(digits))
        return { start: group.index, end: next.index + next[0].length }
    }
  }
  return undefined
}

const CARD_NETWORKS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6[37])\d{14})$/

function isCardNumber(digits: string): boolean {
  return CARD_NETWORKS.test(digits) && isLuhn(digits)
}

function isNationalId(run: string, digits: string, before: string): boolean {
  const isListed = NUMBERED.some(({ form, name, check }) => {
    const fits = form.test(run) && (name === undefined || isNamed(before, name))
    return fits && check(run)
  })
  if (isListed) return true
  if (/^\d{3}[- ]\d{2}[- ]\d{4}$/.test(run)) return isSsn(digits)
  if (/^\d{9}$/.test(run)) return isNamed(before, /\b(?:ssn|social security|sin|bsn|tax id)\b/i)
  if (/^\d{3}[- ]\d{3}[- ]\d{3}$/.test(run))
    return isLuhn(digits) || isNamed(before, /\b(?:sin|social insurance|bsn)\b/i)
  if (/^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/.test(run))
    return isCpf(digits) && (run.includes('-') || isNamed(before, /\bcpf\b/i))
  if (/^756\.?\d{4}\.?\d{4}\.?\d{2}$/.test(run)) return isAhv(digits)
  if (/^[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}$/.test(run)) return isNir(digits)
  if (/^\d{3} ?\d{3} ?\d{4}$/.test(run)) return isNamed(before, /\bnhs\b/i) && isNhs(digits)
  return false
}

/** Plain digits need their name beside them: one number in ten or eleven has the right check digit by chance. */
const NUMBERED: readonly {
  readonly form: RegExp
  readonly name?: RegExp
  readonly check: (run: string) => boolean
}[] = [
  { form: /^\d{6}[-+]\d{4}$|^\d{8}[-+]\d{4}$/, check: ids.isPersonnummer },
  { form: /^\d{6}\/\d{4}$/, check: ids.isRodneCislo },
  { form: /^\d{2}\.\d{2}\.\d{2}[- ]\d{3}\.\d{2}$/, check: ids.isNiss },
  { form: /^[2-9]\d{3} \d{4} \d{4}$/, check: ids.isAadhaar },
  { form: /^\d{6} \d{5}$/, check: ids.isFodselsnummer },
  { form: /^\d{11}$/, name: /\bpesel\b/i, check: ids.isPesel },
  { form: /^\d{11}$/, name: /\b(?:tckn|t\.?c\.? ?kimlik|kimlik no)/i, check: ids.isTckn },
  {
    form: /^\d{11}$/,
    name: /\b(?:fødselsnummer|fodselsnummer|fnr)\b/i,
    check: ids.isFodselsnummer,
  },
  { form: /^\d{3} ?\d{3} ?\d{3}$/, name: /\b(?:nif|contribuinte)\b/i, check: ids.isNif },
  { form: /^\d{9}$/, name: /\b(?:bsn|burgerservicenummer)\b/i, check: ids.isBsn },
]

/** Letters and digits of every country that issues IBANs: country → length. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 ' +
    'GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 ' +
    'MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 ' +
    'TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

function* findIbans(text: string): Iterable<RedactedSpan> {
  for (const match of text.matchAll(LETTER_NUMBER)) {
    const length = IBAN_LENGTHS[match[0].slice(0, 2).toUpperCase()]
    if (length === undefined) continue
    const end = endOfCharacters(match[0], length)
    if (end === -1 || /[\dA-Za-z]/.test(text.charAt(match.index + end))) continue
    const iban = match[0].slice(0, end).replace(/[ -]/g, '').toUpperCase()
    if (isIban(iban)) yield { start: match.index, end: match.index + end, kind: 'iban' }
  }
}

/** Where the first `count` letters and digits end, blanks and hyphens not counted; -1 when there are fewer. */
function endOfCharacters(text: string, count: number): number {
  let left = count
  for (let at = 0; at < text.length; at++)
    if (!/[ -]/.test(text.charAt(at)) && --left === 0) return at + 1
  return -1
}

/** UK national insurance numbers, Spanish DNI and NIE. */
function* findLetteredIds(text: string): Iterable<RedactedSpan> {
  for (const match of text.matchAll(LETTER_NUMBER)) {
    const nino =
      /^(?![DFIQUV])[A-Z](?![DFIQUVO])[A-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\dA-Z])/i.exec(match[0])
    if (nino) yield { start: match.index, end: match.index + nino[0].length, kind: 'national_id' }
    const nie = /^[XYZ]-?\d{7}-?[A-Z](?![\dA-Z])/i.exec(match[0])
    if (nie && isDni(nie[0].replaceAll('-', '').toUpperCase()))
      yield { start: match.index, end: match.index + nie[0].length, kind: 'national_id' }
  }
  for (const { form, check } of LETTERED)
    for (const match of text.matchAll(form))
      if (check(match[0]))
        yield { start: match.index, end: match.index + match[0].length, kind: 'national_id' }
  for (const match of text.matchAll(DIGITS_LETTER))
    if (isDni(match[0].replaceAll('-', '').toUpperCase()))
      yield { start: match.index, end: match.index + match[0].length, kind: 'national_id' }
}

const LETTERED: readonly { readonly form: RegExp; readonly check: (code: string) => boolean }[] = [
  {
    form: /(?<![\p{L}\p{N}])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![\p{L}\p{N}])/giu,
    check: ids.isCodiceFiscale,
  },
  { form: /(?<![\p{L}\p{N}])\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y](?![\p{L}\p{N}])/gu, check: ids.isHetu },
  { form: /(?<![\p{L}\p{N}])\d{7}[A-W][A-IW]?(?![\p{L}\p{N}])/gu, check: ids.isPps },
]

/** Part of a longer code ("TC-555-0100-44", a version, a longer number): not a number of its own. */
function isInsideToken(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start)
  return (
    /[\p{L}\p{N}_#]$|[\p{L}\p{N}][-./_]$|[$€£¥]\s?$/u.test(before) ||
    /^\d|^[-_]?\p{L}/u.test(text.slice(end, end + 2))
  )
}

function isNamed(before: string, name: RegExp): boolean {
  return name.test(before)
}

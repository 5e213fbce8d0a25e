import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact, type RedactedKind } from '../../src/domain/redact.ts'

/** Text with what must be covered in «»; everything else must stay. */
const COVERED: readonly (readonly [RedactedKind, string])[] = [
  ['email', 'write to «jo.smith+x@example.co.uk», please'],
  ['email', 'From: Ada <«ada@example.com»>'],
  ['email', "(«o'neil_7@mail.example.org»)."],
  ['email', 'mailto:«müller@beispiel.de»'],
  ['phone', 'my number is «+44 20 7946 0018»'],
  ['phone', 'call «+1 (415) 555-0132» today'],
  ['phone', '«(415) 555-0132»'],
  ['phone', 'try «415-555-0132» or «415.555.0133»'],
  ['phone', 'mobile «07911 123456»'],
  ['phone', 'Tel: «0176/12345678»'],
  ['phone', 'phone «020 7946 0018» after six'],
  ['phone', '«0049 30 901820»'],
  ['phone', 'text me at «5550132»'],
  ['phone', 'whatsapp «+919876543210»'],
  ['phone', 'ring «01632 960 983»'],
  ['card', 'card «4111 1111 1111 1111» exp 12/27'],
  ['card', 'Visa «4012888888881881»'],
  ['card', 'amex «3782-822463-10005»'],
  ['card', 'MC «5555 5555 5555 4444», thanks'],
  ['card', 'charged to «6011-1111-1111-1117»'],
  ['card', '«2223003122003222»'],
  ['iban', 'IBAN «DE89 3704 0044 0532 0130 00»'],
  ['iban', '«GB29NWBK60161331926819»'],
  ['iban', 'to «fr14 2004 1010 0505 0001 3M02 606» please'],
  ['iban', '«CH93-0076-2011-6238-5295-7»'],
  ['national_id', 'SSN «536-22-1234»'],
  ['national_id', 'social security «536221234»'],
  ['national_id', 'NINO «QQ123456C»'.replace('QQ', 'AB')],
  ['national_id', 'DNI «12345678Z»'],
  ['national_id', 'NIE «X1234567L»'],
  ['national_id', 'AHV «756.9217.0769.85»'],
  ['national_id', 'CPF «529.982.247-25»'],
  ['national_id', 'SIN «046 454 286»'],
  ['national_id', 'NHS «943 476 5919»'],
  ['national_id', 'NIR «1 85 05 78 006 084 91»'],
  ['national_id', 'PESEL «44051401359»'],
  ['national_id', 'TC kimlik no: «10000000146»'],
  ['national_id', 'personnummer «811218-9876»'],
  ['national_id', 'hetu «131052-308T»'],
  ['national_id', 'rijksregisternummer «85.07.30-033.28»'],
  ['national_id', 'Aadhaar «9999 4105 7058»'],
  ['national_id', 'codice fiscale «RSSMRA85T10A562S»'],
  ['national_id', 'PPS «1234567T»'],
  ['national_id', 'RČ «736028/5163»'],
  ['national_id', 'NIF «123456789»'],
  ['national_id', 'burgerservicenummer «111222333»'],
  ['address', 'I live at «12 High Street», second door'],
  ['address', 'ship to «221B Baker Street, Flat 3», please'],
  ['address', '«1600 Amherst Avenue NW, Springfield, IL 62704»'],
  ['address', 'to «Musterstraße 12a, 10115 Berlin»'],
  ['address', 'wohnhaft «Lange Gasse 7»'],
  ['address', 'habite «12 bis, rue de la Paix, 75002 Paris»'],
  ['address', 'vivo en «Calle Mayor 3»'],
  ['address', 'the new street is «Rua do Sol 5».'],
  ['address', 'sto in «Via Giuseppe Verdi, 21»'],
  ['address', 'ul. is short: «ul. Długa 14»'],
  ['address', 'woont op «Prinsengracht 263»'],
  ['address', 'box: «P.O. Box 4471»'],
  ['address', 'postcode «SW1A 1AA»'],
  ['secret', 'password: «hunter2!»'],
  ['secret', 'my password is «Tr0ub4dor&3».'],
  ['secret', 'pwd=«letmein99»'],
  ['secret', 'Password: «correcthorse»'],
  ['secret', '{"api_key": "«k3y-91aa-22»"}'],
  ['secret', 'client secret = «9sd8f7s9df87»'],
  ['secret', 'my pin is «4821»'],
  ['secret', 'cvv «123»'],
  ['secret', 'verification code is «482913»'],
  ['secret', 'Authorization: Bearer «abcDEF123456ghiJKL789»'],
  ['secret', 'key «sk-proj-abcdefGHIJKL0123456789»'],
  ['secret', '«ghp_abcdefghijklmnopqrstuvwxyz0123456789»'],
  ['secret', '«AKIAIOSFODNN7EXAMPLE»'],
  ['secret', '«xoxb-123456789012-abcdefghijkl»'],
  ['secret', '«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123456»'],
  ['secret', 'https://«bob:s3cret@host.example»/x'],
  ['secret', 'use «a8Fk2LmQ9xZp4RtV7wYb1NcD» here'],
  ['secret', '«d41d8cd98f00b204e9800998ecf8427e» is the key'],
]

const KEPT: readonly string[] = [
  'order 4471-220-118 from 2024-03-01 10:22',
  'invoice 0071234567',
  'Order number 88213004412',
  'ticket #118827, case 00451234',
  'version 10.4.2203.1 build 20240511',
  'v1.82.1 (6509174151d557a81c9d0b5f8a5a1e9274db5585)',
  'commit 2b781ad66e34000037f589c71366c203255ed058',
  'sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'tracking 1Z999AA10123456784 and 9400111899223197428490',
  '$1,250.00 and 1 200 000 EUR and £18,460',
  'amount 4 500 000',
  'Between 2019-2020 we paid 12.500.000 Kč',
  '192.168.1.100:8080',
  'Fri 13/11/2026 09:30 to 14.11.2026',
  '03/04/2025-05/06/2025',
  'The password is wrong and my password does not work',
  'Password reset link, token expired, secret sauce',
  'password: not accepted by the form',
  'my pin is blocked',
  'room 4411, seat 22A, gate B12, flight BA2490',
  'id 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  '@acme_support and @BurgerOtter please',
  'we meet at 5 @ the office',
  'SKU AB-1234-5678-90, batch 20240511-07',
  'error 0x80070057 at line 1204',
  '1,906 people, 3.300 stubs, 99.9 %',
  'https://example.com/watch/UCoNTlQR9o26lBESfC1_0LcQ',
  'XX/XX/2023 and {$1400.00}',
  'Booking FJ-0027-A, ref 0-44-19, consignment 0044-771-93',
  'PO 7000012345',
  'a pinned comment with 12345 likes',
  'SomeVeryLongCamelCaseIdentifierName',
  'first 10, then 20, then 30',
  'model number 4000123412341234567',
  'my 3 Google Drive folders and 1 Hard Drive',
  'the High Street branch and Main Road office',
  'Via the app, in 2 ways, on my way 5 times',
  'the platz in Berlin, a strasse',
  'order 44051401358 and ticket 10000000145',
  'case 811218/9876 of batch 131052',
  'part RSSMRA85T10A562X and code 1234567Q',
]

const PEM = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'
/** Keys as people paste them: whole, cut off, quoted, inside JSON, with headers; and what they write beside them. */
const KEYS: readonly string[] = [
  `see «-----BEGIN PRIVATE KEY-----\n${PEM}\n${PEM}\nab+/9A==\n-----END PRIVATE KEY-----»\nIt stopped working.`,
  `«-----BEGIN RSA PRIVATE KEY-----\n${PEM}\n${PEM}»\nAll our data is gone.`,
  `«-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B2C\n\n${PEM}» and more`,
  `{"key": "«-----BEGIN EC PRIVATE KEY-----\\n${PEM}\\nab==\\n-----END EC PRIVATE KEY-----»\\n"}`,
  `> «-----BEGIN PRIVATE KEY-----\n> ${PEM}\n> ab+/9A==\n> -----END PRIVATE KEY-----»\n> Thanks`,
  '«-----BEGIN PRIVATE KEY-----»\nAll customer records were deleted.',
  '«-----BEGIN PRIVATE KEY-----»\nAll records were deleted.\n-----END PRIVATE KEY-----',
]

const cases = COVERED.map(([kind, marked]) => {
  const text = marked.replaceAll(/[«»]/g, '')
  const parts = Array.from(marked.matchAll(/«([^»]*)»/g), (match) => match[1] ?? '')
  return { kind, text, parts }
})

const digits = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'0123456789'.split('')),
    minLength: length,
    maxLength: length,
  })
const letters = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'abcdefghijkmnopqrstuvwxyz'.split('')),
    minLength: length,
    maxLength: length,
  })
const area = fc.integer({ min: 212, max: 989 }).map(String)

/** The last digit that makes the whole a valid card. */
const card = fc
  .tuple(
    fc.constantFrom('4', '51', '55', '2221', '6011', '35'),
    digits(15),
    fc.constantFrom('', ' ', '-'),
  )
  .map(([network, rest, separator]) => {
    const body = (network + rest).slice(0, 15)
    const sum = Array.from(body, Number).reduce(
      (sum, digit, at) =>
        sum + (at % 2 === 0 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit),
      0,
    )
    return `${body}${(10 - (sum % 10)) % 10}`.replaceAll(/(.{4})(?=.)/g, `$1${separator}`)
  })

const iban = fc
  .tuple(
    fc.constantFrom(['DE', 18], ['NL', 14], ['ES', 20], ['AT', 16], ['BE', 12]) as fc.Arbitrary<
      [string, number]
    >,
    digits(20),
    fc.boolean(),
  )
  .map(([[country, length], number, spaced]) => {
    const body = number.slice(0, length)
    const numeric = Array.from(body + country + '00', (character) =>
      Number.parseInt(character, 36),
    ).join('')
    const check = `${98n - (BigInt(numeric) % 97n)}`.padStart(2, '0')
    const whole = country + check + body
    return spaced ? whole.replaceAll(/(.{4})(?=.)/g, '$1 ') : whole
  })

const phone = fc.oneof(
  fc
    .tuple(
      area,
      area,
      digits(4),
      fc.constantFrom('(A) B-C', 'A-B-C', 'A.B.C', '+1 A B C', '+1-A-B-C', '1-A-B-C'),
    )
    .map(([a, b, c, form]) => form.replace('A', a).replace('B', b).replace('C', c)),
  fc
    .tuple(fc.constantFrom('+44', '+49', '+33', '+91', '+61'), digits(4), digits(6))
    .map(([country, a, b]) => `${country} 7${a} ${b}`),
  digits(3).map((a) => `07${a} ${a}${a}`),
)
const email = fc
  .tuple(
    letters(6),
    fc.constantFrom('.', '_', '+', '-'),
    letters(4),
    letters(7),
    fc.constantFrom('com', 'co.uk', 'de', 'example'),
  )
  .map(([a, sign, b, host, top]) => `${a}${sign}${b}@${host}.${top}`)
const ssn = fc
  .tuple(
    fc.integer({ min: 100, max: 665 }),
    fc.integer({ min: 10, max: 99 }),
    fc.integer({ min: 1000, max: 9999 }),
  )
  .map((parts) => parts.join('-'))
const hetu = fc
  .tuple(fc.integer({ min: 10, max: 28 }), fc.integer({ min: 100, max: 899 }))
  .map(([day, serial]) => {
    const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(`${day}0185${serial}`) % 31]
    return `${day}0185-${serial}${check}`
  })
const rodneCislo = fc
  .tuple(fc.integer({ min: 10, max: 28 }), fc.integer({ min: 100, max: 899 }))
  .filter(([day, serial]) => Number(`8501${day}${serial}0`) % 11 !== 1)
  .map(([day, serial]) => {
    const rest = Number(`8501${day}${serial}0`) % 11
    return `8501${day}/${serial}${(11 - rest) % 11}`
  })
const nif = fc.tuple(fc.constantFrom('1', '2', '5'), digits(7)).map(([first, rest]) => {
  const body = first + rest
  const sum = Array.from(body, Number).reduce((total, digit, at) => total + digit * (9 - at), 0)
  return body + (sum % 11 < 2 ? 0 : 11 - (sum % 11))
})
const title = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const address = fc
  .tuple(
    fc.integer({ min: 1, max: 899 }),
    letters(6),
    fc.constantFrom(
      '# N Street',
      '# N Road',
      '# N Avenue',
      'Nstraße #',
      'Via N #',
      'Calle N #',
      '# rue N',
    ),
  )
  .map(([number, name, form]) => form.replace('#', String(number)).replace('N', title(name)))
const token = fc
  .tuple(fc.constantFrom('ghp_', 'sk_live_', 'xoxb-', 'glpat-', 'npm_'), letters(20), digits(6))
  .map((parts) => parts.join(''))
const password = fc
  .tuple(letters(5), digits(3), fc.constantFrom('!', '#', '$', ''))
  .map((parts) => parts.join(''))

const covered = fc
  .oneof(
    fc.tuple(fc.constantFrom('card ', 'charged to ', 'Visa: '), card),
    fc.tuple(fc.constantFrom('IBAN ', 'pay to '), iban),
    fc.tuple(fc.constantFrom('call me on ', 'phone: ', 'or ', 'my number is '), phone),
    fc.tuple(fc.constantFrom('mail ', 'from ', ''), email),
    fc.tuple(fc.constantFrom('SSN ', 'social '), ssn),
    fc.tuple(fc.constantFrom('hetu ', 'HETU: '), hetu),
    fc.tuple(fc.constantFrom('rodné číslo ', 'RČ: '), rodneCislo),
    fc.tuple(fc.constantFrom('NIF ', 'contribuinte '), nif),
    fc.tuple(fc.constantFrom('I live at ', 'to ', 'address: '), address),
    fc.tuple(fc.constantFrom('key ', 'token: '), token),
    fc.tuple(fc.constantFrom('password: ', 'my password is ', 'pwd='), password),
  )
  .map(([before, value]) => `${before}«${value}» please`)

const kept = fc.oneof(
  fc.constantFrom(...KEPT),
  fc
    .tuple(
      fc.constantFrom('order ', 'invoice ', 'ref ', 'ticket ', 'tracking number ', 'PO '),
      fc.oneof(digits(7), digits(8), digits(10), digits(12)),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(
      fc.integer({ min: 1, max: 28 }),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('/', '.', '-'),
    )
    .map(([day, month, sign]) => `on ${day}${sign}${month}${sign}2025 at 10:30`),
  fc
    .tuple(fc.constantFrom('$', '£', '€'), fc.integer({ min: 1000, max: 9_999_999 }))
    .map(([sign, value]) => `${sign}${value.toLocaleString('en')}.50`),
  fc.tuple(fc.nat(30), fc.nat(30), fc.nat(9999)).map((parts) => `version ${parts.join('.')}`),
  fc
    .tuple(letters(2), digits(4), digits(4))
    .map(([a, b, c]) => `code ${a.toUpperCase()}-${b}-${c}`),
)
const line = fc.oneof(covered, kept)

describe('redact()', () => {
  test.each(cases)('covers the $kind of "$text"', ({ kind, text, parts }) => {
    const { spans } = redact(text)
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(parts)
    expect(new Set(spans.map((span) => span.kind))).toEqual(new Set([kind]))
  })

  test.each(KEPT)('keeps "%s"', (text) => {
    expect(redact(text)).toEqual({ text, said: text, spans: [] })
  })

  test.each(KEYS)('covers the key alone in %j', (marked) => {
    const text = marked.replaceAll(/[«»]/g, '')
    const [, key = ''] = /«([^»]*)»/.exec(marked) ?? []
    expect(redact(text).spans.map(({ start, end }) => text.slice(start, end))).toEqual([key])
  })

  test('the kind stands where the value stood, and nothing moves', () => {
    expect(redact('from jo@example.com to +44 20 7946 0018.').text).toBe(
      'from [email·······] to [phone·········].',
    )
    expect(redact('pin 123').text).toBe('pin [s]')
  })

  test('recall and precision on generated values', () => {
    const counts = { right: 0, wrong: 0, missed: 0 }
    for (const lines of fc.sample(fc.array(line, { minLength: 1, maxLength: 6 }), {
      numRuns: 2000,
      seed: 3,
    })) {
      const marked = lines.join('\n')
      const wanted = Array.from(marked.matchAll(/«([^»]*)»/g), (match) => match[1] ?? '')
      const text = marked.replaceAll(/[«»]/g, '')
      const found = redact(text).spans.map(({ start, end }) => text.slice(start, end))
      counts.right += found.filter((part) => wanted.includes(part)).length
      counts.wrong += found.filter((part) => !wanted.includes(part)).length
      counts.missed += wanted.filter((part) => !found.includes(part)).length
    }
    expect(counts.right / (counts.right + counts.missed)).toBeGreaterThanOrEqual(0.99)
    expect(counts.right / (counts.right + counts.wrong)).toBeGreaterThanOrEqual(0.95)
  })

  test('any text keeps its length, and what is outside the spans stays', () => {
    const noise = fc.string({
      unit: fc.constantFrom(
        '\ud83d',
        '\0',
        '@',
        '.',
        'a',
        '1',
        '9',
        ' ',
        '-',
        '+',
        '(',
        '\n',
        'é',
        'password',
        ':',
        'DE89',
        'sk-',
      ),
      maxLength: 80,
    })
    fc.assert(
      fc.property(fc.oneof(noise, fc.string({ unit: 'binary' })), (text) => {
        const redacted = redact(text)
        expect(redacted.text).toHaveLength(text.length)
        let at = 0
        for (const { start, end } of redacted.spans) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(end).toBeGreaterThan(start)
          expect(redacted.text.slice(at, start)).toBe(text.slice(at, start))
          at = end
        }
        expect(redacted.text.slice(at)).toBe(text.slice(at))
      }),
      { numRuns: 2000 },
    )
  })
})

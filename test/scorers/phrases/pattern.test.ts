import { describe, expect, test } from 'vitest'
import { inflections } from '../../../src/domain/inflections.ts'
import { checkPhrase, parsePattern } from '../../../src/domain/phrase-pattern.ts'
import { quotesOf } from './support.ts'

describe('the pattern language', () => {
  test.each([
    ['third time', 'For the THIRD   time!', 'THIRD   time'],
    ['cancel~', 'We cancelled it', 'cancelled'],
    ['cancel~', 'the cancellation', undefined],
    ["can't log in", 'I cannot log in', 'cannot log in'],
    ["i'm leaving", 'i am leaving', 'i am leaving'],
    ["we're down", 'We were down', undefined],
    ['go (away|some where else)', 'just go some where else', 'go some where else'],
    ['this is [so|really] bad', 'this is bad', 'this is bad'],
    ['this is [so|really] bad', 'this is sooooo bad', 'this is sooooo bad'],
    ['site ..2 down', 'the site is completely down', 'site is completely down'],
    ['site ..2 down', 'the site. It is down', undefined],
    ['waited # days', 'waited 14 days', 'waited 14 days'],
    ['follow up', 'a follow-up', 'follow-up'],
    ['café', 'CAFE', 'CAFE'],
    ['really', 'reeeaally!', 'reeeaally'],
  ])('%s on "%s" finds %s', async (pattern, text, quote) => {
    expect(await quotesOf([pattern], text)).toEqual(quote === undefined ? [] : [quote])
  })

  test('the longest hit is kept and overlapping hits of one phrase are one', async () => {
    expect(await quotesOf(['a b', 'a b c', 'c d'], 'x a b c d y')).toEqual(['a b c d'])
  })

  test.each([
    ['', 'Expected a word (column 1)'],
    ['(a', '"(" is not closed by ")" (column 1)'],
    ['a | b', 'Unexpected "|" (column 3)'],
    ['[a]', 'Pattern could match nothing (column 1)'],
    ['a ..0 b', 'A gap is written ..1 to ..9 (column 3)'],
    ['a ..3', 'A gap needs a word on both sides (column 3)'],
    ['[a] ..3 b', 'A gap needs a word on both sides (column 5)'],
    ['a ~', '"~" is not a word (column 3)'],
    ['a & b', '"& " is not a word (column 3)'],
    ['a ..9 b ..9 c ..9 d', 'Pattern may match 31 words; at most 24 (column 1)'],
    ['('.repeat(900), 'Expected a word (column 901)'],
  ])('checkPhrase(%j)', (pattern, problem) => {
    expect(checkPhrase(pattern)).toBe(problem)
  })

  test('a good pattern has no problem', () => {
    expect(checkPhrase("(we|i) can't [even] process~ ..2 orders")).toBeNull()
    expect(parsePattern('a').ok).toBe(true)
  })
})

test.each([
  ['cancel', ['cancel', "cancel's", 'cancels', 'canceled', 'canceling', 'cancelled', 'cancelling']],
  ['lose', ['lose', "lose's", 'loses', 'losed', 'losing']],
  ['carry', ['carry', "carry's", 'carries', 'carried', 'carrying']],
  ['crash', ['crash', "crash's", 'crashes', 'crashed', 'crashing']],
  ['fix', ['fix', "fix's", 'fixes', 'fixed', 'fixing']],
])('inflections(%s)', (word, forms) => {
  expect(inflections(word)).toEqual(forms)
})

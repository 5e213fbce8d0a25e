import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createQuoteFinder } from '../../../src/scorers/llm/find-quote.ts'

const found = (text: string, quote: string) => {
  const span = createQuoteFinder(text).find(quote)
  return span && text.slice(span.start, span.end)
}

describe('createQuoteFinder()', () => {
  test.each([
    ['as written', 'We cannot work. At all.', 'cannot work', 'cannot work'],
    ['other case', 'WE CANNOT WORK', 'we cannot work', 'WE CANNOT WORK'],
    ['curly apostrophe', 'it doesn’t open', "it doesn't open", 'it doesn’t open'],
    ['curly quotes and dashes', '“no” — never', '"no" - never', '“no” — never'],
    ['line break in it', 'third\n  time I call', 'third time I call', 'third\n  time I call'],
    ['no-break space', 'losing\u00a0money now', 'losing money', 'losing\u00a0money'],
    ['zero-width inside', 'we are lea\u200bving', 'are leaving', 'are lea\u200bving'],
    ['decomposed accents', 'très de\u0301c\u0327u !', 'très déçu', 'très de\u0301c\u0327u'],
    ['accent at the end', 'so bad cafe\u0301', 'bad café', 'bad cafe\u0301'],
    ['white space around it', 'not ok at all', '  not ok ', 'not ok'],
    ['no spaces in the script', '注文が処理できません。', '処理できません', '処理できません'],
    ['emoji beside it', '😡😡 fed up😡', 'fed up', 'fed up'],
  ])('finds a quote %s', (_, text, quote, original) => {
    expect(found(text, quote)).toBe(original)
  })

  test.each([
    ['invented words', 'We cannot work.', 'we are leaving'],
    ['a left-out word', 'We really cannot work.', 'We cannot work'],
    ['a part of a longer word', 'I like your bank', 'our bank'],
    ['nothing', 'We cannot work.', '  '],
    ['the whole ticket', 'long '.repeat(200), 'long '.repeat(200)],
  ])('finds no %s', (_, text, quote) => {
    expect(found(text, quote)).toBeUndefined()
  })

  test('gives each passage out once, in order', () => {
    const finder = createQuoteFinder('no answer, no answer.')
    expect([1, 2, 3].map(() => finder.find('no answer')?.start)).toEqual([0, 11, undefined])
  })

  test('any run of words is found at words that read the same, in any text', () => {
    const word = fc.constantFrom(
      'no',
      'Ünïcode',
      'don’t',
      '12',
      'ПРИВЕТ',
      'lea\u200bving',
      '—',
      '😡',
    )
    const blank = fc.constantFrom(' ', '\n', '\u00a0', ' \t ')
    const words = fc.array(fc.tuple(word, blank), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), (pairs, from, length) => {
        const text = pairs.map(([shown, gap]) => shown + gap).join('')
        const start = from % pairs.length
        const run = pairs.slice(start, start + 1 + (length % 4)).map(([shown]) => shown)
        const quote = run.join(' ').replaceAll('’', "'").toLowerCase()
        const original = found(text, quote)
        expect(original?.split(/\s+/).map((part) => part.toLowerCase())).toEqual(
          run.map((part) => part.toLowerCase()),
        )
      }),
    )
  })

  test('stays quick on a long text that repeats itself', () => {
    const finder = createQuoteFinder('a b '.repeat(16_000))
    const before = performance.now()
    for (let quote = 0; quote < 20; quote++) finder.find('a b '.repeat(60) + 'c')
    expect(performance.now() - before).toBeLessThan(500)
  })
})

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mark } from '../../src/desk/text/marks.ts'
import { cutAtMarks } from '../../src/desk/text/marks.ts'
import { showHidden } from '../../src/desk/text/show-hidden.ts'
import { showTicketText } from '../../src/desk/text/ticket-text.ts'

const mark = (start: number, end: number, label = 'churn', strong = true): Mark => ({
  start,
  end,
  label,
  strong,
})
/** Templates give string objects. */
const rendered = (html: unknown) => JSON.parse(JSON.stringify(html)) as string
const shown = (text: string) => showHidden(text).map(rendered).join('')
const body = (text: string, marks: readonly Mark[] = [], all = true) =>
  rendered(showTicketText(text, marks, { subjectLength: undefined, all }).body)

/** What a browser would show: tags away, entities back. */
const readAs = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

describe('hidden characters are named', () => {
  test.each([
    ['zero width', 'pay\u200bment', 'pay<i>ZWSP</i>ment'],
    ['an override, which would turn the line around', 'abc\u202edef', 'abc<i>RLO</i>def'],
    ['isolates', '\u2067x\u2069', '<i>RLI</i>x<i>PDI</i>'],
    ['control codes', 'a\u0000b\u001bc', 'a<i>␀</i>b<i>␛</i>c'],
    ['a run of them', '\u200b\u200c\u200d\u2060\u2060', '<i>ZWSP ZWNJ ZWJ +2</i>'],
    ['tag letters', 'a\u{e0041}b', 'a<i>U+E0041</i>b'],
    ['half of a surrogate pair', 'a\ud83db', 'a\ufffdb'],
  ])('%s', (_, text, expected) => expect(shown(text)).toBe(expected))

  test.each([
    ['a family emoji', '👨‍👩‍👧'],
    ['a heart with its variation selector', '❤️'],
    ['the flag of Scotland', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['Persian with a joiner', 'می‌خواهم'],
    ['tabs and line ends', 'a\tb\nc'],
  ])('but not those of %s', (_, text) => expect(shown(text)).toBe(text))
})

describe('marks', () => {
  test('that overlap are cut flat, and each keeps its name once', () => {
    const text = 'I will leave and sue you'
    const html = body(text, [
      mark(7, 12, 'churn'),
      mark(0, 20, 'legal', false),
      mark(7, 12, 'rule'),
    ])
    expect(readAs(html)).toBe(text)
    expect(html).toContain('title="churn, legal, rule"')
    expect(html.match(/id="at-0-20"/g)).toHaveLength(1)
    expect(html.match(/id="at-7-12"/g)).toHaveLength(1)
  })

  test('over two lines are shown on both', () => {
    const html = body('We lost\nall data', [mark(3, 11)])
    expect(html.match(/<mark/g)).toHaveLength(2)
    expect(html.match(/id="at-3-11"/g)).toHaveLength(1)
  })

  test('of any offsets never lose, repeat or split a character', () => {
    const anyMark = fc
      .tuple(fc.integer({ min: -5, max: 40 }), fc.integer({ min: -5, max: 40 }))
      .map(([start, end]) => mark(start, end))
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(anyMark), (text, marks) => {
        const segments = cutAtMarks(text, marks, { start: 0, end: text.length })
        const parts = segments.map(({ start, end }) => text.slice(start, end))
        expect(parts.join('')).toBe(text)
        if (text.isWellFormed()) for (const part of parts) expect(part.isWellFormed()).toBe(true)
      }),
    )
  })
})

test('no text becomes markup, whatever it says and wherever it is marked', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '&lt;b&gt;',
      "'",
    ),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(hostile, hostile, fc.nat(60), fc.nat(60), (subject, words, a, b) => {
      const text = `${subject}\n${words}`
      const page = showTicketText(text, [mark(Math.min(a, b), Math.max(a, b), subject)], {
        subjectLength: subject.length,
        all: true,
      })
      const tags = (rendered(page.subject) + rendered(page.body)).match(/<\/?[a-z]+/g) ?? []
      expect(tags.filter((tag) => !/^<\/?(div|p|br|i|mark)$/.test(tag))).toEqual([])
    }),
  )
})

test('each line has the direction of its own letters', () => {
  expect(body('Hello\nשלום, המערכת לא עובדת')).toMatch(/<p dir="auto"[^>]*>Hello<\/p><p dir="auto"/)
})

test('a repeated earlier message is told from the customer’s new words', () => {
  const html = body('Still broken.\n> We will fix it.\nNo.')
  expect(html).toMatch(
    /class="own">Still broken.*class="quoted">&gt; We will fix it.*class="own">No/,
  )
})

test('of 50 KB the beginning is shown and every mark further down, with how much is left', () => {
  const filler = 'The import ran as usual and nobody noticed anything. '.repeat(1_000)
  const text = `Hello\n${filler}We cannot process any orders.`
  const start = text.indexOf('We cannot')
  const page = showTicketText(text, [mark(start, text.length)], { subjectLength: 5, all: false })
  expect(rendered(page.subject)).toBe('Hello')
  expect(readAs(rendered(page.body)).length).toBe(2_000)
  expect(page.left).toBe(text.length - 2_006)
  expect(page.excerpts).toHaveLength(1)
  expect(rendered(page.excerpts[0])).toContain('>We cannot process any orders.</mark>')
  expect(showTicketText(text, [], { subjectLength: 5, all: true }).left).toBe(0)
})

test('thousands of lines, empty or not, stay a short page', () => {
  const page = showTicketText(`x\n${'\n'.repeat(40_000)}`, [], { subjectLength: 1, all: true })
  expect(rendered(page.body)).toBe('<div class="words"><br /></div>')
  const lines = showTicketText('a\n'.repeat(20_000), [], { subjectLength: undefined, all: false })
  expect(rendered(lines.body).match(/<p/g)).toHaveLength(60)
})

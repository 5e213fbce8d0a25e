import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverNames } from '../../src/domain/redact.ts'
import { findNames } from '../../src/scorers/find-names.ts'

const covered = (text: string) => coverNames(text, findNames(text))

test.each([
  ['my name is «Ilse Vandamme» and I wait'],
  ['Hello, I am «John Smith» from accounts'],
  ['Please ask «Maria Garcia» to call me'],
  ['It failed again.\n\nKind regards,\n«Olumide Oyelaran»'],
  ['I spoke to Mr. «Castellanos» and to Frau «Müller» today'],
  ['The invoice went to «Deborah Stein», who left'],
])('covers %s', (marked) => {
  const text = marked.replaceAll(/[«»]/g, '')
  const shown = covered(text)
  expect(shown).toHaveLength(text.length)
  for (const [, name] of marked.matchAll(/«([^»]*)»/g)) expect(shown).not.toContain(name)
})

test.each([
  'The Checkout is down and Jenkins fails on Postgres since Monday.',
  'We moved from Slack to Teams in March, see Google Drive.',
  'URGENT: Production is DOWN for all of our European customers!',
  'Dear Sir or Madam, thank you.',
  'will you mark this as done, may I ask for grace?',
])('keeps %s', (text) => expect(covered(text)).toBe(text))

test('any text keeps its length', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'John Smith',
      'Regards,\n',
      'my name is ',
      '\ud83d',
      'É',
      '[email···]',
      '\n',
      '. ',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join(' ')
      for (const { start, end } of findNames(text)) {
        expect(start).toBeGreaterThanOrEqual(0)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(text.length)
      }
      expect(covered(text)).toHaveLength(text.length)
    }),
    { numRuns: 300 },
  )
})

test('a text of names alone costs what a few sentences cost', () => {
  const started = performance.now()
  findNames('Please ask Maria Garcia and John Smith. '.repeat(3_000))
  expect(performance.now() - started).toBeLessThan(5_000)
})

import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { findInstructionShaped } from '../../../src/domain/untrusted-text.ts'
import type { Phrase } from '../../../src/domain/policy.ts'
import { createPhraseScorer } from '../../../src/scorers/phrases.ts'

const policy = parse(readFileSync('policies/saas.yaml', 'utf8')) as { phrases: Phrase[] }
const scorer = createPhraseScorer(policy.phrases, 'test')

/** One sentence per phrase that must never be missed. */
const SENTENCES: readonly (readonly [string, string])[] = [
  ['leaving', "I'm considering leaving"],
  ['leaving', 'We are switching to a competitor'],
  ['cancel-contract', 'We will not renew our contract'],
  ['ridiculous', 'This is ridiculous'],
  ['expected-better', 'I expected better'],
  ['lawyer', 'You will hear from my lawyer'],
  ['legal-action', 'We will take legal action'],
  ['regulator', 'I will report you to the ombudsman'],
  ['press', 'I am going to the press'],
  ['manager', 'Let me speak to a manager'],
  ['nth-time', 'This is the third time I call'],
  ['no-answer', 'Nobody has replied to my email'],
  ['outage', 'Our whole site is down'],
  ['ops-stopped', "We can't process orders"],
  ['data-loss', 'All our data was deleted'],
  ['breach', 'Our account has been hacked'],
  ['money-lost', 'We are losing money every minute'],
  ['deadline', 'The deadline is close'],
  ['medical', 'Our patients cannot be reached'],
  ['safety', 'There is a gas leak'],
  ['self-harm', 'I want to kill myself'],
]

async function idsIn(text: string): Promise<readonly (string | undefined)[]> {
  const { triggers = [] } = await scorer.score({ text })
  return triggers.map((hit) => hit.phrase)
}

test.each(SENTENCES)('%s: %s', async (id, sentence) => {
  expect(await idsIn(sentence)).toContain(id)
})

const INVISIBLE = [
  '\u200b',
  '\u200c',
  '\u200d',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u202e',
  '\u2066',
  '\ufe0f',
  '\u{e0041}',
  '\u034f',
  '\u180e',
]
const LOOK_ALIKE: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  c: 'сϲᴄ',
  e: 'еєᴇ',
  i: 'іıɪ',
  o: 'оοσ',
  p: 'рρ',
  s: 'ѕꜱ',
  x: 'хχ',
  y: 'уү',
  h: 'һ',
  j: 'ј',
  k: 'кκ',
  n: 'пո',
  t: 'тτ',
  d: 'ԁᴅ',
  u: 'υᴜ',
  m: 'мᴍ',
  v: 'νѵ',
  l: 'ӏʟ',
  r: 'гʀ',
  b: 'Ьʙ',
  g: 'ɡɢ',
  w: 'ԝᴡ',
}

type Decorate = (letter: string, pick: number) => string
const decorations: Readonly<
  Record<string, { readonly loss: number; readonly decorate: Decorate }>
> = {
  invisible: {
    loss: 0.01,
    decorate: (letter, pick) => letter + INVISIBLE[pick % INVISIBLE.length],
  },
  width: {
    loss: 0.01,
    decorate: (letter) =>
      /[!-~]/.test(letter) ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter,
  },
  styled: {
    loss: 0.01,
    decorate: (letter) =>
      /[a-z]/.test(letter) ? String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97) : letter,
  },
  accents: {
    loss: 0.01,
    decorate: (letter) => (/[a-z]/i.test(letter) ? `${letter}\u0301` : letter),
  },
  homoglyph: {
    loss: 0.05,
    decorate: (letter, pick) => {
      const others = Array.from(LOOK_ALIKE[letter] ?? letter)
      return others[pick % others.length] ?? letter
    },
  },
}

describe('decorated floor phrases are still found', () => {
  test.each(Object.entries(decorations))('%s', async (_name, { loss, decorate }) => {
    const samples = fc.sample(fc.array(fc.nat(999), { minLength: 60, maxLength: 60 }), {
      numRuns: 30,
      seed: 7,
    })
    let missed = 0
    let tried = 0
    for (const picks of samples)
      for (const [id, sentence] of SENTENCES) {
        // About half of the characters, chosen anew for every sample.
        const text = Array.from(sentence)
          .map((letter, at) => ((picks[at] ?? 0) % 2 ? decorate(letter, picks[at] ?? 0) : letter))
          .join('')
        tried++
        if (!(await idsIn(text)).includes(id)) missed++
      }
    expect(missed / tried).toBeLessThanOrEqual(loss)
  })

  test('every text with invisible characters inside its words is flagged', () => {
    for (const [, sentence] of SENTENCES)
      for (const hidden of INVISIBLE.filter((character) => character !== '\u00ad')) {
        const text = sentence.replaceAll(/(?<=\w)(?=\w)/g, hidden)
        expect(findInstructionShaped(text)).not.toEqual([])
      }
  })
})

describe('any text at all', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom(
        '\ud83d',
        '\udc00',
        '\0',
        '🏴',
        '\u200f',
        'א',
        'e\u0301',
        '>',
        '\n',
        ' ',
        'On ',
        'wrote:',
        'leaving',
        "don't",
        '"',
        '１',
      ),
      maxLength: 60,
    }),
  )

  test('never throws, and every quote is its slice of the text', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.constantFrom(...SENTENCES),
        fc.nat(200),
        async (noise, [, sentence], at) => {
          const text = noise.slice(0, at) + sentence + noise.slice(at)
          const { triggers = [] } = await scorer.score({ text })
          for (const { quote, start, end } of triggers) {
            expect(quote).toBe(text.slice(start, end))
            expect(start).toBeLessThan(end)
          }
          for (const { quote, start, end } of findInstructionShaped(text))
            expect(quote).toBe(text.slice(start, end))
        },
      ),
      { numRuns: 500 },
    )
  })
})

test.each([
  '我们的服务器中了ransomware，所有文件都被加密',
  '当社のサーバーがransomwareに感染しました',
  '서버가 ransomware에 감염되었습니다',
])('a listed word inside a script without blanks is found: %s', async (text) => {
  const { triggers = [] } = await scorer.score({ text })
  expect(triggers).toContainEqual(
    expect.objectContaining({
      phrase: 'breach',
      quote: 'ransomware',
      start: text.indexOf('ransom'),
    }),
  )
})

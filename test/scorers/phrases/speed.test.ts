import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { findInstructionShaped } from '../../../src/domain/untrusted-text.ts'
import { redact } from '../../../src/domain/redact.ts'
import type { Phrase } from '../../../src/domain/policy.ts'
import { createPhraseScorer } from '../../../src/scorers/phrases.ts'

const policy = parse(readFileSync('policies/saas.yaml', 'utf8')) as { phrases: Phrase[] }
const scorer = createPhraseScorer(policy.phrases, 'test')
const vocabulary = policy.phrases.flatMap(
  (phrase) => phrase.patterns.join(' ').match(/[a-z']+/g) ?? [],
)
const size = 100_000
const fill = (part: string) => part.repeat(Math.ceil(size / part.length)).slice(0, size)

/** A fixed walk through the policy's own words, which visits as many states as a text can. */
function wordSoup(): string {
  let text = ''
  for (let seed = 1; text.length < size; seed = (seed * 48271) % 2147483647)
    text += `${vocabulary[seed % vocabulary.length]} `
  return text.slice(0, size)
}

const TEXTS: Readonly<Record<string, string>> = {
  'one letter': fill('a'),
  'one-letter words': fill('i '),
  'starts of many phrases': fill("i'm we're going to "),
  'a phrase that never ends': fill('speak to the '),
  'word soup': wordSoup(),
  'hits all over': fill('this is ridiculous '),
  'negations all over': fill('not leaving or '),
  'quoted lines': fill('> x\n'),
  'header lines': fill('On 1 \n'),
  'from lines': fill('From: a\n'),
  'zero width': fill('a\u200b'),
  'many scripts': fill('аéａ𝐚\u0301 '),
  digits: fill('1'),
  'spaced digits': fill('1 '),
  'at signs': fill('a@'),
  'dotted hosts': fill('a@b.'),
  brackets: fill('<|[inst'),
  passwords: fill('password: '),
  dashes: fill('-----BEGIN PRIVATE KEY-----'),
  tokens: fill('aB3'),
}

/** Processor time of this thread per run, so that a busy machine changes little. The first run, which builds states, is left out. */
async function millisecondsOf(run: () => unknown, times: number): Promise<number> {
  await run()
  const before = process.threadCpuUsage()
  for (let done = 0; done < times; done++) await run()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000 / times
}

/** The aim is 20 ms on a quiet core; shared caches are given room, quadratic behaviour is not. */
const LIMIT_MS = 40

test.each(Object.entries(TEXTS))('100 KB of %s', async (_name, text) => {
  expect(await millisecondsOf(() => scorer.score({ text }), 8)).toBeLessThan(LIMIT_MS)
  expect(await millisecondsOf(() => redact(text), 8)).toBeLessThan(LIMIT_MS)
  expect(await millisecondsOf(() => findInstructionShaped(text), 8)).toBeLessThan(LIMIT_MS)
})

test('the time per word does not grow with the text', async () => {
  const text = wordSoup()
  const part = text.slice(0, size / 8)
  const short = await millisecondsOf(() => scorer.score({ text: part }), 120)
  const long = await millisecondsOf(() => scorer.score({ text }), 15)
  expect(long / 8 / short).toBeLessThan(2.5)
})

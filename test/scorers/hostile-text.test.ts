import { expect, test } from 'vitest'
import { redact } from '../../src/domain/redact.ts'
import { findInstructionShaped } from '../../src/domain/untrusted-text.ts'
import { findNames } from '../../src/scorers/find-names.ts'
import { detectOtherLanguage } from '../../src/scorers/local/language.ts'
import { readingsOf } from '../../src/scorers/local/set-aside.ts'

/*
 * Whatever reads a text before or beside the model, on texts that were made to be slow to read. The bound is generous
 * (most take 20 ms): what is not linear in the text takes minutes.
 */

const SIZE = 200_000
const LIMIT_MS = 4_000
const fill = (part: string) => part.repeat(Math.ceil(SIZE / part.length)).slice(0, SIZE)

const TEXTS: Readonly<Record<string, string>> = {
  'a greeting and line breaks': `regards${fill('\n')}`,
  'greetings and blank lines': fill('regards\n\n\n\n'),
  'a greeting and blanks': `thanks${fill(' ')}`,
  'signed by nobody': `signed${fill(' ')}`,
  'names under greetings': fill('regards\nJohn Smith X\n'),
  'sentences of one letter': fill('A.\n'),
  'names on lines': fill('John Smith\n'),
  'names in sentences': fill('Please ask Maria Garcia. '),
  'dots that end nothing': `A${fill('.')}x`,
  'quotes that end nothing': `.${fill('"')}x`,
  'notes to the machine': fill('note to ai '),
  'notes on lines': fill('note to ai\n'),
  'orders without an end': fill('Ignore all previous instructions '),
  'a note between hidden characters': fill(`note to ai ${'\u200b'.repeat(380)}`),
  'hidden characters': fill('\u200b'),
  'capitals behind hidden characters': fill(`x ${'\u200b'.repeat(900)}A`),
  'open frames': fill('<system>'),
  'open fences': fill('```json '),
  'open roles': fill('{"role" '),
  'open breaks': fill('---begin a b c'),
  'steps of an agent': fill('thought: x. '),
  'calls of tools': fill('set_priority(x)  '),
  'character references and blanks': `&#1;&#1;&#1;${fill(' ')}`,
  'percent signs': fill('%41'),
  'digits in words': fill('a1 '),
  'letters one by one': fill('a '),
  'another script': fill(`д${' '.repeat(12)}`),
  'a cipher': fill('Uryyb gurer Ubj ner lbh '),
  'two languages': fill('Hello there my friend Bonjour je suis '),
  'streets that never end': fill('Aa-'),
  'keys that never end': `-----BEGIN PRIVATE KEY-----${fill('A')}`,
  'keys of line breaks': `-----BEGIN PRIVATE KEY-----${fill('\n')}`,
  'beginnings of keys': fill('-----BEGIN PRIVATE KEY-----'),
}

const READERS = { redact, findNames, findInstructionShaped, readingsOf, detectOtherLanguage }

test.each(Object.entries(TEXTS))('200,000 characters of %s', (_name, text) => {
  for (const [reader, read] of Object.entries(READERS)) {
    const before = process.threadCpuUsage()
    read(text)
    const { user, system } = process.threadCpuUsage(before)
    expect((user + system) / 1000, reader).toBeLessThan(LIMIT_MS)
  }
})

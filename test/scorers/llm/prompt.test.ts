import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  EMOTIONS,
  INTENTS,
  PRIORITIES,
  SENTIMENTS,
  TRIGGER_KINDS,
  URGENCIES,
} from '../../../src/domain/labels.ts'
import { STATED } from '../../../src/domain/calibration.ts'
import { JSON_SCHEMA_FORMAT, SCHEMA_HASH } from '../../../src/scorers/llm/answer-schema.ts'
import { UNMEASURED } from '../../../src/scorers/llm/calibration.ts'
import { parseAnswer } from '../../../src/scorers/llm/parse-answer.ts'
import { parsePrompt, renderPrompt } from '../../../src/scorers/llm/prompt.ts'
import { readAnswer } from '../../../src/scorers/llm/read-answer.ts'
import { PROMPT, PROMPT_FILE } from './an-llm.ts'

const FILE = readFileSync(PROMPT_FILE, 'utf8')

const VERSIONS = [1, 2].map((version) => {
  const name = `classify-ticket.v${version}`
  const file = readFileSync(new URL(`../../../prompts/${name}.md`, import.meta.url), 'utf8')
  return { name, version, file, prompt: parsePrompt(file) }
})

test('versions differ in what they say and are named in order', () => {
  expect(VERSIONS.map(({ prompt }) => prompt.version)).toEqual(['1', '2'])
  expect(new Set(VERSIONS.map(({ prompt }) => prompt.hash)).size).toBe(2)
})

describe.each(VERSIONS)('prompts/$name.md', ({ name, file, prompt }) => {
  test('renders to the reviewed messages', async () => {
    const messages = renderPrompt(prompt, {
      boundary: 'b0undary-4711',
      text: 'Printer on fire\nPlease send somebody.',
    })
    const shown = messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n\n')
    await expect(`${shown}\n`).toMatchFileSnapshot(`${name}.rendered.txt`)
  })

  test('names and explains every label of the guide', () => {
    const system = prompt.fixed[0]!.content
    for (const label of [...INTENTS, ...TRIGGER_KINDS])
      expect(system).toMatch(new RegExp(`^- ${label}: \\S`, 'm'))
    for (const label of [...EMOTIONS, ...PRIORITIES, ...STATED, ...SENTIMENTS, ...URGENCIES])
      expect(system).toContain(String(label))
  })

  test('its worked cases answer in the schema, with quotes that are in the case', () => {
    const cases = prompt.fixed.slice(1)
    expect(cases.length).toBeGreaterThanOrEqual(12)
    for (let at = 0; at < cases.length; at += 2) {
      const ticket = cases[at]!.content.split(/^=== boundary .* ===$/m)[1]!
      const answer = parseAnswer(cases[at + 1]!.content)
      const { scores, droppedQuotes } = readAnswer(answer, {
        text: ticket,
        calibration: UNMEASURED,
      })
      expect(droppedQuotes).toBe(0)
      expect(scores.triggers).toHaveLength(answer.triggers.length)
      expect(Object.keys(answer)).toEqual(
        Object.keys(JSON_SCHEMA_FORMAT.json_schema.schema!['properties'] as object),
      )
    }
  })

  test('is written for the schema that the service asks for', () => {
    expect(file).toContain(`schema: ${SCHEMA_HASH}`)
    expect(() => parsePrompt(file.replace(SCHEMA_HASH, '0123456789abcdef'))).toThrow(
      'Cannot use the prompt file: it is written for schema 0123456789abcdef',
    )
  })
})

test('the JSON schema asks for nothing that a server may not know', () => {
  expect(JSON_SCHEMA_FORMAT.json_schema.strict).toBe(true)
  const used = new Set(
    [...JSON.stringify(JSON_SCHEMA_FORMAT.json_schema.schema).matchAll(/"(\$?\w+)":/g)].map(
      ([, key]) => key,
    ),
  )
  for (const keyword of ['minimum', 'maxItems', 'pattern', 'anyOf', 'format', 'default', '$ref'])
    expect(used).not.toContain(keyword)
  expect(JSON_SCHEMA_FORMAT).toMatchSnapshot()
})

describe('renderPrompt()', () => {
  test('leaves slots and patterns that a ticket spells out as they are', () => {
    const text = '{{boundary}} {{ticket}} $& $1 ${text} # answer'
    const last = renderPrompt(PROMPT, { boundary: 'real-one', text }).at(-1)!.content
    expect(last).toContain(`=== boundary real-one ===\n${text}\n=== boundary real-one ===`)
  })
})

describe('parsePrompt()', () => {
  test.each([
    ['no header', '# system\nhi', 'the header is missing'],
    ['no id', FILE.replace(/^id: .*\n/m, ''), 'the header lacks id'],
    ['no ticket section', FILE.replace('# ticket', ''), 'sections system and ticket'],
    ['no slot', FILE.replace('{{ticket}}', ''), 'has no {{ticket}}'],
    ['a case without answer', FILE.replace('# answer', ''), 'a case has no answer'],
  ])('refuses a file with %s', (_, file, message) => {
    expect(() => parsePrompt(file)).toThrow(message)
  })

  test('has one hash for one text, whatever its line ends', () => {
    expect(parsePrompt(FILE.replaceAll('\n', '\r\n')).hash).toBe(PROMPT.hash)
    expect(parsePrompt(FILE.replace('triage desk', 'help desk')).hash).not.toBe(PROMPT.hash)
  })
})

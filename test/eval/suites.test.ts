import { describe, expect, test } from 'vitest'
import { listSuites, parseCases, readSuite } from '../../eval/suite/read-suite.ts'
import { INTENTS, TYPES, TYPE_OF_INTENT } from '../../src/domain/labels.ts'
import { CHANNELS } from '../../src/domain/ticket.ts'

const suites = new Map(
  await Promise.all(
    (await listSuites()).map(async (name) => [name, await readSuite(name)] as const),
  ),
)
const casesOf = (name: string) => suites.get(name)?.cases ?? []

describe('shipped suites', () => {
  test.each([
    ['must-catch', 150],
    ['must-not', 150],
    ['core', 400],
    ['injection', 150],
    ['scenarios', 26],
    ['multilingual', 120],
    ['parity', 300],
    ['policy', 80],
  ])('%s has at least %i cases, half of them sealed', (name, least) => {
    const cases = casesOf(name)
    const sealed = cases.filter(({ half }) => half === 'sealed').length
    expect(cases.length).toBeGreaterThanOrEqual(least)
    expect(Math.abs(sealed / cases.length - 0.5)).toBeLessThan(0.06)
  })

  test('core covers every intent, type, channel and tier', () => {
    const core = casesOf('core')
    const seen = <T>(read: (each: (typeof core)[number]) => T) => new Set(core.map(read))
    expect(seen(({ expected }) => expected.intent?.[0])).toEqual(new Set(INTENTS))
    expect(seen(({ expected }) => expected.type?.[0])).toEqual(new Set(TYPES))
    expect([...seen(({ ticket }) => ticket.channel)]).toEqual(
      expect.arrayContaining(CHANNELS.filter((channel) => channel !== 'other')),
    )
    expect(seen(({ ticket }) => ticket.customer?.tier).size).toBe(4)
  })

  test('multilingual has eight cases in each of fifteen languages or more, none of them English', () => {
    const languages = Map.groupBy(casesOf('multilingual'), ({ expected }) => expected.language)
    expect(languages.size).toBeGreaterThanOrEqual(15)
    expect(languages.has('en')).toBe(false)
    expect([...languages.values()].filter((cases) => cases.length < 8)).toEqual([])
    for (const { ticket, expected } of casesOf('multilingual'))
      expect([ticket.id, expected.severity?.least === 'P1' || expected.severity?.least]).toEqual([
        ticket.id,
        expect.toBeOneOf([true, 'P2']),
      ])
  })

  test('parity has sixty groups or more, each in five voices that expect the same', () => {
    const groups = [...Map.groupBy(casesOf('parity'), ({ group }) => group).values()]
    expect(groups.length).toBeGreaterThanOrEqual(60)
    for (const group of groups) {
      expect(group.map(({ tags }) => tags[0])).toEqual([
        'angry',
        'polite',
        'terse',
        'capitals',
        'emoji',
      ])
      expect(new Set(group.map(({ expected }) => JSON.stringify(expected))).size).toBe(1)
      expect(new Set(group.map(({ half }) => half)).size).toBe(1)
    }
  })

  test('sixty cases or more are there in other words as well', () => {
    const written = [...suites.values()].flatMap(({ cases, paraphrases }) =>
      cases.filter(({ id, ticket }) => (paraphrases?.get(id) ?? ticket.body) !== ticket.body),
    )
    expect(written.length).toBeGreaterThanOrEqual(60)
  })

  test('every scenario of the requirements has a case that escalates and one that does not', () => {
    const tags = new Set(casesOf('scenarios').flatMap((each) => each.tags))
    expect(tags).toEqual(new Set(Array.from({ length: 13 }, (_, at) => `S${240 + at}`)))
  })

  test('a written case is in one place only and its type is that of its intent', () => {
    const written = ['must-catch', 'must-not', 'core'].flatMap(casesOf)
    const texts = written.map(({ ticket }) => `${ticket.subject}\n${ticket.body}`)
    expect(new Set(texts).size).toBe(texts.length)
    const odd = written.filter(
      ({ expected }) => expected.type?.[0] !== TYPE_OF_INTENT[expected.intent![0]!],
    )
    expect(odd).toEqual([])
  })

  test('the same customer is never in both halves', () => {
    const halves = new Map<string, string>()
    const crossing = [...suites.values()].flatMap(({ cases }) =>
      cases.filter(({ ticket, half }) => {
        const id = ticket.customer?.id
        if (id === undefined) return false
        const before = halves.get(id) ?? half
        halves.set(id, before)
        return before !== half
      }),
    )
    expect(crossing.map(({ id }) => id)).toEqual([])
  })
})

describe('parseCases()', () => {
  const line = (expected: object, id = 'a') =>
    JSON.stringify({ id, half: 'open', tags: [], ticket: { id, body: 'all down' }, expected })

  test.each([
    ['{', 'f.jsonl:1: not JSON'],
    [line({ severity: 'P7' }), 'f.jsonl:1'],
    [line({ severity: ['P3', 'P1'] }), 'the more severe one comes first'],
    [`${line({})}\n${line({})}`, 'f.jsonl:2: case a is there twice'],
    [
      line({ triggers: [{ kind: 'churn', quote: 'gone', start: 0, end: 4 }] }),
      'the quote at 0 is not in the text there',
    ],
  ])('refuses %s with its line', (text, message) => {
    expect(() => parseCases(text, 'f.jsonl')).toThrow(message)
  })
})

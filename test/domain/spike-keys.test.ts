import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pageReason } from '../../src/domain/incident-notice.ts'
import { meaningGroups } from '../../src/domain/spike-meaning.ts'
import { spikeKeys } from '../../src/domain/spike-keys.ts'
import { contentWords } from '../../src/domain/spike-words.ts'
import type { Signals } from '../../src/domain/signal.ts'

const unscored = { unscored: 'no model' }
const reading = (signals: Partial<Signals> = {}) => ({
  signals: { intent: unscored, language: unscored, ...signals },
  meaning: [],
  attributes: ['product'],
})

describe('keys of a ticket', () => {
  test('are there without a model, in the words of the language', () => {
    const ticket = { id: '1', language: 'de', body: 'Die Rechnungen wurden doppelt abgebucht.' }
    const keys = spikeKeys(ticket, ticket.body, reading())
    expect(keys).toContain('all')
    expect(contentWords('Die Rechnung wurde doppelt abgebucht', 'de').stems[0]).toBe(
      contentWords('Rechnungen', 'de').stems[0],
    )
    expect(keys.some((key) => key.startsWith('intent:'))).toBe(false)
  })

  test('join the forms of a word and the words that follow one another', () => {
    const a = contentWords('The router crashes. My internet connection is down!', 'en')
    const b = contentWords('Router crashed, internet connections were going down', 'en')
    expect(b.stems).toEqual(expect.arrayContaining(['router', 'crash', 'internet', 'connec']))
    expect(a.terms).toContain('internet connec')
    expect(b.terms).toContain('internet connec')
    // Not across the end of a sentence.
    expect(a.terms).not.toContain('crash internet')
  })

  test('leave out what others wrote, greetings and numbers', () => {
    const text = 'Hello team,\nthanks 88213\n> the printer explodes\nscanner broken'
    const { stems } = contentWords(text, 'en')
    expect(stems).toEqual(['scanner', 'broken'])
  })

  test('know words of scripts without blanks', () => {
    expect(contentWords('インターネットが繋がりません', 'ja').stems.length).toBeGreaterThan(1)
  })

  test('name the region and the attributes that the policy names, and no other', () => {
    const intent = { label: 'outage', confidence: 1, band: 'high', alternatives: [] } as const
    const ticket = {
      id: '1',
      body: 'no signal',
      customer: { id: 'c', region: 'North' },
      attributes: { product: 'Mobile', other: 'x' },
    }
    const keys = spikeKeys(ticket, ticket.body, reading({ intent }))
    expect(keys).toEqual(
      expect.arrayContaining(['intent:outage', 'intent:outage@north', 'attribute:product=mobile']),
    )
    expect(keys.join()).not.toContain('other')
  })

  test('are few and short whatever the text, the same every time, and different for different words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3_000 }), (text) => {
        const keys = spikeKeys({ id: '1' }, text, reading())
        expect(keys.length).toBeLessThanOrEqual(20)
        expect(new Set(keys).size).toBe(keys.length)
        for (const key of keys) expect(key.length).toBeLessThanOrEqual(64)
        expect(spikeKeys({ id: '2' }, text, reading())).toEqual(keys)
      }),
    )
    const long = 'x'.repeat(60)
    const keys = spikeKeys({ id: '1' }, `${long}a ${long}b`, reading())
    expect(keys.filter((key) => key.startsWith('word:'))).toHaveLength(2)
  })
})

describe('groups of meaning', () => {
  const random = (seed: number) => {
    let state = seed
    return () => ((state = Math.imul(state, 1_103_515_245) + 12_345), (state >>> 8) / 2 ** 24 - 0.5)
  }
  const vector = (seed: number) => Array.from({ length: 128 }, random(seed))

  test('are shared by most vectors close to one another, and by few others', () => {
    let near = 0
    let far = 0
    for (let seed = 1; seed <= 300; seed++) {
      const a = vector(seed)
      const noise = vector(seed + 10_000)
      const close = a.map((value, at) => value + 0.45 * noise[at]!)
      const shares = (b: readonly number[]) =>
        meaningGroups(a).some((group) => meaningGroups(b).includes(group))
      if (shares(close)) near++
      if (shares(vector(seed + 20_000))) far++
    }
    expect(near).toBeGreaterThan(190)
    expect(far).toBeLessThan(15)
  })

  test('are at most 512, and used evenly', () => {
    const used = new Map<string, number>()
    for (let seed = 1; seed <= 4_000; seed++)
      for (const group of meaningGroups(vector(seed))) used.set(group, (used.get(group) ?? 0) + 1)
    expect(used.size).toBeLessThanOrEqual(512)
    expect(used.size).toBeGreaterThan(450)
    expect(Math.max(...used.values())).toBeLessThan(60)
  })
})

test('people are told what customers say, not the stems that are counted', () => {
  const texts = [
    'The mobile network fails in town.',
    'Mobile networks are down?',
    'Our mobile network is gone. Checkouts fail.',
  ].map((text) => ({ text, language: 'en' }))
  const { terms } = contentWords(texts[0]!.text, 'en')
  expect(terms).toContain('mobil network')
  const said = {
    customers: 30,
    expected: 2,
    openedAt: '2026-11-20T11:00:00.000Z',
    regions: ['north'],
  }
  const about = (key: string) => pageReason({ ...said, key, texts })
  expect(about('term:mobil network')).toBe(
    '30 customers report "mobile network" in north; usual are 2',
  )
  expect(about('word:mobil')).toContain('"mobile"')
  expect(about('word:unheard')).toContain('"unheard"')
  expect(about('intent:outage')).toContain('"outage"')
})

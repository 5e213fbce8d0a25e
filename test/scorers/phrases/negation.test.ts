import { describe, expect, test } from 'vitest'
import { quotesOf, triggersOf } from './support.ts'

const WATCHED = [
  '(leaving|cancelling|ridiculous|disappointed)',
  "(considering|i'm|i am) leaving",
  "i'd sue",
  '(a lawyer|lawyer|ombudsman)',
  'get me a manager',
  'escalate',
  'lost ..2 data',
  'data was lost',
  "haven't ..2 replied",
]

describe('a denial in front of a phrase gives no hit', () => {
  test.each([
    'We are not considering leaving.',
    "I'm not thinking about cancelling",
    'Im not leaving, dont worry',
    'There is no need to escalate',
    "I never said I'd sue",
    "We don't want a refund or a lawyer, just the invoice",
    'I have no intention of leaving',
    'No lawyer, no ombudsman.',
    "I don't think this is ridiculous",
    'we have never been disappointed',
    "we haven't lost any data",
    'No data was lost',
    'Nobody is leaving',
    'I am not actually going to be leaving',
    'We have no plans for leaving',
  ])('%s', async (text) => {
    expect(await quotesOf(WATCHED, text)).toEqual([])
  })
})

describe('in doubt the hit counts', () => {
  test.each([
    ["We're not happy, considering leaving", 'considering leaving'],
    ["Why haven't you replied", "haven't you replied"],
    ['Not only am I leaving, my team is too', 'leaving'],
    ["I don't want to wait, get me a manager", 'get me a manager'],
    ["I don't want to wait get me a manager", 'get me a manager'],
    ["If this isn't fixed I'm leaving", "I'm leaving"],
    ["Don't ignore this or I'm leaving", "I'm leaving"],
    ["I wouldn't be leaving if you had answered", 'leaving'],
    ["No I'm leaving", "I'm leaving"],
    ["I've never been so disappointed", 'disappointed'],
    ["We can't believe you lost our data", 'lost our data'],
    ['I have no choice but leaving', 'leaving'],
    ["Why don't you get me a manager", 'get me a manager'],
    ['It was not.\n\nI am leaving', 'I am leaving'],
  ])('%s', async (text, quote) => {
    expect(await quotesOf(WATCHED, text)).toContain(quote)
  })
})

test('a phrase that ignores negations is found behind one', async () => {
  expect(await quotesOf(['insulin'], 'She has no insulin', false)).toEqual(['insulin'])
  expect(await quotesOf(['insulin'], 'She has no insulin', true)).toEqual([])
})

describe('quoted replies are somebody’s earlier words', () => {
  test.each([
    'All good now, thanks.\n> I am leaving\n> right away',
    'Fixed, thank you!\n\nOn 3 May 2026, Sam Field wrote:\nI am leaving',
    'Fixed.\n-----Original Message-----\nI am leaving',
    'Thanks\n\nFrom: Kim\nSent: Monday\nTo: Support\nSubject: x\n\nI am leaving',
  ])('%j has no hit', async (text) => {
    expect(await quotesOf(WATCHED, text)).toEqual([])
  })

  test.each([
    '> how did we do?\nBadly. I am leaving',
    'On 3 May 2026, Help wrote:\n> all good?\n\nI am leaving',
    'Fwd: look at this\n> I am leaving',
    'From: the whole team\nI am leaving',
    'On Monday I wrote: I am leaving',
  ])('%j keeps the customer’s own words', async (text) => {
    expect(await quotesOf(WATCHED, text)).toEqual(['I am leaving'])
  })
})

test('a word said a thousand times gives a bounded number of hits', async () => {
  const hits = await triggersOf(['leaving'], 'leaving '.repeat(10_000))
  expect(hits).toHaveLength(16)
})

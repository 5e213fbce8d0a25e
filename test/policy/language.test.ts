import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { TriageError } from '../../src/domain/errors.ts'
import { parsePolicy, type PolicyProblem } from '../../src/policy/parse.ts'

const SAAS = readFileSync(new URL('../../policies/saas.yaml', import.meta.url), 'utf8')

// Test data is edited at will; the parser is what gives it a type.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any

/** The shipped procedure with fewer words to listen for, which take the longest to read. */
const SHORT: Data = parseDocument(SAAS).toJS()
for (const phrase of SHORT.phrases) phrase.patterns = phrase.patterns.slice(0, 1)

/** It with something changed. */
function edited(edit: (data: Data) => void): string {
  const data: Data = structuredClone(SHORT)
  edit(data)
  // JSON is YAML.
  return JSON.stringify(data)
}

function problemsOf(edit: (data: Data) => void): readonly string[] {
  try {
    parsePolicy(edited(edit), 'sop.yaml')
    return []
  } catch (error) {
    if (!(error instanceof TriageError) || error.code !== 'invalid_policy') throw error
    const problems = error.detail['problems'] as readonly PolicyProblem[]
    return problems.map(({ path, message }) => `${path}: ${message}`)
  }
}

const rotation = {
  people: ['ken', 'elif'],
  from: '2026-03-02',
  handover: '09:00',
  timezone: 'Europe/Berlin',
}
const segment = { when: { 'customer.tier': 'enterprise' } }

test('ownership, segments and warnings are read', () => {
  const policy = parsePolicy(
    edited((data) => {
      Object.assign(data.people.maya, {
        languages: ['en', 'de'],
        skills: ['payments'],
        authority: { refund: 200 },
      })
      Object.assign(data.teams.engineering, {
        strategy: 'on-call',
        on_call: rotation,
        relief: ['support'],
      })
      Object.assign(data.teams.support, { strategy: 'round-robin', decision_maker: 'sarah' })
      data.routes[0].needs = {
        skills: ['payments'],
        language: true,
        authority: { refund: 'attributes.requestedCredit' },
      }
      data.severities.P1.warn = ['50%', '5m']
      data.segments = {
        enterprise: {
          ...segment,
          severities: { P3: { first_response: '1h', calendar: 'always' } },
          routes: [
            { id: 'key', when: { type: 'billing' }, team: 'success', because: 'a key account' },
          ],
          review: { rules: [{ id: 'look', when: { severity: 'P2' }, because: 'a key account' }] },
        },
      }
    }),
    'sop.yaml',
  )
  expect(policy.people['maya']).toMatchObject({ skills: ['payments'], authority: { refund: 200 } })
  expect(policy.teams['engineering']).toMatchObject({
    strategy: 'on-call',
    onCall: { people: ['ken', 'elif'], handover: 540, days: 7 },
    relief: ['support'],
  })
  expect(policy.teams['support']).toMatchObject({ strategy: 'round-robin', decisionMaker: 'sarah' })
  expect(policy.severities.P1.warnings).toEqual([
    { unit: 'percent', amount: 50, text: '50%' },
    { unit: 'minutes_left', amount: 5, text: '5m left' },
  ])
  expect(policy.segments).toMatchObject([
    {
      id: 'enterprise',
      severities: { P3: { first_response: { amount: 60, unit: 'minutes', calendar: 'always' } } },
      routes: [{ id: 'key', team: 'success' }],
      reviewRules: [{ id: 'look' }],
    },
  ])
})

test('a three-level profile may leave P3 out, a four-level one may not', () => {
  const leave = (profile: string) =>
    problemsOf((data) => {
      data.profile = profile
      delete data.severities.P3
    })
  expect(leave('three-level')).toEqual([])
  expect(leave('four-level').join()).toContain(
    'Cannot read severities.P3: a map required, got nothing',
  )
})

test.each<[string, (data: Data) => void, string]>([
  [
    'an unknown strategy',
    (data) => (data.teams.support.strategy = 'robin-round'),
    'teams.support.strategy',
  ],
  [
    'a rotation without its strategy',
    (data) => (data.teams.support.on_call = rotation),
    '"strategy: on-call" and on_call required together',
  ],
  [
    'the strategy without a rotation',
    (data) => (data.teams.support.strategy = 'on-call'),
    '"strategy: on-call" and on_call required together',
  ],
  [
    'an unknown person on call',
    (data) =>
      Object.assign(data.teams.support, {
        strategy: 'on-call',
        on_call: { ...rotation, people: ['kenn'] },
      }),
    'Cannot use person "kenn" in teams.support.on_call.people[0]: not defined; did you mean "ken"',
  ],
  [
    'a zone that is none',
    (data) =>
      Object.assign(data.teams.support, {
        strategy: 'on-call',
        on_call: { ...rotation, timezone: 'Berlin' },
      }),
    'a name of the IANA time zones required, got "Berlin"',
  ],
  [
    'a handover that is no time',
    (data) =>
      Object.assign(data.teams.support, {
        strategy: 'on-call',
        on_call: { ...rotation, handover: '9 am' },
      }),
    'a time such as "09:00" required',
  ],
  [
    'an unknown team for relief',
    (data) => (data.teams.support.relief = ['nobody']),
    'Cannot use team "nobody" in teams.support.relief[0]',
  ],
  [
    'an unknown decision-maker',
    (data) => (data.teams.support.decision_maker = 'nobody'),
    'teams.support.decision_maker',
  ],
  [
    'a skill that nobody has',
    (data) => (data.routes[0].needs = { skills: ['magic'] }),
    'a skill of at least one person required',
  ],
  [
    'authority over a text',
    (data) => (data.routes[0].needs = { authority: { refund: 'customer.tier' } }),
    'Cannot need authority over customer.tier: a number required',
  ],
  [
    'a negative authority',
    (data) => (data.people.maya.authority = { refund: -1 }),
    'an amount of 0 or above required',
  ],
  [
    'a zone of leave that is none',
    (data) => (data.people.ken.timezone = 'Mars'),
    'Cannot use timezone of "ken"',
  ],
  [
    'a warning that is none',
    (data) => (data.sla.warn = ['soon']),
    'a warning such as "75%" (of the time gone) or "30m" (left) required',
  ],
  ['a warning at all of it', (data) => (data.sla.warn = ['100%']), 'a warning such as'],
  [
    'an unknown team to page',
    (data) => (data.sla.page.breached = ['bosses']),
    'Cannot use team "bosses" in sla.page.breached[0]',
  ],
  [
    'an unknown fact in a segment',
    (data) => (data.segments = { a: { when: { 'customer.teir': 'x' } } }),
    'segments.a.when',
  ],
  [
    'what is decided later in a segment',
    (data) => (data.segments = { a: { when: { severity: 'P1' } } }),
    'segments.a.when',
  ],
  [
    'an unknown team in a segment',
    (data) =>
      (data.segments = {
        a: {
          ...segment,
          routes: [{ id: 'x', when: { type: 'billing' }, team: 'nobody', because: 'b' }],
        },
      }),
    'segments.a.routes.[0].team',
  ],
  [
    'an id that a route has already',
    (data) =>
      (data.segments = {
        a: {
          ...segment,
          routes: [
            { id: data.routes[0].id, when: { type: 'billing' }, team: 'support', because: 'b' },
          ],
        },
      }),
    'a name of its own required',
  ],
  [
    'an unknown calendar in a segment',
    (data) =>
      (data.segments = {
        a: { ...segment, severities: { P1: { calendar: 'nights', update: '1h' } } },
      }),
    'Cannot use calendar "nights"',
  ],
])('%s is refused at its place', (_, edit, expected) => {
  const found = problemsOf(edit).join('\n')
  expect(found.replaceAll('.[', '[')).toContain(expected.replaceAll('.[', '['))
})

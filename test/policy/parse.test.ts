import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { DEFAULT_SCORING } from '../../src/domain/cascade.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { DEFAULT_COSTS } from '../../src/domain/costs.ts'
import { TriageError } from '../../src/domain/errors.ts'
import { parsePolicy, type ParseOptions, type PolicyProblem } from '../../src/policy/parse.ts'

/** A small whole file; `edit` changes the data before it is written. */
function aFile(edit: (data: Data) => void = () => {}): string {
  const data = structuredClone(WHOLE) as Data
  edit(data)
  return stringify(data)
}

function problemsOf(text: string, options?: ParseOptions): readonly PolicyProblem[] {
  try {
    parsePolicy(text, 'sop.yaml', options)
    return []
  } catch (error) {
    if (!(error instanceof TriageError) || error.code !== 'invalid_policy') throw error
    return error.detail.problems as readonly PolicyProblem[]
  }
}

const messages = (edit: (data: Data) => void) =>
  problemsOf(aFile(edit)).map(({ path, message }) => `${path}: ${message}`)

// Test data is edited at will; the parser is what gives it a type.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any

const SEVERITY = {
  meaning: 'meaning',
  examples: ['example'],
  calendar: 'always',
  first_response: '1h',
  update: '2h',
  resolution: '1 business day',
}
const WHOLE = {
  id: 'test',
  version: '1.0.0',
  attributes: { credit: { type: 'number', doc: 'Credit asked for' } },
  calendars: {
    always: { timezone: 'UTC', open: 'always' },
    office: {
      timezone: 'Europe/Berlin',
      hours: { 'mon-thu': ['13:00-17:00', '09:00-12:00'], fri: '09:00-15:00' },
      holidays: ['2026-12-25'],
    },
  },
  severities: {
    P1: { ...SEVERITY, first_response: '15m', review: '5m', review_backup_after: '3m' },
    P2: SEVERITY,
    P3: { ...SEVERITY, first_response: { time: '4h', calendar: 'office' } },
    P4: { ...SEVERITY, resolution: '5 business days' },
  },
  triggers: [
    {
      id: 'leaving',
      category: 'emotion',
      when: { phrases: 'churn', 'customer.annualValue': { gte: 50_000 } },
      raise: 'P2',
      floor: true,
      because: 'Worth {customer.annualValue}',
    },
  ],
  routes: [{ id: 'money', when: { type: 'billing' }, team: 'front', because: 'Money' }],
  otherwise: { team: 'front', because: 'the rest' },
  people: {
    ann: { name: 'Ann', role: 'Engineer', hours: 'office' },
    bob: { name: 'Bob', role: 'Lead', leave: [{ from: '2026-08-01', until: '2026-08-14' }] },
  },
  teams: { front: { name: 'Front', tier: 1, owners: ['ann'], backups: ['bob'], grace: '30m' } },
  last_resort: { owner: 'bob', backup: 'ann' },
  review: {
    team: 'front',
    budget: '30m',
    calendar: 'always',
    rules: [
      { id: 'doubt', when: { 'intent.band': 'low', severity: ['P1', 'P2'] }, because: 'Unclear' },
    ],
  },
  spikes: { window: '60m', customers: 5, ratio: 3 },
  types: { request: 'account' },
  tags: ['team-{team}'],
  messages: { acknowledgement: '{owner} answers {nextUpdate}' },
  cases: [{ id: 'one', facts: { intent: 'bug' }, expect: { severity: 'P4' } }],
  phrases: [{ id: 'leave', kind: 'churn', patterns: ['leaving you'] }],
}

test('retention is days, and absent keeps everything', () => {
  const retentionOf = (originals: string) =>
    parsePolicy(
      aFile((file) => void (file.retention = { originals })),
      'sop.yaml',
    ).retention
  expect(retentionOf('90 days')).toEqual({ originalsDays: 90 })
  expect(parsePolicy(aFile(), 'sop.yaml').retention).toBeUndefined()
  expect(messages((file) => void (file.retention = { originals: '5h' }))).toEqual([
    'retention.originals: Cannot read retention.originals: days such as "90 days" required, got "5h"',
  ])
})

describe('parsePolicy()', () => {
  test('reads a whole file', () => {
    const policy = parsePolicy(aFile(), 'sop.yaml')
    expect(policy.calendars.office?.weekly).toEqual({
      ...Object.fromEntries(
        [1, 2, 3, 4].map((day) => [
          day,
          [
            { start: 540, end: 720 },
            { start: 780, end: 1020 },
          ],
        ]),
      ),
      5: [{ start: 540, end: 900 }],
    })
    expect(policy.severities.P3.targets.first_response).toEqual({
      amount: 240,
      unit: 'minutes',
      calendar: 'office',
      text: '4h',
    })
    expect(policy.severities.P4.targets.resolution).toMatchObject({
      amount: 5,
      unit: 'business_days',
    })
    expect(policy.triggers[0]?.when).toEqual({
      kind: 'all',
      of: [
        { kind: 'fact', fact: 'phrases', matcher: { op: 'includes', values: ['churn'] } },
        { kind: 'fact', fact: 'customer.annualValue', matcher: { op: 'gte', value: 50_000 } },
      ],
    })
    expect(policy.review.budget).toMatchObject({ amount: 30, calendar: 'always' })
    expect(policy.teams.front?.graceMinutes).toBe(30)
    expect(policy.phrases[0]?.negatable).toBe(true)
    expect(policy.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('the hash follows the meaning, not the writing', () => {
    const { hash } = parsePolicy(aFile(), 'sop.yaml')
    expect(parsePolicy(`# A comment\n${aFile()}`, 'other.yaml').hash).toBe(hash)
    expect(
      parsePolicy(
        aFile((data) => (data.triggers[0].raise = 'P1')),
        'sop.yaml',
      ).hash,
    ).not.toBe(hash)
  })

  test('costs are optional, completed from the defaults and part of the hash', () => {
    const without = parsePolicy(aFile(), 'sop.yaml')
    expect(without.costs).toBeUndefined()
    const priced = parsePolicy(
      aFile((data) => (data.costs = { review: 7, unseen_critical: 900 })),
      'sop.yaml',
    )
    expect(priced.costs).toEqual({ ...DEFAULT_COSTS, review: 7, unseenCritical: 900 })
    expect(priced.hash).not.toBe(without.hash)
  })

  test('scoring is optional, completed from the defaults and part of the hash', () => {
    const without = parsePolicy(aFile(), 'sop.yaml')
    expect(without.scoring).toBeUndefined()
    expect(compilePolicy(without).scoring).toEqual(DEFAULT_SCORING)
    const rich = { 'customer.annualValue': { gte: 100_000 } }
    const asked = parsePolicy(
      aFile(
        (data) => (data.scoring = { use: 'llm', ask: { bands: ['low', 'medium'], when: rich } }),
      ),
      'sop.yaml',
    )
    expect(asked.scoring).toEqual({
      use: 'llm',
      ask: {
        ...DEFAULT_SCORING.ask,
        bands: ['low', 'medium'],
        when: {
          kind: 'fact',
          fact: 'customer.annualValue',
          matcher: { op: 'gte', value: 100_000 },
        },
      },
    })
    expect(asked.hash).not.toBe(without.hash)
    expect(compilePolicy(asked).askWhen?.holds({ 'customer.annualValue': 100_000 })).toBe(true)
    expect(compilePolicy(asked).askWhen?.holds({})).toBe(false)
  })

  test('reports all problems at once, in file order, with line and column', () => {
    const text = aFile((data) => {
      data.triggers[0].raise = 'P5'
      data.triggers[0].when = { phrasez: 'churn' }
      data.routes[0].team = 'frond'
      data.severities.P2.first_response = 'soon'
      data.colour = 'red'
    })
    const lines = text.split('\n')
    const problems = problemsOf(text)
    expect(problems.map(({ path }) => path)).toEqual([
      'severities.P2.first_response',
      'triggers[0].when.phrasez',
      'triggers[0].raise',
      'routes[0].team',
      'colour',
    ])
    expect(problems.map(({ line, column }) => lines[line - 1]!.slice(column - 1))).toEqual([
      'soon',
      'phrasez: churn',
      'P5',
      'frond',
      'colour: red',
    ])
    expect(problems.every((problem) => problem.file === 'sop.yaml')).toBe(true)
  })

  test('places stay right behind a faulty entry', () => {
    const text = aFile((data) => {
      data.routes.unshift({ id: 'broken', when: { type: 'billing' } })
      data.routes[1].team = 'nobody'
    })
    expect(problemsOf(text).map(({ path }) => path)).toContain('routes[1].team')
  })
})

describe('faults', () => {
  const when = (condition: Data) => (data: Data) => (data.triggers[0].when = condition)
  test.each<[string, (data: Data) => void, string]>([
    [
      'a missing field',
      (data) => delete data.triggers[0].because,
      'triggers[0].because: Cannot read triggers[0].because: text (in quotes when it looks like a number) required, got nothing',
    ],
    [
      'a number for text',
      (data) => (data.version = 1),
      'version: Cannot read version: text (in quotes when it looks like a number) required, got the number 1',
    ],
    [
      'an unknown field',
      (data) => (data.triggers[0].wen = {}),
      'triggers[0].wen: Cannot read field "wen": unknown; did you mean "when"?',
    ],
    [
      'an unknown value',
      (data) => (data.triggers[0].category = 'value!'),
      'triggers[0].category: Cannot read triggers[0].category: one of complexity, urgency, value, emotion required, got "value!"; did you mean "value"?',
    ],
    [
      'an unknown fact',
      when({ 'customer.teir': 'x' }),
      'triggers[0].when.customer.teir: Cannot use fact "customer.teir": unknown fact; did you mean "customer.tier"?',
    ],
    [
      'an undeclared attribute',
      when({ 'attributes.colour': 'x' }),
      'triggers[0].when.attributes.colour: Cannot use fact "attributes.colour": unknown fact; declare it with its type under attributes:',
    ],
    [
      'a misspelt attribute',
      when({ 'attributes.credits': 1 }),
      'triggers[0].when.attributes.credits: Cannot use fact "attributes.credits": unknown fact; did you mean "attributes.credit"?',
    ],
    [
      'a value outside of the list',
      when({ phrases: 'chrun' }),
      'triggers[0].when.phrases: Cannot match phrases: one of churn, outrage, disappointment, legal_threat, manager_request, repeat_contact, business_impact, vulnerable required, got "chrun"; did you mean "churn"?',
    ],
    [
      'an unknown phrase',
      when({ 'phrases.ids': 'leaves' }),
      'triggers[0].when.phrases.ids: Cannot match phrases.ids: one of leave required, got "leaves"; did you mean "leave"?',
    ],
    [
      'a number for a word',
      when({ 'customer.tier': 1 }),
      'triggers[0].when.customer.tier: Cannot match customer.tier: text required, got the number 1',
    ],
    [
      'a threshold on a word',
      when({ 'customer.tier': { gte: 1 } }),
      'triggers[0].when.customer.tier.gte: Cannot match customer.tier: gte asks a number, this fact is a string',
    ],
    [
      'within on a number',
      when({ 'history.contacts': { within: '48h' } }),
      'triggers[0].when.history.contacts.within: Cannot match history.contacts: within asks a time until something, this fact is a number; use lte',
    ],
    [
      'a value beyond the range',
      when({ 'customer.healthScore': 101 }),
      'triggers[0].when.customer.healthScore: Cannot match customer.healthScore: 0 to 100 required, got 101',
    ],
    [
      'a range nobody reaches',
      when({ 'customer.healthScore': { gt: 100 } }),
      'triggers[0].when.customer.healthScore: Cannot match customer.healthScore: a range that the fact can reach (0 to 100) required, got an empty one',
    ],
    [
      'a range that contradicts itself',
      when({ 'history.contacts': { gte: 5, lt: 5 } }),
      'triggers[0].when.history.contacts: Cannot match history.contacts: a range that the fact can reach (at least 0) required, got an empty one',
    ],
    [
      'between turned round',
      when({ 'history.contacts': { between: [5, 1] } }),
      'triggers[0].when.history.contacts.between: Cannot match history.contacts: [lowest, highest] required, got [5, 1]',
    ],
    [
      'an unknown operator',
      when({ 'history.contacts': { gre: 5 } }),
      'triggers[0].when.history.contacts.gre: Cannot match history.contacts: unknown operator "gre"; did you mean "gte"?',
    ],
    [
      'a list as condition',
      when([{ phrases: 'churn' }]),
      'triggers[0].when: Cannot read condition: a map of facts to matchers required, got a list; write all: or any: in front of the list',
    ],
    [
      'an empty condition',
      when({}),
      'triggers[0].when: Cannot read condition: at least one fact required, got an empty map',
    ],
    [
      'a floor over a model fact',
      when({ urgency: 3 }),
      'triggers[0].floor: Cannot use floor trigger: facts that no model decides required, got urgency; drop floor or split the trigger',
    ],
    [
      'emotion that calms',
      when({ 'customer.tier': 'x', not: { phrases: 'churn' } }),
      'triggers[0].when: Cannot use trigger: emotion may only raise, but more in phrases would keep it from firing; say it without not and missing',
    ],
    [
      'a trigger over its own outcome',
      when({ severity: 'P1' }),
      'triggers[0].when.severity: Cannot use fact "severity": the triggers decide it, so only routes and review rules may read it',
    ],
    [
      'an unknown slot',
      (data) => (data.triggers[0].because = '{customer.teir}'),
      'triggers[0].because: Cannot use fact "customer.teir": unknown fact; did you mean "customer.tier"?',
    ],
    [
      'an unknown message slot',
      (data) => (data.messages.acknowledgement = 'Dear {ownr}'),
      'messages.acknowledgement: Cannot fill {ownr} in messages.acknowledgement: one of ticket, owner, role, team, type, priority, severity, nextUpdate, resolution required; did you mean "owner"?',
    ],
    [
      'no backup',
      (data) => (data.teams.front.backups = []),
      'teams.front.backups: Cannot read teams.front.backups: at least one backup required, got a list',
    ],
    [
      'a backup who is the owner',
      (data) => (data.teams.front.backups = ['ann']),
      'teams.front.backups: Cannot use team "front": a backup other than the owner required, got "ann" for both',
    ],
    [
      'a last resort alone',
      (data) => (data.last_resort.backup = 'bob'),
      'last_resort.backup: Cannot use last_resort: a backup other than the owner required, got "bob" for both',
    ],
    [
      'an unknown person',
      (data) => (data.teams.front.owners = ['anne']),
      'teams.front.owners[0]: Cannot use person "anne" in teams.front.owners[0]: not defined; did you mean "ann"?',
    ],
    [
      'an unknown team to tell',
      (data) => (data.triggers[0].notify = ['boss']),
      'triggers[0].notify[0]: Cannot use team "boss" in triggers[0].notify[0]: not defined; known are front',
    ],
    [
      'an unknown calendar',
      (data) => (data.people.ann.hours = 'offices'),
      'people.ann.hours: Cannot use calendar "offices" in people.ann.hours: not defined; did you mean "office"?',
    ],
    [
      'a missing target',
      (data) => delete data.severities.P4.update,
      'severities.P4.update: Cannot read severities.P4.update: a duration such as "15m", "4h", "90 minutes" or "3 business days", or { time, calendar }, required, got nothing',
    ],
    [
      'a time that is none',
      (data) => (data.severities.P4.update = '2d'),
      'severities.P4.update: Cannot read severities.P4.update: a duration such as "15m", "4h", "90 minutes" or "3 business days" required, got "2d"',
    ],
    [
      'a review longer than the response',
      (data) => (data.severities.P1.review = '15m'),
      'severities.P1.review: Cannot hold P1 for review: less than its first response (15m) required, got 15m',
    ],
    [
      'a budget longer than a response',
      (data) => (data.review.budget = '1h'),
      'review.budget: Cannot hold P2 for review: less than its first response (1h) required, got 1h; give P2 a review time of its own',
    ],
    [
      'a late backup reviewer',
      (data) => (data.severities.P1.review_backup_after = '5m'),
      'severities.P1.review_backup_after: Cannot call the backup reviewer of P1: less than the review (5m) required, got 5m',
    ],
    [
      'a response after the resolution',
      (data) => (data.severities.P1.resolution = '10m'),
      'severities.P1.first_response: Cannot meet P1: a first response within the resolution (10m) required, got 15m',
    ],
    [
      'an id used twice',
      (data) => (data.review.rules[0].id = 'leaving'),
      'review.rules[0].id: Cannot use id "leaving": a name of its own required, got the one of triggers[0]',
    ],
    [
      'a reserved id',
      (data) => (data.routes[0].id = 'otherwise'),
      'routes[0].id: Cannot use id "otherwise": a name of its own required, got the one of the route of last choice',
    ],
    [
      'no otherwise',
      (data) => delete data.otherwise,
      'otherwise: Cannot read otherwise: a map required, got nothing',
    ],
    [
      'a time zone that is none',
      (data) => (data.calendars.office.timezone = 'Berlin'),
      'calendars.office.timezone: Cannot use calendar calendars.office.timezone: a name of the IANA time zones such as "Europe/Berlin" required, got "Berlin"',
    ],
    [
      'hours that overlap',
      (data) => (data.calendars.office.hours.fri = ['09:00-12:00', '11:00-15:00']),
      'calendars.office.hours.fri: Cannot use calendar calendars.office.hours.fri: windows that do not overlap required',
    ],
    [
      'hours past midnight',
      (data) => (data.calendars.office.hours.fri = '22:00-06:00'),
      'calendars.office.hours.fri: Cannot use calendar calendars.office.hours.fri: a window such as "09:00-17:00" (not past midnight: write two) required, got "22:00-06:00"',
    ],
    [
      'a day twice',
      (data) => (data.calendars.office.hours.thu = '09:00-10:00'),
      'calendars.office.hours.thu: Cannot use calendar calendars.office.hours.thu: each day once required, got thu twice',
    ],
    [
      'a calendar without hours',
      (data) => (data.calendars.office.hours = {}),
      'calendars.office: Cannot use calendar calendars.office: at least one window of work required',
    ],
    [
      'a date that does not exist',
      (data) => (data.calendars.office.holidays = ['2026-02-30']),
      'calendars.office.holidays[0]: Cannot use calendar calendars.office.holidays[0]: a date such as 2026-12-25 required, got "2026-02-30"',
    ],
    [
      'leave that is no date',
      (data) => (data.people.bob.leave[0].until = 'August'),
      'people.bob.leave[0].until: Cannot read people.bob.leave[0].until: a date (2026-08-14) or an instant (2026-08-14T12:00:00Z) required, got "August"',
    ],
    [
      'leave that ends before it begins',
      (data) => (data.people.bob.leave[0].until = '2026-07-01'),
      'people.bob.leave[0]: Cannot use leave of "bob": an end after its beginning required, got 2026-08-01 to 2026-07-01',
    ],
    [
      'a case with an unknown fact',
      (data) => (data.cases[0].facts = { intnet: 'bug' }),
      'cases[0].facts.intnet: Cannot use fact "intnet": unknown fact; did you mean "intent"?',
    ],
    [
      'a case with an impossible value',
      (data) => (data.cases[0].facts = { intent: 'bugs' }),
      'cases[0].facts.intent: Cannot use fact intent: one of outage, bug, how_to, account_access, account_change, billing_dispute, billing_question, payment_failure, refund, cancellation, sales, delivery, service_complaint, security, legal_privacy, request, feature_request, praise, other required, got "bugs"; did you mean "bug"?',
    ],
    [
      'a spike window in days',
      (data) => (data.spikes.window = '1 business day'),
      'spikes.window: Cannot read spikes.window: minutes or hours required, got "1 business day"',
    ],
    [
      'a grace in days',
      (data) => (data.teams.front.grace = '1 business day'),
      'teams.front.grace: Cannot read teams.front.grace: minutes or hours required, got "1 business day"',
    ],
    [
      'a name with a dot',
      (data) => (data.teams['a.b'] = data.teams.front),
      'teams.a.b: Cannot read name "a.b": letters, digits, "_" and "-" required, starting with a letter',
    ],
    [
      'a negative cost',
      (data) => (data.costs = { review: -1 }),
      'costs.review: Cannot read costs.review: a cost of 0 or above required, got the number -1',
    ],
    [
      'an unknown way of scoring',
      (data) => (data.scoring = { use: 'gpt' }),
      'scoring.use: Cannot read scoring.use: one of local, llm, local_then_llm required, got "gpt"',
    ],
    [
      'an unknown fact in what the LLM is asked about',
      (data) => (data.scoring = { ask: { when: { 'customer.teir': 'x' } } }),
      'scoring.ask.when.customer.teir: Cannot use fact "customer.teir": unknown fact; did you mean "customer.tier"?',
    ],
    [
      'an empty condition of what the LLM is asked about',
      (data) => (data.scoring = { ask: { when: null } }),
      'scoring.ask.when: Cannot read condition: a map of facts to matchers required, got nothing',
    ],
  ])('%s', (_, edit, expected) => {
    expect(messages(edit)).toContain(expected)
  })

  test('each of them alone is the only problem', () => {
    expect(messages(when({ 'customer.teir': 'x' }))).toHaveLength(1)
    expect(messages((data) => (data.routes[0].team = 'frond'))).toHaveLength(1)
    expect(messages((data) => (data.people.ann.hours = 'offices'))).toHaveLength(1)
  })

  test.each([
    ['a list', '- a\n- b'],
    ['nothing', ''],
    ['plain text', 'hello'],
    ['a broken map', 'id: [1, 2'],
    ['tabs', 'a:\n\t- b'],
    ['two documents', `${aFile()}\n---\na: 1`],
    ['a key twice', `${aFile()}\nid: again\n`],
    ['a bomb of aliases', bomb()],
    ['very deep nesting', `a: ${'['.repeat(20_000)}`],
    ['a condition without end', aFile((data) => (data.triggers[0].when = deep(50)))],
    ['an unknown tag', 'id: !!js/function "x"'],
  ])('%s is refused with a place', (_, text) => {
    const [problem] = problemsOf(text)
    expect(problem?.line).toBeGreaterThan(0)
    expect(problem?.column).toBeGreaterThan(0)
  })

  test('phrase patterns are checked by whoever knows them', () => {
    const problems = problemsOf(aFile(), {
      checkPhrase: (pattern) => (pattern === 'leaving you' ? 'unknown sign at 3' : null),
    })
    expect(problems).toMatchObject([
      {
        path: 'phrases[0].patterns[0]',
        message: 'Cannot use pattern of phrase "leave": unknown sign at 3',
      },
    ])
  })
})

function bomb(): string {
  const layers = Array.from({ length: 12 }, (_, layer) =>
    layer === 0
      ? 'a0: &a0 [x, x]'
      : `a${layer}: &a${layer} [*a${layer - 1}, *a${layer - 1}, *a${layer - 1}]`,
  )
  return layers.join('\n')
}

function deep(levels: number): object {
  return levels === 0 ? { phrases: 'churn' } : { all: [deep(levels - 1)] }
}

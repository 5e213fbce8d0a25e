import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { buildFacts } from '../../src/domain/build-facts.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Decision } from '../../src/domain/decision.ts'
import { SEVERITIES } from '../../src/domain/labels.ts'
import { checkPhrase } from '../../src/domain/phrase-pattern.ts'
import { TRIGGER_CATEGORIES, type Policy } from '../../src/domain/policy.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { ticketText, type Ticket } from '../../src/domain/ticket.ts'
import { ticketSchema } from '../../src/http/ticket-schema.ts'
import { checkPolicy } from '../../src/policy/check/check-policy.ts'
import { checkCoverage } from '../../src/policy/check/coverage.ts'
import { checkSegmentTimes } from '../../src/policy/check/segments.ts'
import { checkTimes } from '../../src/policy/check/times.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import { runCase } from '../../src/policy/run-case.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { SHIPPED_POLICIES, shippedPolicy } from '../support/shipped-policy.ts'

/** The eight weeks from here hold the clock changes of autumn; those of spring; the holidays at the end of the year. */
const AUTUMN = Date.parse('2026-10-19T00:00:00Z')
const SPRING = Date.parse('2026-03-02T00:00:00Z')
const WINTER = Date.parse('2026-12-01T00:00:00Z')

describe.each(SHIPPED_POLICIES)('policies/%s.yaml', (name) => {
  const file = `policies/${name}.yaml`
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  const policy = parsePolicy(source, file, { checkPhrase })
  const compiled = compilePolicy(policy)

  test('the check finds nothing, not even a warning', () => {
    expect(checkPolicy(source, file, compiled, AUTUMN)).toEqual([])
  })

  test.each([SPRING, WINTER])('times and cover hold in the eight weeks from %d', (fromMs) => {
    expect(checkTimes(compiled, fromMs)).toEqual([])
    expect(checkSegmentTimes(compiled, fromMs)).toEqual([])
    expect(checkCoverage(compiled, fromMs)).toEqual([])
  })

  test('has 10 to 40 cases, and one for each category of trigger and each severity', () => {
    expect(policy.cases.length).toBeGreaterThanOrEqual(10)
    expect(policy.cases.length).toBeLessThanOrEqual(40)
    const decisions = policy.cases.map((policyCase) => runCase(policyCase, compiled).decision)
    const fired = new Set(decisions.flatMap(({ reasons }) => reasons.map(({ rule }) => rule)))
    const categories = new Set(
      policy.triggers.filter(({ id }) => fired.has(id)).map(({ category }) => category),
    )
    expect([...categories].sort()).toEqual([...TRIGGER_CATEGORIES].sort())
    const used = SEVERITIES.filter((one) => policy.profile === 'four-level' || one !== 'P3')
    expect(new Set(decisions.map(({ severity }) => severity))).toEqual(new Set(used))
  })

  test('every phrase that a case names is found in the text of its ticket', async () => {
    const scorer = createPhraseScorer(policy.phrases, policy.version)
    for (const { id, ticket, facts } of policy.cases) {
      const text = ticketText({ id, ...ticket })
      const { triggers = [] } = await scorer.score({ text })
      const named = [list(facts['phrases']), list(facts['phrases.ids'])]
      const found = [triggers.map(({ kind }) => kind), triggers.map(({ phrase }) => phrase)]
      for (const index of [0, 1])
        expect(found[index], id).toEqual(expect.arrayContaining([...named[index]!]))
    }
  })

  test('names floor triggers over phrases and over ticket fields', () => {
    const floors = policy.triggers
      .filter(({ floor }) => floor)
      .map(({ when }) => JSON.stringify(when))
    expect(floors.some((when) => when.includes('"phrases'))).toBe(true)
    expect(floors.some((when) => /"(attributes|order|impact|history|spike)\./.test(when))).toBe(
      true,
    )
  })
})

const AT = { now: '2026-11-25T15:00:00.000Z', clockStart: '2026-11-25T15:00:00.000Z' }
const UNSCORED = { unscored: 'no model in this test' }
const NOTHING_SCORED = {
  sentiment: UNSCORED,
  emotions: UNSCORED,
  intent: UNSCORED,
  urgency: UNSCORED,
  priority: UNSCORED,
  language: UNSCORED,
  spikes: [],
}

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [])

const EXAMPLES = SHIPPED_POLICIES.filter((name) => name !== 'saas')

/** Decided by listed phrases and ticket fields alone, as when no model answers. */
async function decidedByWordsAlone(ticket: Ticket, policy: Policy): Promise<Decision> {
  const scorer = createPhraseScorer(policy.phrases, policy.version)
  const { triggers = [] } = await scorer.score({ text: ticketText(ticket) })
  const signals = { ...NOTHING_SCORED, triggers }
  const facts = buildFacts(ticket, { signals, degraded: [], instructionShaped: [] }, AT)
  return decide(facts, compilePolicy(policy), EMPTY_ROSTER, AT)
}

describe.each(EXAMPLES)('policies/examples/%s.ndjson', (name) => {
  test('holds tickets; the first is critical by words and fields alone, the last by nothing', async () => {
    const file = new URL(`../../policies/examples/${name}.ndjson`, import.meta.url)
    const tickets = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => ticketSchema.parse(JSON.parse(line)))
    expect(tickets.length).toBeGreaterThan(2)
    const policy = shippedPolicy(name)
    const first = await decidedByWordsAlone(tickets[0]!, policy)
    expect(first).toMatchObject({ floor: 'P1', disposition: 'review' })
    const last = await decidedByWordsAlone(tickets.at(-1)!, policy)
    expect(last.floor).toBe('P4')
  })
})

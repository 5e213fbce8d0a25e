import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { SEVERITIES } from '../../src/domain/labels.ts'
import { checkPhrase } from '../../src/domain/phrase-pattern.ts'
import { TRIGGER_CATEGORIES } from '../../src/domain/policy.ts'
import { ticketText } from '../../src/domain/ticket.ts'
import { checkPolicy } from '../../src/policy/check/check-policy.ts'
import { checkCoverage } from '../../src/policy/check/coverage.ts'
import { checkSegmentTimes } from '../../src/policy/check/segments.ts'
import { checkTimes } from '../../src/policy/check/times.ts'
import { runCase } from '../../src/policy/run-case.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { SHIPPED_POLICIES } from '../support/shipped-policy.ts'

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

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [])

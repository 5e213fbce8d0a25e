import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { SEVERITIES } from '../../src/domain/labels.ts'
import type { Policy } from '../../src/domain/policy.ts'
import { diagramOf } from '../../src/policy/diagram/graph.ts'
import { toMermaid } from '../../src/policy/diagram/mermaid.ts'
import { toPage } from '../../src/policy/print/page.ts'
import { runCase } from '../../src/policy/run-case.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { SHIPPED_POLICIES, shippedPolicy } from '../support/shipped-policy.ts'

const ROOT = new URL('../../', import.meta.url)
const README = readFileSync(new URL('policies/README.md', ROOT), 'utf8')

type Row = { readonly id: string; readonly feature: string; readonly tests: string }

/** Rows of the tables whose first cell is an id such as S001. */
const ROWS: readonly Row[] = README.split('\n').flatMap((line) => {
  const [, id = '', feature = '', tests = ''] = line.split('|').map((cell) => cell.trim())
  return /^S\d{3}$/.test(id) ? [{ id, feature, tests }] : []
})
const NO_TEST = /^(later|missing): \S/

describe('the table of capabilities', () => {
  test('has every row of the sources once', () => {
    const ranges = [
      [1, 37],
      [40, 58],
      [60, 80],
      [90, 124],
      [130, 138],
      [140, 157],
      [160, 177],
      [180, 190],
      [195, 201],
      [205, 211],
      [215, 226],
      [230, 236],
      [240, 252],
    ] as const
    const wanted = ranges.flatMap(([from, to]) =>
      Array.from(
        { length: to - from + 1 },
        (_, index) => `S${String(from + index).padStart(3, '0')}`,
      ),
    )
    expect(ROWS.map(({ id }) => id)).toEqual(wanted)
  })

  test.each(ROWS.map((row) => [row.id, row] as const))('%s names tests that exist', (_, row) => {
    expect(row.feature).not.toBe('')
    if (NO_TEST.test(row.tests)) return
    const named = row.tests.split(/; (?=[\w./-]+ › )/).map((one) => one.split(' › '))
    expect(named.length).toBeGreaterThan(0)
    for (const [file = '', title = ''] of named) expectTest(file, title)
  })
})

/** A case of a policy, or a title in a test file or in the table that it runs. */
function expectTest(file: string, title: string): void {
  const name = /^([\w-]+)\.yaml$/.exec(file)?.[1]
  if (name !== undefined) {
    expect(shippedPolicy(name).cases.map(({ id }) => id)).toContain(title)
    return
  }
  const url = new URL(`test/${file}`, ROOT)
  expect(existsSync(url), file).toBe(true)
  const quoted = ["'", '"', '`'].map((mark) => `${mark}${title}${mark}`)
  const text = readFileSync(url, 'utf8')
  expect(title.length, `a title in ${file}`).toBeGreaterThan(8)
  expect(
    quoted.some((one) => text.includes(one)),
    `${file} › ${title}`,
  ).toBe(true)
}

const saas = shippedPolicy('saas')

const timesOf = (policy: Policy) =>
  SEVERITIES.map((severity) => {
    const { first_response: first, update, resolution } = policy.severities[severity].targets
    return [severity, first.text, update.text, resolution.text, first.calendar]
  })

describe('what the sources ask of the default procedure', () => {
  test('the three sentences are found with their offsets, in every trade', async () => {
    for (const name of SHIPPED_POLICIES) {
      const scorer = createPhraseScorer(shippedPolicy(name).phrases, '1')
      const text = "Well. This is ridiculous. I expected better. I'm considering leaving."
      const { triggers = [] } = await scorer.score({ text })
      for (const { start, end, quote } of triggers) expect(text.slice(start, end)).toBe(quote)
      const kinds = triggers.map(({ kind }) => kind)
      expect(kinds, name).toEqual(expect.arrayContaining(['outrage', 'disappointment']))
      // Colleagues do not leave their IT department.
      expect(kinds.includes('churn'), name).toBe(name !== 'internal-it')
    }
  })

  test('its times are those of the sources, critical ones day and night', () => {
    expect(timesOf(saas)).toEqual([
      ['P1', '15m', '30m', '4h', 'always'],
      ['P2', '1h', '2h', '8h', 'always'],
      ['P3', '4h', '8h', '3 business days', 'business'],
      ['P4', '1 business day', '1 business day', '5 business days', 'business'],
    ])
  })

  test('three levels: critical at once, high and low in business hours', () => {
    const [critical, high, , low] = timesOf(shippedPolicy('smb'))
    expect(critical).toEqual(['P1', '30m', '1h', '4h', 'always'])
    expect(high).toEqual(['P2', '4h', '4h', '8h', 'shop'])
    expect(low).toEqual(['P4', '1 business day', '1 business day', '2 business days', 'shop'])
  })

  test('tiers run from the front line to management', () => {
    for (const name of SHIPPED_POLICIES) {
      const { teams, routes, otherwise } = shippedPolicy(name)
      const tiers = new Set(Object.values(teams).map(({ tier }) => tier))
      expect([...tiers].sort((a, b) => a - b).slice(0, 3), name).toEqual([1, 2, 3])
      expect(teams[otherwise.team]?.tier, name).toBe(1)
      expect(routes.some(({ team }) => (teams[team]?.tier ?? 1) > 1)).toBe(true)
    }
  })

  test('compliance tells management, a load at risk tells the operations lead', () => {
    expect(toldIn('saas', 'fraud')).toContain('carla')
    expect(toldIn('logistics', 'exposure-just-above')).toContain('dirk')
    expect(toldIn('logistics', 'exposure-just-above')).not.toContain('margriet')
    expect(toldIn('internal-it', 'intranet-of-a-floor')).toContain('julia')
  })

  test('messages name owner and role, promise the next word also without news, and nothing more than the clocks', () => {
    for (const name of SHIPPED_POLICIES) {
      const { acknowledgement, progress, resolution, handOff } = messagesOf(name)
      for (const slot of ['{ticket}', '{owner}', '{role}', '{nextUpdate}', '{resolution}'])
        expect(acknowledgement, name).toContain(slot)
      expect(acknowledgement, name).toMatch(/no news|nothing new|without news|even if|also if/)
      expect(progress, name).toContain('{nextUpdate}')
      expect(resolution, name).toContain('{owner}')
      for (const slot of ['{owner}', '{backup}', '{nextUpdate}']) expect(handOff).toContain(slot)
      // A time that is written out would be a promise that no clock knows.
      expect(`${acknowledgement}${progress}`, name).not.toMatch(/\d+ (minutes|hours|days)/)
    }
  })
})

describe('the picture and the print of every policy', () => {
  test.each(SHIPPED_POLICIES)(
    '%s shows tiers, owners, times and the way without the service',
    async (name) => {
      const compiled = compilePolicy(shippedPolicy(name))
      const { policy } = compiled
      const drawn = toMermaid(diagramOf(compiled))
      const page = await toPage(compiled)
      for (const { team } of policy.routes) {
        const { name: title, owners, tier } = policy.teams[team]!
        expect(drawn).toContain(title)
        expect(page).toContain(title)
        expect(page).toContain(policy.people[owners[0]!]!.name)
        expect(tier).toBeGreaterThan(0)
      }
      expect(drawn).toContain(policy.severities.P1.targets.first_response.text)
      expect(page).toContain('When the service is back')
      expect(page).toContain(policy.people[policy.lastResort.owner]!.name)
    },
  )
})

function toldIn(name: string, id: string): readonly string[] {
  const policy = shippedPolicy(name)
  const policyCase = policy.cases.find((one) => one.id === id)
  const { decision } = runCase(policyCase!, compilePolicy(policy))
  return decision.proposed.flatMap((action) => (action.kind === 'notify' ? action.people : []))
}

function messagesOf(name: string) {
  const { messages } = shippedPolicy(name)
  return {
    acknowledgement: messages.acknowledgement,
    progress: messages.progress ?? '',
    resolution: messages.resolution ?? '',
    handOff: messages.handOff ?? '',
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { agreementOfReviews } from '../../eval/agreement/measure-agreement.ts'
import { blindLine, sampleForReading } from '../../eval/agreement/second-reading.ts'
import { driftCommand } from '../../eval/cli/drift-command.ts'
import { importCommand } from '../../eval/cli/import-command.ts'
import { measureDrift, type Drift } from '../../eval/drift/measure-drift.ts'
import { runCommand } from '../../eval/cli/run-command.ts'
import { exportedReviewSchema, type ExportedReview } from '../../eval/import/exported-review.ts'
import type { Outcome } from '../../eval/run/outcome.ts'
import { runSuite } from '../../eval/run/run-suite.ts'
import { populationStability } from '../../eval/metrics/population-stability.ts'
import { readSuite } from '../../eval/suite/read-suite.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { alwaysRaise, policyWith, runLabelled } from './support/run-labelled.ts'
import { runOptions } from './support/run-options.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

const DECISION = { severity: 'P1', type: 'technical', route: { team: 'engineering' } } as const
const review = (id: string, rest: object): ExportedReview =>
  exportedReviewSchema.parse({ ticket: { id, body: 'all down' }, decision: DECISION, ...rest })

async function importFile(name: string, lines: readonly object[]) {
  const file = join(folder, name)
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  await importCommand(file, { to: folder })
  return readSuite(join(folder, name.split('.', 1)[0]!))
}

describe('exported reviews become a suite', () => {
  test('what the person ruled is what is expected; the customer is the cluster', async () => {
    const { cases } = await importFile('reviews.jsonl', [
      review('approved', { outcome: { kind: 'approved' }, reviewer: 'sarah', customer: 'acme' }),
      review('changed', {
        outcome: { kind: 'overridden', changes: { severity: 'P2', team: 'billing' } },
      }),
      review('dismissed', { outcome: { kind: 'dismissed', severity: 'P4' }, blind: true }),
    ])
    expect(cases.map(({ id, expected, tags }) => [id, expected, tags])).toEqual([
      [
        'approved',
        { severity: { most: 'P1', least: 'P1' }, type: ['technical'], team: ['engineering'] },
        ['approved'],
      ],
      [
        'changed',
        { severity: { most: 'P2', least: 'P2' }, type: ['technical'], team: ['billing'] },
        ['overridden'],
      ],
      [
        'dismissed',
        { severity: { most: 'P4', least: 'P4' }, type: ['technical'], team: ['engineering'] },
        ['dismissed', 'blind'],
      ],
    ])
    expect(cases[0]?.ticket.customer?.id).toBe('acme')
  })

  test('silence is not agreement: a review that nobody decided is no case', async () => {
    const { cases } = await importFile('open.jsonl', [
      review('open', { outcome: null }),
      review('superseded', {}),
      review('decided', { outcome: { kind: 'approved' } }),
    ])
    expect(cases.map(({ id }) => id)).toEqual(['decided'])
  })

  test('two people who differ accept both severities and claim no team of one alone', async () => {
    const { cases } = await importFile('two.jsonl', [
      review('t', { outcome: { kind: 'approved' } }),
      review('t', {
        outcome: { kind: 'overridden', changes: { severity: 'P3', team: 'support' } },
      }),
    ])
    expect(cases).toHaveLength(1)
    expect(cases[0]?.expected).toEqual({
      severity: { most: 'P1', least: 'P3' },
      type: ['technical'],
    })
  })

  test('the ticket of another caller and a revision with other content are cases of their own', async () => {
    const line = (id: string, caller: string, body: string) => ({
      ...review('t', { outcome: { kind: 'approved' }, caller }),
      decision: { ...DECISION, id },
      ticket: { id: 't', body },
    })
    const lines = [
      line('d1', 'zendesk', 'all down'),
      line('d2', 'own code', 'all down'),
      line('d3', 'zendesk', 'all down, and data is lost'),
      line('d1', 'zendesk', 'all down'),
    ]
    const { cases } = await importFile('callers.jsonl', lines)
    expect(cases.map(({ id }) => id)).toEqual(['t d1', 't d2', 't d3'])
    const people = agreementOfReviews(lines.map((each) => exportedReviewSchema.parse(each)))[2]
    expect(people?.read).toBe(1)
  })

  test('a line that does not fit is named', async () => {
    const file = join(folder, 'bad.jsonl')
    const good = JSON.stringify(review('a', { outcome: { kind: 'approved' } }))
    await writeFile(file, `${good}\n${good.replace('"approved"', '"shrugged"')}\n`)
    await expect(importCommand(file, { to: folder })).rejects.toThrow(`${file}:2`)
  })
})

test('receipts become cases without labels, with what the facts tell of the ticket', async () => {
  const { cases, receipts } = await policySuite()
  const suite = await importFile('receipts.jsonl', receipts)
  expect(suite.cases).toHaveLength(receipts.length)
  const of = (id: string) => [cases, suite.cases].map((list) => list.find((each) => each.id === id))
  const [written, imported] = of('shipment-leaders')
  expect(imported?.ticket.order).toEqual(written?.ticket.order)
  expect(imported?.expected).toEqual({})
  const [renewing, renewed] = of('renewal-unhappy')
  expect(renewed?.ticket.customer).toMatchObject({
    healthScore: renewing?.ticket.customer?.healthScore,
    renewalAt: new Date('2026-04-01T00:00:00Z').toISOString(),
  })
})

test('what came from production is decided at its own instant, so that ages and renewals are what they were', async () => {
  const { definition, cases } = await readSuite('policy')
  const policy = await policyWith(() => ({}))
  const parts = { policy, code: 'test', scorers: [], concurrency: 1, cache: null, file: NO_FILE }
  const later = { ...definition, now: '2026-11-18T09:00:00Z' }
  const live = await runSuite({ definition: later, cases }, parts)
  const receipts = live.flatMap(({ receipt }) => receipt ?? [])
  const suite = await importFile('later.jsonl', receipts)
  const again = await runSuite(suite, parts)
  const factsOf = ({ receipt }: Outcome) => {
    const { values } = receipt!.facts
    return [receipt!.ticketId, values['customer.renewal'], values['ticket.ageMinutes']]
  }
  expect(live.some(({ receipt }) => receipt!.facts.values['customer.renewal'] !== undefined)).toBe(
    true,
  )
  expect(again.map(factsOf)).toEqual(live.map(factsOf))
})

const NO_FILE = { find: () => undefined, append: async () => {}, close: async () => {} }

async function policySuite(): Promise<{
  readonly cases: Awaited<ReturnType<typeof readSuite>>['cases']
  readonly receipts: readonly Receipt[]
}> {
  const { stored } = await runLabelled(['policy'], await policyWith(() => ({})))
  const { cases } = await readSuite('policy')
  return { cases, receipts: [...stored.graded.values()].map(({ receipt }) => receipt) }
}

describe('drift of live traffic against a suite', () => {
  const LIMITS = { psi: 0.25, unscored: 0.1, overturn: 0.25 }

  test('the same traffic has not moved; without reviews the overturn rate is undefined', async () => {
    const { receipts } = await policySuite()
    const drift = measureDrift(receipts, receipts, [], LIMITS)
    expect(drift.hasDrifted).toBe(false)
    expect(drift.facts.every(({ psi }) => psi === 0)).toBe(true)
    expect(drift.overturned.rate).toBeNull()
  })

  test('other severities, unread tickets and overturned reviews are each named', async () => {
    const { receipts } = await policySuite()
    const louder = await runLabelled(
      ['policy'],
      await policyWith(() => ({ triggers: [alwaysRaise('P1')] })),
    )
    const live = [...louder.stored.graded.values()].map(({ receipt }) => receipt)
    const moved = measureDrift(receipts, live, [], LIMITS)
    const unmoved = new Set(['intent', 'sentiment', 'language', 'customer.tier'])
    expect(moved.facts.find(({ fact }) => fact === 'severity')?.hasDrifted).toBe(true)
    expect(moved.facts.filter(({ fact }) => unmoved.has(fact)).every(({ psi }) => psi === 0)).toBe(
      true,
    )

    const unread = receipts.filter(({ facts }) => facts.values['intent'] === undefined)
    expect(measureDrift(receipts, unread, [], LIMITS).unscored).toMatchObject({
      live: 1,
      hasDrifted: true,
    })

    const reviews = [
      review('a', { outcome: { kind: 'approved' } }),
      review('b', { outcome: { kind: 'dismissed', severity: 'P3' } }),
      review('c', { outcome: null }),
    ]
    expect(measureDrift(receipts, receipts, reviews, LIMITS)).toMatchObject({
      overturned: { rate: 0.5, hasDrifted: true },
      hasDrifted: true,
    })
  })

  test('the command tells it by its exit code and as JSON', async () => {
    const { receipts } = await policySuite()
    const run = join(folder, 'run')
    await runCommand(runOptions(run, { suite: ['policy'] }), {}, new AbortController().signal)
    const drift = async (live: readonly object[], given: { suite?: string } = {}) => {
      const file = join(folder, 'live.jsonl')
      await writeFile(file, live.map((each) => JSON.stringify(each)).join('\n'))
      const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
      const code = await driftCommand(file, run, { ...LIMITS, ...given, json: true })
      return { code, shown: JSON.parse(String(written.mock.calls.at(-1)?.[0])) as Drift }
    }
    expect(await drift(receipts)).toMatchObject({ code: 0, shown: { hasDrifted: false } })
    const unread = receipts.filter(({ facts }) => facts.values['intent'] === undefined)
    expect(await drift(unread)).toMatchObject({ code: 1, shown: { unscored: { live: 1 } } })
    await expect(drift([{ not: 'a receipt' }])).rejects.toThrow('live.jsonl:1')
    await expect(drift([])).rejects.toThrow('there is no receipt in it')
    await expect(drift(receipts, { suite: 'polcy' })).rejects.toThrow('its suites are policy')
  })

  test('the index is the sum over the shares, and undefined without traffic', () => {
    const base = ['a', 'a', 'a', 'b']
    const live = ['a', 'b', 'b', 'b']
    expect(populationStability(base, live)).toBeCloseTo(0.5 * Math.log(3) * 2, 12)
    expect(populationStability([], live)).toBeNull()
    expect(Number.isFinite(populationStability(base, ['new', 'new']))).toBe(true)
  })
})

test('agreement of the service with people, and of people with each other', () => {
  const ruled = (id: string, severity: 'P1' | 'P3', blind = false) =>
    review(id, {
      blind,
      outcome: severity === 'P1' ? { kind: 'approved' } : { kind: 'dismissed', severity },
    })
  const [all, blind, people] = agreementOfReviews([
    ruled('a', 'P1'),
    ruled('a', 'P1'),
    ruled('b', 'P3', true),
    ruled('b', 'P1'),
    review('c', { outcome: null }),
  ])
  expect(all).toMatchObject({ read: 4, same: 0.75 })
  expect(blind).toMatchObject({ read: 1, same: 0 })
  expect(people).toMatchObject({ read: 2, same: 0.5 })
  // Krippendorff by hand: pairs (1,1) and (3,1); observed 2, expected over 1,1,1,3: 6 ÷ 3.
  expect(people?.alpha).toBeCloseTo(0, 12)
  expect(agreementOfReviews([])[2]).toMatchObject({ read: 0, same: null, alpha: null })
})

test('a second reading is sampled the same way by everybody and never shows what was expected', async () => {
  const { cases } = await readSuite('core')
  const sample = sampleForReading(cases, 0.3)
  expect(sample).toEqual(sampleForReading(cases, 0.3))
  expect(sample.length / cases.length).toBeGreaterThanOrEqual(0.3)
  const shown = JSON.stringify(sample.map((each) => blindLine('core', each)))
  expect(shown).not.toMatch(/"expected"|"half"|"tags"/)
})

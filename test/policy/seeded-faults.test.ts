import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assign } from '../../src/domain/assign.ts'
import { addWorkingMs } from '../../src/domain/calendar.ts'
import { answerableUntil, customerClocks, type Timer } from '../../src/domain/clock.ts'
import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Facts } from '../../src/domain/facts.ts'
import { SEVERITIES, type Severity } from '../../src/domain/labels.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { checkSource } from '../../src/compose/check-source.ts'
import { compileSource } from '../../src/compose/compile-source.ts'
import type { LocatedFinding } from '../../src/policy/check/check-policy.ts'
import { FINDING_CODES, type FindingCode } from '../../src/policy/check/finding.ts'
import { FOUND, UNREADABLE, type Fault } from './seeded-faults.ts'

/** Eight weeks from here hold the end of the year. */
const FROM_MS = Date.parse('2026-11-23T00:00:00Z')
const AT = { now: '2026-11-25T15:00:00.000Z', clockStart: '2026-11-25T15:00:00.000Z' }

function faulty({ policy, edit: [from, to] }: Fault): { source: string; file: string } {
  const file = `policies/${policy}.yaml`
  const whole = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  expect(whole.split(from), `${from} stands once in ${file}`).toHaveLength(2)
  return { source: whole.replace(from, () => to), file }
}

test('there are at least 40 faults, of every kind that the check knows', () => {
  expect(UNREADABLE.length + FOUND.length).toBeGreaterThanOrEqual(40)
  expect(new Set(FOUND.map(({ code }) => code))).toEqual(new Set(Object.keys(FINDING_CODES)))
})

test.each(UNREADABLE.map((fault) => [fault.what, fault] as const))('%s', (_, fault) => {
  const { source, file } = faulty(fault)
  const { problems } = checkSource(source, file, FROM_MS)
  const lines = source.split('\n')
  expect(
    problems.filter(
      ({ line, message }) => fault.says.test(message) && lines[line - 1]!.includes(fault.line),
    ),
    JSON.stringify(problems),
  ).not.toEqual([])
})

test.each(FOUND.map((fault) => [fault.what, fault] as const))('%s', (_, fault) => {
  const { source, file } = faulty(fault)
  const { problems, findings } = checkSource(source, file, FROM_MS)
  expect(problems).toEqual([])
  const lines = source.split('\n')
  const found = findings.find(
    ({ code, message, line }) =>
      code === fault.code && fault.says.test(message) && lines[line - 1]!.includes(fault.line),
  )
  expect(found, JSON.stringify(findings)).toBeDefined()
  reproduce(found!, compileSource(source, file))
})

/** The deciding code itself does what the witness says. */
function reproduce(finding: LocatedFinding, policy: CompiledPolicy): void {
  const { witness, code, message } = finding
  if (witness.kind === 'ticket') {
    const facts = { values: { language: 'en', ...witness.facts }, evidence: {} }
    expect(TICKETS[code], `how to reproduce ${code}`).toBeDefined()
    TICKETS[code]!(facts, policy, message)
  }
  if (witness.kind === 'minute') {
    expect(MINUTES[code], `how to reproduce ${code}`).toBeDefined()
    MINUTES[code]!(Date.parse(witness.at), policy, finding)
  }
  if (witness.kind === 'text') expect(witness.sentence).not.toBe('')
}

const decided = (facts: Facts, policy: CompiledPolicy): Decision =>
  decide(facts, policy, EMPTY_ROSTER, AT)
const rulesOf = ({ reasons }: Decision) => reasons.map(({ rule }) => rule)
const named = (message: string) => [...message.matchAll(/"([\w-]+)"/g)].map((match) => match[1]!)

type ByCode<F> = Partial<Readonly<Record<FindingCode, F>>>

const TICKETS: ByCode<(facts: Facts, policy: CompiledPolicy, message: string) => void> = {
  'route-overlap': (facts, policy) =>
    expect(rulesOf(decided(facts, policy))).toContain('core.ambiguous_route'),
  'route-gap': (facts, policy) => {
    expect(decided(facts, policy).route.id).toBe('otherwise')
    expect(rulesOf(decided(facts, policy))).not.toContain('core.ambiguous_route')
  },
  'rule-shadowed': (facts, policy, message) => {
    const [id] = named(message)
    expect(rulesOf(decided(facts, policy))).toContain(id)
    const without = compilePolicy({
      ...policy.policy,
      triggers: policy.policy.triggers.filter((trigger) => trigger.id !== id),
    })
    const { severity, floor } = decided(facts, policy)
    expect(decided(facts, without)).toMatchObject({ severity, floor })
  },
  'slot-unfilled': (facts, policy, message) => {
    const [id] = named(message)
    const reason = decided(facts, policy).reasons.find(({ rule }) => rule === id)
    expect(reason?.sentence).toContain('unknown')
  },
}

const severitiesIn = (text: string): readonly Severity[] =>
  SEVERITIES.filter((severity) => text.includes(severity))

/** The times of the message's segment, or the general ones. */
function timersOf(severity: Severity, policy: CompiledPolicy, message: string) {
  const id = /^In segment "([\w-]+)"/.exec(message)?.[1]
  const segment = policy.segments.find((one) => one.id === id)
  return { ...policy.timers[severity], ...segment?.timers[severity] }
}

const due = ({ target, calendar }: Timer, atMs: number) => addWorkingMs(atMs, target, calendar)

function dueOfClock(kind: string, severity: Severity, policy: CompiledPolicy, atMs: number) {
  const clocks = customerClocks(policy.timers[severity], atMs)
  return Date.parse(clocks.find((clock) => clock.kind === kind)!.dueAt)
}

function kindIn(message: string): string {
  return ['first response', 'update', 'resolution']
    .find((kind) => message.includes(`The ${kind} `))!
    .replace(' ', '_')
}

function assignedAt(atMs: number, policy: CompiledPolicy, { path, message }: LocatedFinding) {
  const team = policy.teams.get(path.split('.')[1]!)!
  const [severity] = severitiesIn(message)
  const timers = policy.timers[severity!]
  const respondByMs = due(timers.first_response, atMs)
  const answerByMs = answerableUntil(timers, atMs, respondByMs)
  return assign(team, policy, EMPTY_ROSTER, { nowMs: atMs, answerByMs })
}

const MINUTES: ByCode<(atMs: number, policy: CompiledPolicy, finding: LocatedFinding) => void> = {
  'target-order': (atMs, policy, { message }) => {
    const [worse, milder] = severitiesIn(message)
    const kind = kindIn(message)
    expect(dueOfClock(kind, worse!, policy, atMs)).toBeGreaterThan(
      dueOfClock(kind, milder!, policy, atMs),
    )
  },
  'target-sequence': (atMs, policy, { message }) => {
    const [severity] = severitiesIn(message)
    expect(dueOfClock(kindIn(message), severity!, policy, atMs)).toBeGreaterThan(
      dueOfClock('resolution', severity!, policy, atMs),
    )
  },
  'target-unmet': (atMs, policy, { message }) => {
    const [severity] = severitiesIn(message)
    const eightWeeksMs = 8 * 7 * 24 * 3_600_000
    expect(dueOfClock(kindIn(message), severity!, policy, atMs) - atMs).toBeGreaterThan(
      eightWeeksMs,
    )
  },
  'target-asleep': (atMs, policy) => {
    const { target } = policy.timers.P1.first_response
    expect(dueOfClock('first_response', 'P1', policy, atMs) - atMs).toBeGreaterThan(
      target.amount * 60_000,
    )
  },
  'review-too-slow': (atMs, policy, { message }) => {
    const timers = timersOf(severitiesIn(message)[0]!, policy, message)
    expect(due(timers.review, atMs)).toBeGreaterThanOrEqual(due(timers.first_response, atMs))
  },
  'review-backup-late': (atMs, policy, { message }) => {
    const timers = timersOf(severitiesIn(message)[0]!, policy, message)
    expect(due(timers.reviewBackup!, atMs)).toBeGreaterThanOrEqual(due(timers.review, atMs))
  },
  'team-uncovered': (atMs, policy, finding) => {
    const { lastResort, owner } = assignedAt(atMs, policy, finding)
    expect(lastResort).toBe(true)
    expect(owner).toEqual(policy.lastResort.owner.ref)
  },
  'team-single': (atMs, policy, finding) => {
    const { lastResort, owner, backup } = assignedAt(atMs, policy, finding)
    expect(lastResort).toBe(false)
    expect([policy.lastResort.owner.ref, policy.lastResort.backup.ref]).toContainEqual(backup)
    expect(owner).not.toEqual(backup)
  },
}

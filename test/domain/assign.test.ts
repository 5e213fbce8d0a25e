import { describe, expect, test } from 'vitest'
import { assign } from '../../src/domain/assign.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import type { Person } from '../../src/domain/policy.ts'
import type { Roster } from '../../src/domain/roster.ts'
import { aPolicy, aTeam } from '../support/a-policy.ts'

const MONDAY_NOON = '2026-03-09T12:00:00.000Z'
const OPEN: Roster = { open: {} }

type Parts = {
  readonly people?: Readonly<Record<string, Partial<Person>>>
  readonly roster?: Roster
  readonly now?: string
  readonly answerBy?: string
}

/** Team "duo": owners ann then bob, backups cleo then ann; last resort eve, then fay. */
function assigned({ people = {}, roster = OPEN, now = MONDAY_NOON, answerBy }: Parts) {
  const base = aPolicy()
  const policy = compilePolicy(
    aPolicy({
      teams: { ...base.teams, duo: aTeam('duo', ['ann', 'bob'], ['cleo', 'ann']) },
      people: Object.fromEntries(
        Object.entries(base.people).map(([id, person]) => [id, { ...person, ...people[id] }]),
      ),
    }),
  )
  const nowMs = Date.parse(now)
  const answerByMs = answerBy === undefined ? nowMs + 8 * 3_600_000 : Date.parse(answerBy)
  const { owner, backup, reasons } = assign(policy.teams.get('duo')!, policy, roster, {
    nowMs,
    answerByMs,
  })
  return { people: [owner.id, backup.id], because: reasons.map((reason) => reason.sentence) }
}

const onLeave = (until: string) => ({ leave: [{ from: '2026-03-01', until }] })
const OFFICE = { hours: 'office' }
const ALL_OFFICE = { ann: OFFICE, bob: OFFICE, cleo: OFFICE }

describe('assign()', () => {
  test('takes the first owner and the first backup', () => {
    expect(assigned({})).toEqual({
      people: ['ann', 'cleo'],
      because: ['ANN of Team duo is at work'],
    })
  })
  test('hands over when the owner is on leave, up to and including the last day', () => {
    const away = assigned({ people: { ann: onLeave('2026-03-09') } })
    expect(away.people).toEqual(['bob', 'cleo'])
    expect(away.because).toEqual(['BOB of Team duo is at work, because ANN is not available'])
    expect(assigned({ people: { ann: onLeave('2026-03-08') } }).people).toEqual(['ann', 'cleo'])
  })
  test('waits for an owner who is back within the grace', () => {
    const morning = { people: { ann: OFFICE }, now: '2026-03-09T07:00:00.000Z' }
    expect(assigned(morning)).toEqual({
      people: ['ann', 'cleo'],
      because: ['ANN of Team duo is back at 2026-03-09T09:00:00.000Z'],
    })
    expect(assigned({ ...morning, now: '2026-03-09T06:59:00.000Z' }).people).toEqual([
      'bob',
      'cleo',
    ])
  })
  test('does not wait longer than the customer may', () => {
    const soon = { now: '2026-03-09T08:00:00.000Z', answerBy: '2026-03-09T08:15:00.000Z' }
    expect(assigned({ people: { ann: OFFICE }, ...soon }).people).toEqual(['bob', 'cleo'])
  })
  test('keeps a ticket of the night in the team when it is answered in time', () => {
    const night = { now: '2026-03-06T22:00:00.000Z', answerBy: '2026-03-09T17:00:00.000Z' }
    expect(assigned({ people: ALL_OFFICE, ...night }).people).toEqual(['ann', 'cleo'])
  })
  test('prefers whoever is back first', () => {
    const people = { ...ALL_OFFICE, ann: { ...OFFICE, ...onLeave('2026-03-09') } }
    const night = { now: '2026-03-06T22:00:00.000Z', answerBy: '2026-03-10T17:00:00.000Z' }
    expect(assigned({ people, ...night }).people).toEqual(['bob', 'cleo'])
  })
  test('ends at the last resort, with two different people', () => {
    const night = { now: '2026-03-06T22:00:00.000Z', answerBy: '2026-03-06T22:15:00.000Z' }
    expect(assigned({ people: ALL_OFFICE, ...night })).toEqual({
      people: ['eve', 'fay'],
      because: [
        'Nobody of Team duo is there before the first response is due: EVE is the last resort',
        'No second person of Team duo is there: FAY backs up as the last resort',
      ],
    })
  })
  test('passes over people at their limit', () => {
    const people = { ann: { capacity: 3 } }
    expect(assigned({ people, roster: { open: { ann: 3 } } }).people).toEqual(['bob', 'cleo'])
    expect(assigned({ people, roster: { open: { ann: 2 } } }).people).toEqual(['ann', 'cleo'])
  })
  test('never backs somebody up with the same person', () => {
    const people = { cleo: onLeave('2026-03-20'), bob: onLeave('2026-03-20') }
    expect(assigned({ people })).toEqual({
      people: ['ann', 'fay'],
      because: [
        'ANN of Team duo is at work',
        'No second person of Team duo is there: FAY backs up as the last resort',
      ],
    })
  })
  test('lets the one of the last resort back up the other', () => {
    const base = aPolicy()
    const teams = { ...base.teams, duo: aTeam('duo', ['fay'], ['ann']) }
    const people = { ...base.people, ann: { ...base.people.ann!, ...onLeave('2026-03-20') } }
    const policy = compilePolicy(aPolicy({ teams, people }))
    const nowMs = Date.parse(MONDAY_NOON)
    const time = { nowMs, answerByMs: nowMs + 3_600_000 }
    expect(assign(policy.teams.get('duo')!, policy, OPEN, time)).toMatchObject({
      owner: { id: 'fay' },
      backup: { id: 'eve' },
    })
  })
})

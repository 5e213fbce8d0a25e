import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign } from '../../src/domain/assign.ts'
import { afterClaim, claimOf } from '../../src/domain/claim.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { routesLosingCover } from '../../src/domain/cover.ts'
import { decide } from '../../src/domain/decide.ts'
import type { FactValue } from '../../src/domain/facts.ts'
import { NOTHING_WANTED, type Wanted } from '../../src/domain/needs.ts'
import { dutyAt } from '../../src/domain/on-call.ts'
import type { Needs, Person, Policy, Team } from '../../src/domain/policy.ts'
import type { Roster } from '../../src/domain/roster.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { aPolicy, aTeam, is, target } from '../support/a-policy.ts'

const MONDAY_NOON = '2026-03-09T12:00:00.000Z'

type Plan = {
  readonly team?: Partial<Team>
  readonly people?: Readonly<Record<string, Partial<Person>>>
  readonly policy?: Partial<Policy>
  readonly roster?: Roster
  readonly now?: string
  readonly wanted?: Partial<Wanted>
}

const CITIES: Policy['calendars'] = Object.fromEntries(
  (['Europe/Berlin', 'America/Los_Angeles', 'Asia/Singapore'] as const).map((timezone) => [
    timezone.split('/')[1]!,
    {
      id: timezone.split('/')[1]!,
      timezone,
      weekly: Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, [{ start: 540, end: 1080 }]])),
      alwaysOpen: false,
      holidays: [],
    },
  ]),
)

/** Team "trio": owners ann, bob, cleo; backup dan; last resort eve, then fay. */
function policyOf({ team = {}, people = {}, policy = {} }: Plan) {
  const base = aPolicy(policy)
  return compilePolicy({
    ...base,
    calendars: { ...base.calendars, ...CITIES },
    teams: {
      ...base.teams,
      trio: { ...aTeam('trio', ['ann', 'bob', 'cleo'], ['dan']), ...team },
    },
    people: Object.fromEntries(
      Object.entries(base.people).map(([id, person]) => [id, { ...person, ...people[id] }]),
    ),
  })
}

function assigned(plan: Plan) {
  const policy = policyOf(plan)
  const nowMs = Date.parse(plan.now ?? MONDAY_NOON)
  const time = { nowMs, answerByMs: nowMs + 8 * 3_600_000 }
  const { roster = EMPTY_ROSTER } = plan
  return assign(policy.teams.get('trio')!, policy, roster, time, {
    ...NOTHING_WANTED,
    ...plan.wanted,
  })
}
const ownerOf = (plan: Plan) => assigned(plan).owner.id
const because = (plan: Plan) => assigned(plan).reasons.map(({ sentence }) => sentence)

describe('strategies', () => {
  test('round robin asks who had a turn longest ago, and says so', () => {
    const team = { strategy: 'round-robin' } as const
    expect(ownerOf({ team })).toBe('ann')
    const roster = { open: {}, turns: { trio: { ann: 7, bob: 5, cleo: 6 } } }
    expect(ownerOf({ team, roster })).toBe('bob')
    expect(because({ team, roster })).toEqual(['BOB of Team trio, whose turn it is, is at work'])
    const away = { bob: { leave: [{ from: '2026-03-09', until: '2026-03-09' }] } }
    expect(ownerOf({ team, roster, people: away })).toBe('cleo')
    const full = { ...roster, open: { bob: 2, cleo: 2 } }
    expect(
      ownerOf({ team, roster: full, people: { bob: { capacity: 2 }, cleo: { capacity: 2 } } }),
    ).toBe('ann')
  })
  test('least loaded asks who has the fewest open tickets, then the first of the list', () => {
    const team = { strategy: 'least-loaded' } as const
    expect(ownerOf({ team, roster: { open: { ann: 2, bob: 1, cleo: 1 }, turns: {} } })).toBe('bob')
    expect(because({ team, roster: { open: { ann: 2, bob: 1 }, turns: {} } })[0]).toBe(
      'CLEO of Team trio, with the fewest open tickets (0), is at work',
    )
  })
  test('a balanced team prefers who is at work now to who comes back soon', () => {
    const team = { strategy: 'least-loaded' } as const
    // Ann's day begins at 17:00 UTC, in Los Angeles; 16:30 is within the grace of two hours.
    const people = { ann: { hours: 'Los_Angeles' } }
    const roster = { open: { bob: 5, cleo: 6 }, turns: {} }
    expect(ownerOf({ team, people, roster, now: '2026-03-09T15:30:00.000Z' })).toBe('bob')
    expect(ownerOf({ team, people, roster, now: '2026-03-09T16:30:00.000Z' })).toBe('ann')
  })
  test('expert first waits two hours for who knows, then somebody else takes it', () => {
    const team = { strategy: 'expert-first' } as const
    const people = { cleo: { skills: ['payments'], hours: 'Los_Angeles' } }
    const wanted = { skills: ['payments'] }
    expect(ownerOf({ team, people, wanted, now: '2026-03-09T14:00:00.000Z' })).toBe('cleo')
    expect(ownerOf({ team, people, wanted, now: '2026-03-09T13:59:00.000Z' })).toBe('ann')
    expect(because({ team, people, wanted, now: '2026-03-09T13:59:00.000Z' })).toContain(
      'Nobody of Team trio is there who knows payments',
    )
    const full = { ...people, cleo: { ...people.cleo, capacity: 3 } }
    const roster = { open: { cleo: 3 }, turns: {} }
    expect(ownerOf({ team, people: full, roster, wanted, now: '2026-03-09T18:00:00.000Z' })).toBe(
      'ann',
    )
  })
  test('follow the sun asks who is at work for the longest time from now', () => {
    const team = { strategy: 'follow-the-sun', graceMinutes: 30 } as const
    const people = {
      ann: { hours: 'Berlin' },
      bob: { hours: 'Los_Angeles' },
      cleo: { hours: 'Singapore' },
    }
    const at = (now: string) => ownerOf({ team, people, now: `2026-03-10T${now}:00.000Z` })
    // Singapore works 1:00 to 10:00 UTC, Berlin 8:00 to 17:00, Los Angeles 16:00 to 1:00.
    expect([at('02:00'), at('08:30'), at('12:00'), at('16:30'), at('20:00')]).toEqual([
      'cleo',
      'ann',
      'ann',
      'bob',
      'bob',
    ])
  })
  test('a customer of the west coast at 18:00 is answered by the team that is at work', () => {
    const team = { owners: ['ann'], backups: ['bob'], relief: ['night'] }
    const people = {
      ann: { hours: 'Los_Angeles' },
      bob: { hours: 'Los_Angeles' },
      cleo: { hours: 'Singapore' },
    }
    const base = aPolicy()
    const policy = { teams: { ...base.teams, night: aTeam('night', ['cleo'], ['dan']) } }
    const plan = { team, people, policy, now: '2026-03-11T01:30:00.000Z' }
    const compiled = policyOf(plan)
    const nowMs = Date.parse(plan.now)
    const got = assign(compiled.teams.get('trio')!, compiled, EMPTY_ROSTER, {
      nowMs,
      answerByMs: nowMs + 3_600_000,
    })
    expect(got).toMatchObject({
      owner: { id: 'cleo' },
      lastResort: false,
      team: { team: { id: 'night' } },
    })
    expect(got.reasons[0]!.sentence).toBe('Nobody of Team trio is there: Team night helps')
  })
  test('who is on call answers at any hour, the next in the rotation backs up', () => {
    const onCall = {
      people: ['bob', 'ann'],
      from: '2026-03-02',
      handover: 540,
      timezone: 'Europe/Berlin',
      days: 7,
    }
    const team = { strategy: 'on-call', onCall } as const
    const people = { ann: { hours: 'Berlin' }, bob: { hours: 'Berlin' } }
    const night = assigned({ team, people, now: '2026-03-09T07:59:00.000Z' })
    expect([night.owner.id, night.backup.id]).toEqual(['bob', 'ann'])
    expect(night.reasons[0]!.sentence).toBe(
      'BOB of Team trio, on call until 2026-03-09T08:00:00.000Z, is on duty',
    )
    expect(ownerOf({ team, people, now: '2026-03-09T08:00:00.000Z' })).toBe('ann')
    const away = {
      ...people,
      bob: { ...people.bob, leave: [{ from: '2026-03-02', until: '2026-03-09' }] },
    }
    expect(ownerOf({ team, people: away, now: '2026-03-08T23:00:00.000Z' })).toBe('ann')
  })
})

describe('the on-call rotation', () => {
  const rotation = {
    people: ['a', 'b', 'c'],
    from: '2026-03-16',
    handover: 540,
    timezone: 'Europe/Berlin',
    days: 7,
  }
  const at = (iso: string) => {
    const { place, untilMs } = dutyAt(rotation, Date.parse(iso))
    return `${rotation.people[place]} until ${new Date(untilMs).toISOString().slice(0, 16)}`
  }
  test('hands over at the local time, before and after the clock changes', () => {
    expect(at('2026-03-16T07:59Z')).toBe('c until 2026-03-16T08:00')
    expect(at('2026-03-16T08:00Z')).toBe('a until 2026-03-23T08:00')
    // The week of the change is an hour shorter.
    expect(at('2026-03-25T00:00Z')).toBe('b until 2026-03-30T07:00')
    expect(at('2026-03-30T07:00Z')).toBe('c until 2026-04-06T07:00')
    expect(at('2026-10-24T12:00Z')).toBe('b until 2026-10-26T08:00')
  })
  test('names one person at any instant, each for as long', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -400, max: 400 }),
        fc.integer({ min: 0, max: 86_399 }),
        (day, second) => {
          const atMs = Date.parse('2026-03-16T08:00:00Z') + (day * 86_400 + second) * 1_000
          const { place, untilMs } = dutyAt(rotation, atMs)
          expect(place).toBeGreaterThanOrEqual(0)
          expect(untilMs).toBeGreaterThan(atMs)
          expect(untilMs - atMs).toBeLessThanOrEqual((7 * 24 + 1) * 3_600_000)
          expect(dutyAt(rotation, untilMs).place).toBe((place + 1) % 3)
        },
      ),
    )
  })
})

function decided(
  plan: Plan & { readonly needs?: Needs; readonly facts?: Readonly<Record<string, FactValue>> },
) {
  const policy = policyOf({
    ...plan,
    policy: {
      routes: [
        {
          id: 'money',
          when: is('type', 'billing'),
          team: 'trio',
          because: 'it is about money',
          ...(plan.needs && { needs: plan.needs }),
        },
      ],
      ...plan.policy,
    },
  })
  const values = { language: 'de', intent: 'refund', type: 'billing', ...plan.facts }
  const at = { now: plan.now ?? MONDAY_NOON, clockStart: plan.now ?? MONDAY_NOON }
  return decide({ values, evidence: {} }, policy, plan.roster ?? EMPTY_ROSTER, at)
}

describe('what a route needs', () => {
  const people = {
    ann: { languages: ['en'], skills: ['payments'], authority: { refund: 100 } },
    bob: { languages: ['en', 'de'], regions: ['emea'], authority: { refund: 500 } },
    dan: { authority: { refund: 1_000 } },
    fay: { authority: { refund: 100_000 } },
  }
  test('language, region and skill choose the owner', () => {
    expect(decided({ people, needs: { language: true } }).route.owner.id).toBe('bob')
    expect(
      decided({ people, needs: { region: true }, facts: { 'customer.region': 'emea' } }).route.owner
        .id,
    ).toBe('bob')
    expect(decided({ people, needs: { skills: ['payments'] } }).route.owner.id).toBe('ann')
    expect(decided({ people, needs: { region: true } }).route.owner.id).toBe('ann')
  })
  test('the owner decides what the owner may', () => {
    const needs = { authority: { refund: 'attributes.requestedCredit' } }
    const decidedBy = (credit: number) => {
      const { route, reasons } = decided({
        people,
        needs,
        facts: { 'attributes.requestedCredit': credit },
      })
      return [
        route.decisionMaker!.id,
        reasons.find(({ rule }) => rule === 'core.decision_maker')?.sentence,
      ]
    }
    expect(decidedBy(100)).toEqual(['ann', undefined])
    // The backup comes before others who may as well.
    expect(decidedBy(300)[0]).toBe('dan')
    expect(decidedBy(1_000)[0]).toBe('dan')
    expect(decidedBy(5_000)).toEqual([
      'fay',
      'FAY decides about refund 5000, which is more than ANN may',
    ])
    expect(decidedBy(1_000_000)).toEqual([
      'eve',
      'Nobody may decide about refund 1000000: EVE is the last resort',
    ])
  })
  test('without a need for authority the team says who decides, else the owner', () => {
    expect(decided({ people }).route.decisionMaker!.id).toBe('ann')
    expect(decided({ people, team: { decisionMaker: 'fay' } }).route.decisionMaker!.id).toBe('fay')
  })
  test('who has a ticket keeps it while able, whosever turn it is', () => {
    const team = { strategy: 'round-robin' } as const
    const facts = { 'ticket.ownerBefore': 'cleo' }
    expect(decided({ team, facts }).route.owner.id).toBe('cleo')
    const people = { cleo: { capacity: 2 } }
    expect(
      decided({ team, facts, people, roster: { open: { cleo: 2 }, turns: {} } }).route.owner.id,
    ).toBe('cleo')
    const away = { cleo: { leave: [{ from: '2026-03-09', until: '2026-03-12' }] } }
    expect(decided({ team, facts, people: away }).route.owner.id).toBe('ann')
  })
  test('the last resort is marked', () => {
    const people = Object.fromEntries(
      ['ann', 'bob', 'cleo', 'dan'].map((id) => [id, { capacity: 1 }]),
    )
    const roster = { open: { ann: 1, bob: 1, cleo: 1, dan: 1 }, turns: {} }
    expect(decided({ people, roster }).route).toMatchObject({
      owner: { id: 'eve' },
      lastResort: true,
    })
    expect(decided({ people }).route.lastResort).toBeUndefined()
  })
})

describe('segments', () => {
  const hour = (text: string, amount: number) => target(text, amount)
  const segments: Policy['segments'] = [
    {
      id: 'enterprise',
      when: is('customer.tier', 'enterprise'),
      severities: { P4: { first_response: hour('2h', 120), resolution: hour('24h', 1440) } },
      routes: [
        {
          id: 'key-accounts',
          when: is('type', 'billing'),
          team: 'experts',
          because: 'their own desk',
        },
      ],
      reviewRules: [{ id: 'look', when: is('type', 'billing'), because: 'a key account' }],
    },
    {
      id: 'regulated',
      when: is('customer.regulated', true),
      severities: { P4: { first_response: hour('1h', 60) } },
      routes: [],
      reviewRules: [],
    },
    {
      id: 'smb',
      when: is('customer.tier', 'smb'),
      severities: { P4: { first_response: hour('20h', 1200) } },
      routes: [],
      reviewRules: [],
    },
  ]
  const of = (facts: Readonly<Record<string, FactValue>>) =>
    decided({ policy: { segments, routes: [] }, facts })
  const firstResponse = (facts: Readonly<Record<string, FactValue>>) => of(facts).clocks[0]!.target

  test('have their own times, also slower ones; of several the faster wins', () => {
    expect(firstResponse({})).toBe('8h')
    expect(firstResponse({ 'customer.tier': 'smb' })).toBe('20h')
    expect(firstResponse({ 'customer.tier': 'enterprise' })).toBe('2h')
    expect(firstResponse({ 'customer.tier': 'enterprise', 'customer.regulated': true })).toBe('1h')
    expect(of({ 'customer.tier': 'enterprise', 'customer.regulated': true }).segments).toEqual([
      'enterprise',
      'regulated',
    ])
    expect(of({}).segments).toBeUndefined()
  })
  test('have their own routes and review rules', () => {
    const own = of({ 'customer.tier': 'enterprise' })
    expect(own).toMatchObject({
      disposition: 'review',
      route: { id: 'key-accounts', team: 'experts' },
    })
    expect(of({ 'customer.tier': 'smb' })).toMatchObject({
      disposition: 'auto',
      route: { id: 'otherwise' },
    })
  })
})

test('a three-level policy shows Critical, High and Low', () => {
  const level = (before: string) =>
    decided({ policy: { profile: 'three-level' }, facts: { 'ticket.severityBefore': before } })
      .level
  expect(['P1', 'P2', 'P3', 'P4'].map(level)).toEqual(['Critical', 'High', 'High', 'Low'])
  expect(decided({}).level).toBeUndefined()
})

test('turns are fair within one, whoever comes and goes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('none', 'ann', 'bob', 'cleo'), { maxLength: 60 }),
      (absences) => {
        let roster: Roster = EMPTY_ROSTER
        const team = { strategy: 'round-robin' } as const
        const compiled = policyOf({ team })
        const taken: Record<string, number> = { ann: 0, bob: 0, cleo: 0 }
        const run = (away: string) => {
          const open = away === 'none' ? {} : { [away]: Infinity }
          const { owner } = assign(
            compiled.teams.get('trio')!,
            compiled,
            { ...roster, open },
            { nowMs: Date.parse(MONDAY_NOON), answerByMs: Date.parse(MONDAY_NOON) + 3_600_000 },
          )
          const last = Math.max(0, ...Object.values(roster.turns?.['trio'] ?? {}))
          roster = afterClaim(roster, owner.id, { person: owner.id, team: 'trio', turn: last })
          taken[owner.id]! += 1
          return owner.id
        }
        for (const away of absences) expect(run(away)).not.toBe(away)
        // From here on all three are equally there.
        const before = { ...taken }
        for (let turn = 1; turn <= 20; turn += 1) {
          run('none')
          const since = ['ann', 'bob', 'cleo'].map((id) => taken[id]! - before[id]!)
          expect(Math.max(...since) - Math.min(...since)).toBeLessThanOrEqual(1)
        }
      },
    ),
  )
})

test('a claim says what the choice of the owner rests on', () => {
  const claim = (plan: Plan, incumbent?: string) => {
    const decision = decided(plan)
    const policy = policyOf({ ...plan })
    return claimOf(decision, policy, plan.roster ?? EMPTY_ROSTER, incumbent)
  }
  expect(claim({})).toBeNull()
  expect(claim({ people: { ann: { capacity: 3 } } })).toEqual({ person: 'ann', capacity: 3 })
  expect(claim({ team: { strategy: 'least-loaded' } })).toEqual({ person: 'ann', open: 0 })
  const roster = { open: {}, turns: { trio: { ann: 4, cleo: 5 } } }
  expect(claim({ team: { strategy: 'round-robin' }, roster })).toEqual({
    person: 'bob',
    team: 'trio',
    turn: 5,
  })
  expect(claim({ people: { ann: { capacity: 3 } } }, 'ann')).toBeNull()
})

describe('removing a person', () => {
  const DAY = 86_400_000
  const span = {
    fromMs: Date.parse('2026-03-09T00:00:00Z'),
    untilMs: Date.parse('2026-03-09T00:00:00Z') + 14 * DAY,
  }
  const routes = [
    { id: 'nights', when: is('type', 'technical'), team: 'nights', because: 'b' },
    { id: 'days', when: is('type', 'billing'), team: 'days', because: 'b' },
  ]
  const base = aPolicy()
  const people: Policy['people'] = {
    ...base.people,
    ann: { ...base.people['ann']!, hours: 'Berlin' },
    bob: { ...base.people['bob']!, hours: 'Singapore' },
    cleo: { ...base.people['cleo']!, hours: 'Berlin' },
  }
  const teams: Policy['teams'] = {
    ...base.teams,
    front: aTeam('front', ['dan'], ['ann']),
    days: aTeam('days', ['ann'], ['cleo']),
    nights: aTeam('nights', ['bob'], ['ann']),
  }
  const policy = { ...base, calendars: { ...base.calendars, ...CITIES }, routes, people, teams }
  const lost = (person: string) =>
    routesLosingCover(compilePolicy(policy), person, span).map(({ route }) => route)

  test('names exactly the routes that lose cover', () => {
    expect(lost('cleo')).toEqual([])
    expect(lost('bob')).toEqual(['nights'])
    expect(lost('dan')).toEqual(['otherwise'])
    expect(lost('fay')).toEqual([])
    // Eve is the last resort of the nights and weekends of all three, except of the front, where Dan always is.
    expect(lost('eve')).toEqual(['days', 'nights'])
    // Without Ann, Cleo has the days; nobody has the hours of Berlin that Singapore sleeps through.
    expect(lost('ann')).toEqual(['nights'])
  })

  test('agrees with a policy that was written without the person', () => {
    const whole = compilePolicy(policy)
    for (const person of ['ann', 'bob', 'cleo', 'dan']) {
      const rest = (ids: readonly string[]) => ids.filter((id) => id !== person)
      const reduced = compilePolicy({
        ...policy,
        teams: Object.fromEntries(
          Object.entries(policy.teams).map(([id, team]) => [
            id,
            { ...team, owners: rest(team.owners), backups: rest(team.backups) },
          ]),
        ),
      })
      const emptied: string[] = []
      for (const [route, team] of [
        ['days', 'days'],
        ['nights', 'nights'],
        ['otherwise', 'front'],
      ] as const) {
        for (let nowMs = span.fromMs; nowMs < span.untilMs; nowMs += 900_000) {
          const time = { nowMs, answerByMs: nowMs + 15 * 60_000 }
          const without = assign(reduced.teams.get(team)!, reduced, EMPTY_ROSTER, time).lastResort
          if (!without || assign(whole.teams.get(team)!, whole, EMPTY_ROSTER, time).lastResort)
            continue
          emptied.push(route)
          break
        }
      }
      expect(lost(person), person).toEqual(emptied)
    }
  })
})

/**
 * `npm run rig:ownership [-- TICKETS]`: that many tickets (100,000) over eight weeks, each decided on the roster of its
 * moment and solved some hours later. Prints what became of them and one line of JSON; exits 1 when a ticket had no
 * owner or backup, somebody was over the limit without being the marked last resort, turns were unfair, or a receipt
 * did not replay.
 */
import { pathToFileURL } from 'node:url'
import { afterClaim, claimOf } from '../../src/domain/claim.ts'
import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Facts } from '../../src/domain/facts.ts'
import type { Policy } from '../../src/domain/policy.ts'
import type { Roster } from '../../src/domain/roster.ts'
import { aPolicy, aTeam, aTrigger, gte, is } from '../support/a-policy.ts'
import { seededRandom } from '../support/seeded-random.ts'

const HOUR_MS = 3_600_000
/** Four weeks before the clocks change in Europe, after they did in America. */
const START_MS = Date.parse('2026-03-09T00:00:00Z')
const EIGHT_WEEKS = 56

export type Simulation = {
  readonly tickets: number
  readonly withoutOwner: number
  readonly ownerIsBackup: number
  readonly overLimit: number
  readonly lastResort: number
  readonly unknownPeople: number
  /** Largest difference of turns within a stretch in which all of the team were there and below their limits. */
  readonly turnSpread: number
  readonly notReplayed: number
  readonly owners: Readonly<Record<string, number>>
}

function hours(
  id: string,
  timezone: string,
  start: number,
  end: number,
): Policy['calendars'][string] {
  const weekly = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, [{ start, end }]]))
  return {
    id,
    timezone,
    weekly,
    alwaysOpen: false,
    holidays: ['2026-04-03', '2026-04-06', '2026-05-01'],
  }
}

/** People of three continents with limits, leave, skills, languages and every strategy. */
export function simulatedPolicy(): CompiledPolicy {
  const base = aPolicy()
  const person = (id: string, part: Partial<Policy['people'][string]>) => [
    id,
    { id, name: id.toUpperCase(), role: 'Support', leave: [], ...part },
  ]
  const shifts = ['berlin', 'york', 'singapore'] as const
  const staff = Array.from({ length: 18 }, (_, place) =>
    person(`s${place}`, {
      hours: shifts[place % 3]!,
      capacity: 20 + place,
      languages: place % 2 === 0 ? ['en', 'de'] : ['en'],
      skills: place % 4 === 0 ? ['payments'] : [],
      regions: [shifts[place % 3]!],
      authority: { refund: place * 100 },
      leave: place === 5 ? [{ from: '2026-03-23', until: '2026-04-10' }] : [],
    }),
  )
  const always = Array.from({ length: 6 }, (_, place) => person(`d${place}`, { capacity: 15 }))
  const turns = ['t0', 't1', 't2', 't3'].map((id) => person(id, {}))
  const s = (...places: readonly number[]) => places.map((place) => `s${place}`)
  const all = s(0, 1, 2, 3, 4, 5, 6, 7, 8)
  return compilePolicy({
    ...base,
    calendars: {
      ...base.calendars,
      berlin: hours('berlin', 'Europe/Berlin', 510, 1050),
      york: hours('york', 'America/New_York', 540, 1050),
      singapore: hours('singapore', 'Asia/Singapore', 540, 1080),
    },
    people: {
      ...base.people,
      ...(Object.fromEntries([...staff, ...always, ...turns]) as Policy['people']),
    },
    teams: {
      ...base.teams,
      front: { ...aTeam('front', all, s(9, 10, 11)), strategy: 'round-robin', relief: ['duty'] },
      sun: { ...aTeam('sun', s(9, 10, 11, 12, 13, 14), s(0, 1, 2)), strategy: 'follow-the-sun' },
      money: {
        ...aTeam('money', s(12, 13, 14, 15, 16, 17), s(3, 4, 5)),
        strategy: 'least-loaded',
        relief: ['sun'],
      },
      experts: {
        ...aTeam('experts', s(0, 4, 8, 12, 16), s(6, 7)),
        strategy: 'expert-first',
        relief: ['duty'],
      },
      duty: {
        ...aTeam('duty', ['d0', 'd1', 'd2'], ['d3', 'd4', 'd5']),
        strategy: 'on-call',
        onCall: {
          people: ['d0', 'd1', 'd2'],
          from: '2026-03-02',
          handover: 540,
          timezone: 'Europe/Berlin',
          days: 7,
        },
      },
      turns: { ...aTeam('turns', ['t0', 't1', 't2', 't3'], ['ann']), strategy: 'round-robin' },
    },
    triggers: [
      aTrigger('urgent', gte('urgency', 3), { raise: 'P1' }),
      aTrigger('outage', is('intent', 'outage'), { raise: 'P2', type: 'technical' }),
      aTrigger('soon', gte('urgency', 2), { raise: 'P3' }),
    ],
    routes: [
      {
        id: 'technical',
        when: is('type', 'technical'),
        team: 'experts',
        because: 'b',
        needs: { skills: ['payments'] },
      },
      {
        id: 'money',
        when: is('type', 'billing'),
        team: 'money',
        because: 'b',
        needs: { language: true, authority: { refund: 'order.value' } },
      },
      {
        id: 'account',
        when: is('type', 'account'),
        team: 'sun',
        because: 'b',
        needs: { region: true },
      },
      { id: 'night', when: is('type', 'compliance'), team: 'duty', because: 'b' },
      { id: 'turns', when: is('type', 'product'), team: 'turns', because: 'b' },
    ],
    otherwise: { id: 'otherwise', team: 'front', because: 'b' },
  })
}

export function simulate(tickets: number, days = EIGHT_WEEKS): Simulation {
  const policy = simulatedPolicy()
  const random = seededRandom(20_260_309)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  let roster: Roster = { open: {}, turns: {} }
  const open: { readonly untilMs: number; readonly owner: string }[] = []
  const owners: Record<string, number> = {}
  const turnsOf: Record<string, number> = { t0: 0, t1: 0, t2: 0, t3: 0 }
  const result = {
    withoutOwner: 0,
    ownerIsBackup: 0,
    overLimit: 0,
    lastResort: 0,
    unknownPeople: 0,
    turnSpread: 0,
    notReplayed: 0,
  }

  for (let place = 0; place < tickets; place += 1) {
    const nowMs = START_MS + Math.floor((place / tickets) * days * 24 * HOUR_MS)
    for (; open.length > 0 && open[0]!.untilMs <= nowMs; open.shift()) {
      const { owner } = open[0]!
      roster = { ...roster, open: { ...roster.open, [owner]: roster.open[owner]! - 1 } }
    }
    const facts: Facts = { values: valuesOf(pick, random), evidence: {} }
    const now = new Date(nowMs).toISOString()
    const at = { now, clockStart: now }
    const decision = decide(facts, policy, roster, at)
    const { owner, backup, decisionMaker, lastResort } = decision.route
    if (!owner?.id) result.withoutOwner += 1
    if (owner.id === backup.id) result.ownerIsBackup += 1
    for (const one of [owner, backup, decisionMaker])
      if (one === undefined || !policy.people.has(one.id)) result.unknownPeople += 1
    if (lastResort) result.lastResort += 1
    else if ((roster.open[owner.id] ?? 0) >= policy.people.get(owner.id)!.capacity)
      result.overLimit += 1
    if (place % 97 === 0) {
      const stored = JSON.parse(JSON.stringify({ facts, roster, at })) as {
        facts: Facts
        roster: Roster
        at: typeof at
      }
      const again = decide(stored.facts, policy, stored.roster, stored.at)
      if (JSON.stringify(again) !== JSON.stringify(decision)) result.notReplayed += 1
    }
    owners[owner.id] = (owners[owner.id] ?? 0) + 1
    if (decision.route.team === 'turns') {
      turnsOf[owner.id]! += 1
      const counts = Object.values(turnsOf)
      result.turnSpread = Math.max(result.turnSpread, Math.max(...counts) - Math.min(...counts))
    }
    roster = afterClaim(roster, owner.id, claimOf(decision, policy, roster, undefined))
    insert(open, { owner: owner.id, untilMs: nowMs + Math.floor((1 + random() * 12) * HOUR_MS) })
  }
  return { tickets, ...result, owners }
}

function valuesOf(pick: <T>(items: readonly T[]) => T, random: () => number): Facts['values'] {
  return {
    language: pick(['en', 'en', 'de', 'fr']),
    intent: pick(['outage', 'refund', 'how_to', 'how_to', 'bug']),
    type: pick(['technical', 'billing', 'account', 'compliance', 'product', 'general', 'service']),
    urgency: pick([0, 0, 0, 1, 1, 2, 2, 3]),
    'customer.region': pick(['berlin', 'york', 'singapore', 'elsewhere']),
    'order.value': Math.floor(random() * 2_500),
  }
}

/** Keeps the list sorted by end, so that the next to be solved is first. */
function insert<T extends { readonly untilMs: number }>(list: T[], item: T): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.untilMs <= item.untilMs) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, item)
}

export function faultsOf(simulation: Simulation): readonly string[] {
  const { withoutOwner, ownerIsBackup, overLimit, unknownPeople, turnSpread, notReplayed } =
    simulation
  const counts = { withoutOwner, ownerIsBackup, overLimit, unknownPeople, notReplayed }
  const found = Object.entries(counts).flatMap(([name, count]) =>
    count > 0 ? `${name}: ${count}` : [],
  )
  return turnSpread > 1 ? [...found, `turnSpread: ${turnSpread}`] : found
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const started = performance.now()
  const simulation = simulate(Number(process.argv[2] ?? 100_000))
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const faults = faultsOf(simulation)
  console.log(
    `${simulation.tickets} tickets over eight weeks in ${seconds} s; ${simulation.lastResort} went to the marked last resort`,
  )
  console.log(
    faults.length === 0
      ? 'Every one had an owner within the limits'
      : `Faults: ${faults.join(', ')}`,
  )
  console.log(JSON.stringify({ ...simulation, seconds, faults }))
  process.exitCode = faults.length === 0 ? 0 : 1
}

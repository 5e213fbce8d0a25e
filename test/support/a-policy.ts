import type { Condition, Matcher, Policy, Target, Trigger } from '../../src/domain/policy.ts'

/** A small whole policy; parts can be replaced. Its people can be reached at any time unless a test says otherwise. */
export function aPolicy(part: Partial<Policy> = {}): Policy {
  return {
    id: 'test',
    version: '1',
    hash: 'unhashed',
    profile: 'four-level',
    attributes: {},
    calendars: {
      always: { id: 'always', timezone: 'UTC', weekly: {}, alwaysOpen: true, holidays: [] },
      office: {
        id: 'office',
        timezone: 'UTC',
        weekly: Object.fromEntries(
          [1, 2, 3, 4, 5].map((day) => [day, [{ start: 540, end: 1020 }]]),
        ),
        alwaysOpen: false,
        holidays: [],
      },
    },
    severities: {
      P1: {
        ...severity('15m', '30m', '4h'),
        review: target('5m', 5),
        reviewBackupAfter: target('3m', 3),
      },
      P2: { ...severity('1h', '2h', '8h'), review: target('20m', 20) },
      P3: severity('4h', '8h', '24h'),
      P4: severity('8h', '8h', '48h'),
    },
    phrases: [],
    triggers: [],
    routes: [],
    otherwise: { id: 'otherwise', team: 'front', because: 'the front line takes it' },
    people: Object.fromEntries(
      ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay'].map((id) => [
        id,
        { id, name: id.toUpperCase(), role: `Role of ${id}`, leave: [] },
      ]),
    ),
    teams: {
      front: aTeam('front', ['ann', 'bob'], ['bob', 'ann']),
      experts: aTeam('experts', ['cleo'], ['dan']),
      review: aTeam('review', ['eve'], ['fay']),
    },
    lastResort: { owner: 'eve', backup: 'fay' },
    review: { team: 'review', rules: [], budget: target('30m', 30) },
    spikes: { windowMinutes: 60, minCustomers: 5, ratio: 3 },
    types: {},
    tags: ['severity-{severity}'],
    messages: { acknowledgement: '{owner} answers {nextUpdate}' },
    cases: [],
    ...part,
  }
}

export function aTeam(
  id: string,
  owners: readonly string[],
  backups: readonly string[],
): Policy['teams'][string] {
  return { id, name: `Team ${id}`, tier: 1, owners, backups, graceMinutes: 120 }
}

export function aTrigger(id: string, when: Condition, part: Partial<Trigger> = {}): Trigger {
  return {
    id,
    category: 'urgency',
    when,
    raise: 'P2',
    floor: false,
    because: `${id} fired`,
    review: false,
    ...part,
  }
}

export function fact(name: string, matcher: Matcher): Condition {
  return { kind: 'fact', fact: name, matcher }
}

export const is = (name: string, value: string | number | boolean) =>
  fact(name, { op: 'is', value })

export const includes = (name: string, ...values: readonly string[]) =>
  fact(name, { op: 'includes', values })

export const gte = (name: string, value: number) => fact(name, { op: 'gte', value })

export function target(text: string, amount: number, calendar = 'always'): Target {
  return { amount, unit: 'minutes', calendar, text }
}

const HOURS: Readonly<Record<string, number>> = {
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '8h': 480,
  '24h': 1440,
  '48h': 2880,
}

function severity(first: string, update: string, resolution: string) {
  return {
    meaning: 'meaning',
    examples: ['example'],
    targets: {
      first_response: target(first, HOURS[first]!),
      update: target(update, HOURS[update]!),
      resolution: target(resolution, HOURS[resolution]!),
    },
  }
}

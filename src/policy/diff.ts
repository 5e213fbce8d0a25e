import { canonicalJson } from '../domain/canonical-json.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { describeCondition } from '../domain/describe-condition.ts'
import { SEVERITIES } from '../domain/labels.ts'
import type { Policy } from '../domain/policy.ts'
import { runCase } from './run-case.ts'

/** One thing that differs between two policies. */
export type PolicyChange = {
  readonly section: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly name: string
  /** "raise P2 → P1" */
  readonly details: readonly string[]
}

/** A case of either policy that the two decide differently. */
export type CaseChange = { readonly id: string; readonly details: readonly string[] }

export type PolicyDiff = {
  readonly changes: readonly PolicyChange[]
  readonly cases: readonly CaseChange[]
}

/** What differs between two policies, rule by rule in words, and which example tickets of either decide otherwise. */
export function diffPolicies(before: CompiledPolicy, after: CompiledPolicy): PolicyDiff {
  const [was, is] = [before.policy, after.policy]
  return {
    changes: [
      ...changesOf('severities', severitiesOf(was), severitiesOf(is)),
      ...changesOf('triggers', byId(was.triggers), byId(is.triggers)),
      ...changesOf(
        'routes',
        byId([...was.routes, was.otherwise]),
        byId([...is.routes, is.otherwise]),
      ),
      ...changesOf('review rules', byId(was.review.rules), byId(is.review.rules)),
      ...changesOf('teams', was.teams, is.teams),
      ...changesOf('people', was.people, is.people),
      ...changesOf('calendars', was.calendars, is.calendars),
      ...changesOf('phrases', byId(was.phrases), byId(is.phrases)),
      ...changesOf('the rest', restOf(was), restOf(is)),
    ],
    cases: caseChanges(before, after),
  }
}

type Named = Readonly<Record<string, unknown>>

function byId(items: readonly { readonly id: string }[]): Named {
  return Object.fromEntries(items.map((item) => [item.id, item]))
}

function severitiesOf({ severities }: Policy): Named {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, severities[severity]]))
}

const SECTIONS: ReadonlySet<string> = new Set([
  'severities',
  'triggers',
  'routes',
  'otherwise',
  'teams',
  'people',
  'calendars',
  'phrases',
  'cases',
  'hash',
])

function restOf(policy: Policy): Named {
  const { review, ...others } = policy
  const { rules: _rules, ...reviewRest } = review
  return {
    ...Object.fromEntries(Object.entries(others).filter(([name]) => !SECTIONS.has(name))),
    review: reviewRest,
  }
}

function changesOf(section: string, was: Named, is: Named): readonly PolicyChange[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name): readonly PolicyChange[] => {
    if (was[name] === undefined)
      return [{ section, kind: 'added', name, details: summary(is[name]) }]
    if (is[name] === undefined)
      return [{ section, kind: 'removed', name, details: summary(was[name]) }]
    const details = detailsOf(was[name], is[name])
    return details.length === 0 ? [] : [{ section, kind: 'changed', name, details }]
  })
}

function summary(value: unknown): readonly string[] {
  if (!isRecord(value)) return [show('', value)]
  const told = ['when', 'raise', 'team', 'because', 'owners', 'hours'].filter(
    (field) => field in value,
  )
  return told.map((field) => `${field} ${show(field, value[field])}`)
}

function detailsOf(was: unknown, is: unknown, at = ''): readonly string[] {
  if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return []
  const isWhole = at === 'when' || !isRecord(was) || !isRecord(is)
  if (isWhole) return [`${at} ${show(at, was)} → ${show(at, is)}`.trim()]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
    detailsOf(was[name], is[name], at === '' ? name : `${at}.${name}`),
  )
}

function show(field: string, value: unknown): string {
  if (value === undefined) return 'nothing'
  if (field === 'when')
    return `"${describeCondition(value as Parameters<typeof describeCondition>[0])}"`
  if (isRecord(value) && typeof value['text'] === 'string') return value['text']
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function caseChanges(before: CompiledPolicy, after: CompiledPolicy): readonly CaseChange[] {
  const cases = new Map(
    [...before.policy.cases, ...after.policy.cases].map((one) => [one.id, one] as const),
  )
  return [...cases.values()].flatMap((one) => {
    const [was, is] = [runCase(one, before).decision, runCase(one, after).decision]
    const fields = [
      ['severity', was.severity, is.severity],
      ['type', was.type, is.type],
      ['team', was.route.team, is.route.team],
      ['owner', was.route.owner.name, is.route.owner.name],
      ['disposition', was.disposition, is.disposition],
    ] as const
    const details = fields
      .filter(([, old, now]) => old !== now)
      .map(([field, old, now]) => `${field} ${old} → ${now}`)
    return details.length === 0 ? [] : [{ id: one.id, details }]
  })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

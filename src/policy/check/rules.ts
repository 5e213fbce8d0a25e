import { canonicalJson } from '../../domain/canonical-json.ts'
import type { CompiledPolicy, CompiledRule, CompiledTrigger } from '../../domain/compile-policy.ts'
import type { CompiledCondition } from '../../domain/condition.ts'
import { atomsOf, factSpaceOf, type FactSpace } from '../../domain/fact-space.ts'
import { describeCondition } from '../../domain/describe-condition.ts'
import type { Found, Wish } from '../../domain/find-facts.ts'
import { allOf, findDecided, findFacts, holds } from '../../domain/find-facts.ts'
import { isMoreSevere } from '../../domain/labels.ts'
import { segmentRoutes, type SegmentRoute } from '../../domain/segment-routes.ts'
import { slotsOf } from '../../domain/sentence.ts'
import type { Condition, Route } from '../../domain/policy.ts'
import type { Path } from '../problem.ts'
import type { Finding, FindingCode } from './finding.ts'

/** What makes a policy unusable: overlapping routes and rules that can never hold. */
export function checkRulesForErrors(policy: CompiledPolicy): readonly Finding[] {
  const find = finderOf(policy)
  return [...overlaps(policy, find), ...unreachable(policy, find)]
}

/** The same with gaps, idle rules and sentences with holes; each finding with the facts of a ticket that shows it. */
export function checkRules(policy: CompiledPolicy): readonly Finding[] {
  const find = finderOf(policy)
  return [
    ...checkRulesForErrors(policy),
    ...gaps(policy, find),
    ...shadowed(policy, find),
    ...repeated(policy),
    ...unfilled(policy, find),
  ]
}

function finderOf(policy: CompiledPolicy): Find {
  const space = spaceOf(policy)
  return {
    heard: (...wishes) =>
      findFacts(
        allOf(...wishes.map(({ condition, want }) => holds(condition, policy, want))),
        space,
        policy,
      ),
    decided: (...wishes) => findDecided(wishes, space, policy),
  }
}

/** Tickets as triggers hear them, and as routes and review rules see them once severity and type are decided. */
type Find = Readonly<Record<'heard' | 'decided', (...wishes: readonly Wish[]) => Found>>

const yes = (condition: CompiledCondition): Wish => ({ condition, want: true })
const no = (condition: CompiledCondition): Wish => ({ condition, want: false })

/** Everything that any rule reads. */
export function spaceOf(policy: CompiledPolicy): FactSpace {
  const rules = [
    ...policy.triggers,
    ...policy.routes,
    ...policy.reviewRules,
    ...policy.segments,
    ...segmentRoutes(policy),
    ...policy.segments.flatMap(({ reviewRules }) => reviewRules),
  ]
  return factSpaceOf(
    rules.map((rule) => rule.condition),
    policy.policy,
  )
}

function gaps(policy: CompiledPolicy, find: Find): readonly Finding[] {
  const all = [...policy.routes, ...segmentRoutes(policy)]
  const found = find.decided(...all.map(({ condition }) => no(condition)))
  if (found.kind !== 'found') return []
  return [
    {
      code: 'route-gap',
      level: 'warning',
      path: ['routes'],
      message: 'A ticket that could be read matches no route and falls to "otherwise"',
      mend: 'Add a route for it, or widen one',
      witness: { kind: 'ticket', facts: found.facts.values },
    },
  ]
}

/** General routes are asked where no segment's route matches; those of segments among each other. */
function overlaps(policy: CompiledPolicy, find: Find): readonly Finding[] {
  const own = segmentRoutes(policy)
  const general = own.map(({ condition }) => no(condition))
  return [
    ...overlapsAmong(policy.routes, general, (route) => pathOfRoute(policy, route.rule), find),
    ...overlapsAmong(own, [], (route) => pathOfSegmentRoute(route), find),
  ]
}

function overlapsAmong<R extends CompiledRule<Route>>(
  routes: readonly R[],
  where: readonly Wish[],
  pathOf: (route: R) => Path,
  find: Find,
): readonly Finding[] {
  return routes.flatMap((route, index) =>
    routes.slice(index + 1).flatMap((other): readonly Finding[] => {
      const found = find.decided(yes(route.condition), yes(other.condition), ...where)
      if (found.kind !== 'found') return []
      return [
        {
          code: 'route-overlap',
          level: 'error',
          path: pathOf(other),
          message: `Routes "${route.rule.id}" and "${other.rule.id}" match the same ticket, so neither decides`,
          mend: `Exclude one in the other: not: { ${describeCondition(route.rule.when)} }`,
          witness: { kind: 'ticket', facts: found.facts.values },
        },
      ]
    }),
  )
}

type Checked = {
  readonly rule: { readonly id: string; readonly when: Condition; readonly because: string }
  readonly condition: CompiledCondition
  readonly path: Path
  readonly seen: keyof Find
}

/** Every rule with its place in the file and the way its condition is asked. */
function checkedRules(policy: CompiledPolicy): readonly Checked[] {
  return [
    ...policy.triggers.map((trigger) => ({
      ...trigger,
      path: pathOfTrigger(policy, trigger),
      seen: 'heard' as const,
    })),
    ...policy.routes.map((route) => ({
      ...route,
      path: pathOfRoute(policy, route.rule),
      seen: 'decided' as const,
    })),
    ...segmentRoutes(policy).map((route) => ({
      ...route,
      path: pathOfSegmentRoute(route),
      seen: 'decided' as const,
    })),
    ...policy.reviewRules.map((rule) => ({
      ...rule,
      path: pathOfReviewRule(policy, rule),
      // A review rule is asked of tickets that could not be read, too.
      seen: readsDecided(rule.condition) ? ('decided' as const) : ('heard' as const),
    })),
  ]
}

function readsDecided(condition: CompiledCondition): boolean {
  return atomsOf(condition).some(({ fact }) => fact === 'severity' || fact === 'type')
}

function unreachable(policy: CompiledPolicy, find: Find): readonly Finding[] {
  return checkedRules(policy).flatMap(({ rule, condition, path, seen }) => {
    if (find[seen](yes(condition)).kind === 'none')
      return [
        dead(
          'rule-unreachable',
          [...path, 'when'],
          `No ticket can make "${rule.id}" true`,
          rule.when,
        ),
      ]
    return branchesOf(condition)
      .filter((branch) => find[seen](yes(branch)).kind === 'none')
      .map((branch) =>
        dead(
          'branch-unreachable',
          [...path, 'when'],
          `A branch of "${rule.id}" can never be true: it reads ${[...new Set(atomsOf(branch).map((atom) => `${atom.fact} ${atom.asked}`))].join(' and ')}`,
          rule.when,
        ),
      )
  })
}

function dead(code: FindingCode, path: Path, message: string, when: Condition): Finding {
  return {
    code,
    level: 'error',
    path,
    message,
    mend: 'Correct the range or the value, or take the rule out',
    witness: { kind: 'text', sentence: `It asks that ${describeCondition(when)}` },
  }
}

/** The alternatives inside a condition. */
function branchesOf(condition: CompiledCondition): readonly CompiledCondition[] {
  switch (condition.kind) {
    case 'fact':
      return []
    case 'not':
      return []
    case 'any':
      return condition.parts.flatMap((part) => [part, ...branchesOf(part)])
    case 'all':
      return condition.parts.flatMap(branchesOf)
  }
}

/** Only a trigger that does nothing but raise can be idle; a floor is kept by floors alone. */
function shadowed(policy: CompiledPolicy, find: Find): readonly Finding[] {
  return policy.triggers.flatMap((trigger) => {
    const { rule, condition } = trigger
    if (rule.type !== undefined || rule.review || rule.notify !== undefined) return []
    const stronger = policy.triggers.filter(
      (other) =>
        other !== trigger &&
        !isMoreSevere(rule.raise, other.rule.raise) &&
        (!rule.floor || other.rule.floor),
    )
    const alone = find.heard(yes(condition), ...stronger.map((other) => no(other.condition)))
    if (alone.kind !== 'none') return []
    const together = find.heard(yes(condition))
    if (together.kind !== 'found') return []
    return [
      {
        code: 'rule-shadowed' as const,
        level: 'warning' as const,
        path: pathOfTrigger(policy, trigger),
        message: `Trigger "${rule.id}" changes nothing: whenever it fires, others raise to ${rule.raise} or more`,
        mend: 'Take it out, or narrow the others',
        witness: { kind: 'ticket' as const, facts: together.facts.values },
      },
    ]
  })
}

function repeated(policy: CompiledPolicy): readonly Finding[] {
  const seen = new Map<string, string>()
  return policy.triggers.flatMap((trigger) => {
    const { id, when, raise } = trigger.rule
    const key = canonicalJson({ when, raise })
    const first = seen.get(key)
    if (first === undefined) {
      seen.set(key, id)
      return []
    }
    return [
      {
        code: 'rule-repeated' as const,
        level: 'warning' as const,
        path: pathOfTrigger(policy, trigger),
        message: `Triggers "${first}" and "${id}" ask the same and raise the same`,
        mend: 'Keep one of them',
        witness: {
          kind: 'text' as const,
          sentence: `Both ask that ${describeCondition(when)}`,
        },
      },
    ]
  })
}

/** A sentence names a fact that may be absent while its rule holds. */
function unfilled(policy: CompiledPolicy, find: Find): readonly Finding[] {
  return checkedRules(policy).flatMap(({ rule, condition, path, seen }) =>
    [...new Set(slotsOf(rule.because))].flatMap((slot) => {
      if (slot === 'severity' || slot === 'type') return []
      const absent: CompiledCondition = {
        kind: 'fact',
        fact: slot,
        matcher: { op: 'missing', missing: true },
        asked: 'is missing',
        holds: (values) => values[slot] === undefined,
      }
      const found = find[seen](yes(condition), yes(absent))
      if (found.kind !== 'found') return []
      return [
        {
          code: 'slot-unfilled' as const,
          level: 'warning' as const,
          path: [...path, 'because'],
          message: `The sentence of "${rule.id}" names {${slot}}, which may be missing when the rule holds`,
          mend: `Ask for it in the condition (${slot}: { missing: false }) or leave it out of the sentence`,
          witness: { kind: 'ticket' as const, facts: found.facts.values },
        },
      ]
    }),
  )
}

/** Compiled rules are sorted; findings point at their places in the file. */
function pathOfTrigger({ policy }: CompiledPolicy, { rule }: CompiledTrigger): Path {
  return ['triggers', policy.triggers.indexOf(rule)]
}

function pathOfRoute({ policy }: CompiledPolicy, rule: Route): Path {
  return ['routes', policy.routes.indexOf(rule)]
}

function pathOfSegmentRoute({ segment, place }: SegmentRoute): Path {
  return ['segments', segment, 'routes', place]
}

function pathOfReviewRule(
  { policy }: CompiledPolicy,
  { rule }: CompiledRule<CompiledPolicy['policy']['review']['rules'][number]>,
): Path {
  return ['review', 'rules', policy.review.rules.indexOf(rule)]
}

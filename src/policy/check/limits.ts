import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import { atomsOf } from '../../domain/fact-space.ts'
import type { Path } from '../problem.ts'
import type { Finding } from './finding.ts'

/** More rules than the policy allows itself, and rules that nobody can read any more. */
export function checkLimits(compiled: CompiledPolicy): readonly Finding[] {
  const { policy, triggers, routes, reviewRules } = compiled
  const { limits = {} } = policy
  const rules = [
    ...triggers.map((rule) => ({
      ...rule,
      path: ['triggers', policy.triggers.indexOf(rule.rule)],
    })),
    ...routes.map((rule) => ({ ...rule, path: ['routes', policy.routes.indexOf(rule.rule)] })),
  ]
  return [
    ...tooMany(policy.triggers.length, limits.triggers, 'triggers', ['triggers']),
    ...tooMany(policy.routes.length, limits.routes, 'routes', ['routes']),
    ...tooMany(reviewRules.length, limits.reviewRules, 'review rules', ['review', 'rules']),
    ...rules.flatMap(({ rule, condition, path }) =>
      tooMany(atomsOf(condition).length, limits.comparisons, `comparisons in "${rule.id}"`, path),
    ),
  ]
}

function tooMany(
  count: number,
  most: number | undefined,
  what: string,
  path: Path,
): readonly Finding[] {
  if (most === undefined || count <= most) return []
  return [
    {
      code: 'limits-exceeded',
      level: 'error',
      path,
      message: `${count} ${what}; the policy allows itself ${most}`,
      mend: 'Join rules that say the same, or raise the limit under "limits"',
      witness: { kind: 'text', sentence: `${count} is more than ${most}` },
    },
  ]
}

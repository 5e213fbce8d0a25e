import type { Report } from './problem.ts'
import type { PartialPolicy } from './schema.ts'

/** Reasons name rules by id, so triggers, routes and review rules share one list of names. */
export function checkIds(policy: PartialPolicy, report: Report): void {
  const rules = new Map<string, string>([['otherwise', 'the route of last choice']])
  claim(policy.triggers, ['triggers'], rules, report)
  claim(policy.routes, ['routes'], rules, report)
  claim(policy.review?.rules, ['review', 'rules'], rules, report)
  for (const [id, { routes, review }] of Object.entries(policy.segments ?? {})) {
    claim(routes, ['segments', id, 'routes'], rules, report)
    claim(review.rules, ['segments', id, 'review', 'rules'], rules, report)
  }
  claim(policy.phrases, ['phrases'], new Map(), report)
  claim(policy.cases, ['cases'], new Map(), report)
}

function claim(
  items: readonly { readonly id: string }[] | undefined,
  section: readonly string[],
  taken: Map<string, string>,
  report: Report,
): void {
  for (const [index, { id }] of (items ?? []).entries()) {
    const owner = taken.get(id)
    if (owner === undefined) taken.set(id, `${section.join('.')}[${index}]`)
    else
      report(
        [...section, index, 'id'],
        `Cannot use id "${id}": a name of its own required, got the one of ${owner}`,
      )
  }
}

import type { Report } from './problem.ts'
import type { PartialPolicy } from './schema.ts'

export function checkLeave(policy: PartialPolicy, report: Report): void {
  for (const [id, { leave }] of Object.entries(policy.people ?? {}))
    for (const [index, { from, until }] of leave.entries())
      if (Date.parse(until) < Date.parse(from))
        report(
          ['people', id, 'leave', index],
          `Cannot use leave of "${id}": an end after its beginning required, got ${from} to ${until}`,
        )
}

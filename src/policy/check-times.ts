import { SEVERITIES } from '../domain/labels.ts'
import type { Duration } from './duration.ts'
import type { Report } from './problem.ts'
import type { PartialPolicy, RawSeverity, RawTarget } from './schema.ts'

type Written = Duration & { readonly text: string }

/** Times of one severity that cannot all be kept. */
export function checkTimes(policy: PartialPolicy, report: Report): void {
  if (policy.severities === undefined) return
  for (const severity of SEVERITIES) {
    const path = ['severities', severity]
    const definition = policy.severities[severity]
    if (definition === undefined) {
      if (policy.profile !== 'three-level')
        report(['severities'], `Cannot read severities.P3: a map required, got nothing`)
      continue
    }
    const { review, backup, response, resolution } = timesOf(definition, policy)
    if (response.unit === resolution.unit && response.amount > resolution.amount)
      report(
        [...path, 'first_response'],
        `Cannot meet ${severity}: a first response within the resolution (${resolution.text}) required, got ${response.text}`,
      )
    if (review !== undefined && !longer(response, review))
      report(
        definition.review === undefined ? ['review', 'budget'] : [...path, 'review'],
        `Cannot hold ${severity} for review: less than its first response (${response.text}) required, got ${review.text}` +
          (definition.review === undefined ? `; give ${severity} a review time of its own` : ''),
      )
    if (backup !== undefined && review !== undefined && !longer(review, backup))
      report(
        [...path, 'review_backup_after'],
        `Cannot call the backup reviewer of ${severity}: less than the review (${review.text}) required, got ${backup.text}`,
      )
  }
}

function timesOf(definition: RawSeverity, policy: PartialPolicy) {
  const { review, review_backup_after: backup } = definition
  return {
    response: written(definition.first_response),
    resolution: written(definition.resolution),
    review: review === undefined ? policy.review?.budget : written(review),
    backup: backup === undefined ? undefined : written(backup),
  }
}

function written(target: RawTarget): Written {
  return 'time' in target ? target.time : target
}

/** Strictly longer as written, taking a business day for the shortest that is usual. */
function longer(a: Duration, b: Duration): boolean {
  return comparable(a) > comparable(b)
}

const SHORT_WORKING_DAY_MINUTES = 240

function comparable({ amount, unit }: Duration): number {
  return unit === 'minutes' ? amount : amount * SHORT_WORKING_DAY_MINUTES
}

import { availableFrom } from '../domain/assign.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { PersonRef } from '../domain/decision.ts'
import { EMPTY_ROSTER } from '../domain/roster.ts'
import { plantExercise } from '../plant-exercise.ts'
import { factsOfCase } from '../policy/run-case.ts'
import type { Db } from '../store/db.ts'
import { countExercises, putAside } from '../store/exercises.ts'
import { recordTriage } from '../store/record-triage.ts'
import { releaseLapsed, takeDefaults, tellBackups } from '../store/review-clock.ts'
import type { TickPart } from '../tick.ts'

/** What time does to reviews: claims lapse, backup reviewers are told, then the declared default holds, and exercises join. */
export function reviewParts({
  db,
  policy,
  newId,
}: {
  readonly db: Db
  readonly policy: CompiledPolicy
  readonly newId: () => string
}): readonly TickPart[] {
  return [
    { name: 'release lapsed claims', run: (now) => untilDone(() => releaseLapsed(db, now)) },
    {
      name: 'tell backup reviewers',
      run: (now) => untilDone(() => tellBackups(db, now, backupReviewers(policy, now))),
    },
    {
      name: 'take review defaults',
      run: (now) => {
        const pages = { critical: policy.nextTier, others: backupReviewers(policy, now) }
        return untilDone(() => takeDefaults(db, now, pages))
      },
    },
    {
      name: 'plant exercises',
      run: (now) =>
        plantExercise(now, {
          policy,
          newId,
          factsOf: factsOfCase,
          countReviews: (since) => countExercises(db, since),
          record: (record) => recordTriage(db, record),
          putAside: (ticketId, at) => putAside(db, ticketId, at),
        }),
    },
  ]
}

/** Batches keep statements short; a queue that was left alone for a night takes several. */
async function untilDone(batch: () => Promise<number>): Promise<number> {
  let done = 0
  for (;;) {
    const more = await batch()
    done += more
    if (more === 0) return done
  }
}

/** Of the review team's backups those at work, else all of them. */
function backupReviewers(policy: CompiledPolicy, now: Date): readonly PersonRef[] {
  const { backups } = policy.teams.get(policy.policy.review.team)!
  const nowMs = now.getTime()
  const present = backups.filter((person) => availableFrom(person, EMPTY_ROSTER, nowMs) === nowMs)
  return (present.length > 0 ? present : backups).map(({ ref }) => ref)
}

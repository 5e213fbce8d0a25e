import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { DEFAULT_RISK, detectDrift, modeOf } from '../domain/route-mode.ts'
import type { Db } from '../store/db.ts'
import { demoteRoute, listDemotions, readSamples } from '../store/route-modes.ts'
import type { TickPart } from '../tick.ts'

/** Samples older than this say nothing about today. */
const DAYS = 90
const DAY_MS = 24 * 3_600_000

/** A route whose automatic decisions drift loses that mode by itself; only a person gives it back. */
export function routeParts({
  db,
  policy,
}: {
  readonly db: Db
  readonly policy: CompiledPolicy
}): readonly TickPart[] {
  const risk = policy.policy.review.risk ?? DEFAULT_RISK
  let lookedIn: string | undefined
  return [
    {
      name: 'demote drifting routes',
      run: async (now) => {
        // Samples come slowly: once a minute is often enough.
        const minute = now.toISOString().slice(0, 16)
        if (minute === lookedIn) return 0
        const demoted = (await listDemotions(db)).map(({ route }) => route)
        const samples = await readSamples(db, new Date(now.getTime() - DAYS * DAY_MS))
        let count = 0
        for (const [route, wrong] of samples) {
          if (modeOf(route, policy, { open: {}, demoted }) !== 'auto') continue
          const { flagged, sentence } = detectDrift(wrong, risk)
          const demotion = { route, mode: 'suggest', because: sentence, now } as const
          if (flagged && (await demoteRoute(db, demotion))) count += 1
        }
        lookedIn = minute
        return count
      },
    },
  ]
}

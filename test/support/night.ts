import { randomUUID } from 'node:crypto'
import { reviewParts } from '../../src/compose/review-parts.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Db } from '../../src/store/db.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { tick } from '../../src/tick.ts'
import { aRecord } from '../store/a-record.ts'
import { seededRandom } from './seeded-random.ts'

export type Night = {
  readonly criticals: number
  /** Between arrival and the first event that tells people of ours, the longest, in seconds. */
  readonly firstNoticeSeconds: number
  /** Reviews without exactly one notice to the backup and exactly one default, each in time. */
  readonly wrong: readonly string[]
  /** Events that carry an action or reach a customer, or that no rule of a night allows. */
  readonly left: readonly string[]
  /** Defaults that are not marked as such. */
  readonly unmarked: number
  /** Reviews that no longer wait for a person. */
  readonly closed: number
}

const START = Date.parse('2026-11-21T00:00:00.000Z')
const TICK_SECONDS = 10
const REVIEW_SECONDS = 300
const BACKUP_SECONDS = 180
const ALLOWED = new Set(['decision.made', 'review.opened', 'review.defaulted', 'page.requested'])

/** Critical tickets arrive over `minutes` while nobody reviews, and several replicas tick at the same moments. */
export async function simulateNight(
  db: Db,
  {
    criticals,
    replicas,
    seed,
    minutes,
  }: { criticals: number; replicas: number; seed: number; minutes: number },
): Promise<Night> {
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const random = seededRandom(seed)
  const arrivals = Array.from(
    { length: criticals },
    () => START + Math.floor(random() * minutes * 60_000),
  )
  arrivals.sort((a, b) => a - b)
  const parts = reviewParts({ db, policy: compiled, newId: randomUUID })
  const failures: unknown[] = []

  let next = 0
  for (let at = START; at <= START + minutes * 60_000 + 600_000; at += TICK_SECONDS * 1_000) {
    for (; next < arrivals.length && arrivals[next]! <= at; next++) {
      const arrived = arrivals[next]!
      const times = {
        dueAt: new Date(arrived + REVIEW_SECONDS * 1_000).toISOString(),
        backupAt: new Date(arrived + BACKUP_SECONDS * 1_000).toISOString(),
      }
      const now = new Date(arrived)
      await recordTriage(db, aRecord({ severity: 'P1', now, review: times }))
    }
    const pass = () =>
      tick({ parts, now: () => new Date(at), onError: (error) => failures.push(error) })
    await Promise.all(Array.from({ length: replicas }, pass))
  }
  if (failures.length > 0) throw failures[0]
  return judge(db, criticals)
}

async function judge(db: Db, criticals: number): Promise<Night> {
  const events = await db.rows<{
    type: string
    payload: string
    created_at: string
    ticket: number
  }>(
    'select type, payload, created_at, ticket from outbox where tenant = $1 order by ticket, seq',
    [db.tenant],
  )
  const answers = await db.rows<{ answer: string }>(
    'select answer from receipts where tenant = $1',
    [db.tenant],
  )
  const byTicket = Map.groupBy(events, ({ ticket }) => ticket)
  const wrong: string[] = []
  let firstNoticeSeconds = 0
  for (const [ticket, told] of byTicket) {
    const arrived = Date.parse(told[0]!.created_at)
    const secondsOf = (match: (event: (typeof told)[number]) => boolean) =>
      told.filter(match).map((event) => (Date.parse(event.created_at) - arrived) / 1_000)
    const pages = (kind: string) =>
      secondsOf(({ type, payload }) => type === 'page.requested' && payload.includes(`"${kind}"`))
    const backup = pages('backup')
    const paged = pages('default')
    const defaults = secondsOf(({ type }) => type === 'review.defaulted')
    firstNoticeSeconds = Math.max(
      firstNoticeSeconds,
      secondsOf(({ type }) => type === 'review.opened')[0] ?? Infinity,
    )
    const once = (seconds: readonly number[], due: number) =>
      seconds.length === 1 && seconds[0]! >= due && seconds[0]! <= due + TICK_SECONDS
    if (
      !once(backup, BACKUP_SECONDS) ||
      !once(paged, REVIEW_SECONDS) ||
      !once(defaults, REVIEW_SECONDS)
    )
      wrong.push(`ticket ${ticket}: ${told.map(({ type }) => type).join(', ')}`)
  }
  const left = [
    ...events
      .filter(
        ({ type, payload }) =>
          !ALLOWED.has(type) || /"external"\s*:\s*true|"actions"\s*:\s*\[\s*\{/.test(payload),
      )
      .map(({ type }) => type),
    ...answers.filter(({ answer }) => !answer.includes('"actions":[]')).map(() => 'answer'),
  ]
  const unmarked = events.filter(
    ({ type, payload }) =>
      type === 'review.defaulted' && !payload.includes('default, not a person'),
  ).length
  const [closed] = await db.rows<{ n: number }>(
    `select count(*)::int as n from reviews where tenant = $1 and state <> 'pending'`,
    [db.tenant],
  )
  return {
    criticals: byTicket.size === criticals ? criticals : -1,
    firstNoticeSeconds,
    wrong,
    left,
    unmarked,
    closed: closed!.n,
  }
}

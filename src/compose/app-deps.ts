import { createAnswerReserve } from '../answer-reserve.ts'
import type { Answer } from '../domain/answer.ts'
import type { Caller } from '../domain/api-key.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { RecordOutcome } from '../domain/receipt.ts'
import { spikeRules } from '../domain/spike-rules.ts'
import type { Scorer } from '../domain/signal.ts'
import type { AppDeps, RequestLog } from '../http/app.ts'
import type { Check } from '../http/health.ts'
import { createRateLimiter } from '../http/rate-limit.ts'
import { findNames } from '../scorers/find-names.ts'
import type { Db } from '../store/db.ts'
import { earlierContacts } from '../store/earlier-contacts.ts'
import { checkStore } from '../store/health.ts'
import { openIncident } from '../store/incidents.ts'
import { countActiveKeys, findCaller } from '../store/keys.ts'
import { findReceipt } from '../store/receipts.ts'
import { readSpikes } from '../store/read-spikes.ts'
import { recordTriage } from '../store/record-triage.ts'
import { readRoster } from '../store/roster.ts'
import { findTicket } from '../store/tickets.ts'
import { saveEvent } from '../store/ticket-events.ts'
import type { SecondOpinion } from '../second-opinion.ts'
import { clocksUnder, recordTicketEvent } from '../ticket-event.ts'
import type { TriageDeps } from '../triage.ts'
import { triage } from '../triage.ts'
import { createSpikeDeps } from './spike-deps.ts'
import { createPolicyFinder } from './find-policy.ts'
import type { SourceCheck } from './check-source.ts'
import { createPolicyDeps } from './policy-deps.ts'
import { createReviewDeps } from './review-deps.ts'
import { createDeskDeps } from './desk-deps.ts'
import { createTicketDeps } from './ticket-deps.ts'
import { createWebhookDeps } from './webhook-deps.ts'
import { rememberBriefly, rememberEachBriefly } from './remember-briefly.ts'
import { createRosterCache } from './roster-cache.ts'

/** What differs between Node and Workers; everything else is the same app. */
export type AppParts = Pick<
  AppDeps,
  'docsAsset' | 'deskAssets' | 'closing' | 'version' | 'metrics'
> & {
  readonly checkPolicy: (source: string) => Promise<SourceCheck>
} & Pick<TriageDeps, 'scorers' | 'now' | 'elapsedMs' | 'newId' | 'newSalt'> & {
    readonly db: Db
    readonly policy: { readonly compiled: CompiledPolicy; readonly source: string }
    readonly scorers: readonly Scorer[]
    /** Absent: no LLM is asked after the scorers. `later` takes work that no answer waits for. */
    readonly secondOpinion?: Pick<SecondOpinion, 'scorer' | 'answerBudgetMs'> & {
      readonly later: (work: Promise<unknown>) => void
    }
    readonly config: {
      readonly loopback: boolean
      readonly rateLimitPerMinute: number
      readonly maxBodyBytes: number
      readonly allowPrivateWebhooks: boolean
    }
    readonly modelCheck: () => Check | Promise<Check>
    /** Given where the app lives shorter than the counts of its callers. */
    readonly limiter?: AppDeps['limiter']
    readonly onDecision: (answer: Answer) => void
    readonly onRequest: (entry: RequestLog) => void
    readonly onUnexpected: (error: unknown, requestId: string) => void
  }

/** How long a revoked key may still work, and a new first key is not yet asked for. */
const KEYS_MS = 5_000
/** Open tickets per person may lag this far behind; the receipt keeps what was seen. */
const ROSTER_MS = 1_000
const CACHED_KEYS = 1_000
/** Tickets in work at once; beyond this the answer is 503 with Retry-After. */
const MAX_IN_WORK = 512
const LOCAL_CALLER: Caller = { name: 'local', roles: ['admin'] }
const LEAST_FREE_BYTES = 64 * 1024 * 1024

/** Joins the store, the policy and the scorers to the app. */
export function createAppDeps(parts: AppParts): AppDeps {
  const { db, policy, now, elapsedMs } = parts
  const known = rememberEachBriefly((key) => findCaller(db, key), {
    forMs: KEYS_MS,
    most: CACHED_KEYS,
    elapsedMs,
  })
  const keysExist = rememberBriefly(async () => (await countActiveKeys(db)) > 0, KEYS_MS, elapsedMs)
  const roster = createRosterCache({ read: () => readRoster(db), forMs: ROSTER_MS, elapsedMs })

  const findPolicyOf = createPolicyFinder(db, policy.compiled, elapsedMs)

  const tell = (outcome: RecordOutcome | null) => {
    if (outcome?.kind === 'recorded') parts.onDecision(JSON.parse(outcome.answer) as Answer)
  }
  const { secondOpinion, ...alone } = parts
  const triageDeps: TriageDeps = {
    ...alone,
    findNames,
    ...(secondOpinion && {
      secondOpinion: {
        ...secondOpinion,
        reserve: createAnswerReserve(),
        isKnown: async (caller, ticketId, contentHash) =>
          (await findTicket(db, caller, ticketId))?.contentHash === contentHash,
        later: (revision) => secondOpinion.later(revision.then(tell)),
      },
    }),
    policy: policy.compiled,
    roster: roster.read,
    recentVolume: (query) => readSpikes(db, query),
    openIncident: (opening) => openIncident(db, opening),
    earlierContacts: (customer, caller) => earlierContacts(db, { customer, caller, now: now() }),
    record: roster.watch((record, decideOn) => recordTriage(db, record, decideOn)),
  }
  const reviews = createReviewDeps({ db, policy: policy.compiled, roster: roster.read, now })
  return {
    ...parts,
    ...createDeskDeps({ ...parts, listReviews: reviews.listReviews, findPolicy: findPolicyOf }),
    findCaller: known,
    openCaller: async () =>
      parts.config.loopback && !(await keysExist()) ? LOCAL_CALLER : undefined,
    limiter: parts.limiter ?? createRateLimiter(parts.config.rateLimitPerMinute, elapsedMs),
    maxBodyBytes: parts.config.maxBodyBytes,
    maxInWork: MAX_IN_WORK,
    triage: async (ticket, request) => {
      const outcome = await triage(ticket, request, triageDeps)
      tell(outcome)
      return outcome
    },
    ...createTicketDeps({ db, policy: policy.compiled, findPolicyOf, now }),
    recordTicketEvent: (about, event) =>
      recordTicketEvent(about, event, {
        now,
        workClocks: clocksUnder(findPolicyOf, policy.compiled),
        saveEvent: (whose, what, at, workClocks) => saveEvent(db, whose, what, at, workClocks),
      }),
    findReceipt: async (decisionId, caller = null) => {
      const found = await findReceipt(db, decisionId)
      return caller === null || found?.caller === caller ? found?.receipt : undefined
    },
    findPolicy: findPolicyOf,
    ...createPolicyDeps({ db, policy, findPolicyOf, now, checkPolicy: parts.checkPolicy }),
    ...reviews,
    ...createSpikeDeps({ db, rules: spikeRules(policy.compiled.policy.spikes), now }),
    ...createWebhookDeps({
      db,
      allowPrivate: parts.config.allowPrivateWebhooks,
      newId: parts.newId,
      now,
    }),
    readiness: async () => [...(await storeChecks(db)), await parts.modelCheck()],
  }
}

async function storeChecks(db: Db): Promise<readonly Check[]> {
  const { reachable, migrated, disk } = await checkStore(db)
  const checks: Check[] = [
    { name: 'store', ok: reachable, detail: reachable ? db.dialect : 'does not answer' },
    { name: 'migrations', ok: migrated, detail: migrated ? 'current' : 'not current' },
  ]
  if (disk !== null) {
    const ok = disk.writable && disk.freeBytes >= LEAST_FREE_BYTES
    checks.push({
      name: 'disk',
      ok,
      detail: `${Math.round(disk.freeBytes / 1024 / 1024)} MiB free${disk.writable ? '' : ', not writable'}`,
    })
  }
  return checks
}

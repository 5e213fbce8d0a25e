import { randomBytes } from 'node:crypto'
import type { DeskDeps } from '../desk/desk.ts'
import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { Explanation } from '../explain.ts'
import { explain } from '../explain.ts'
import type { AppDeps } from '../http/app.ts'
import type { ReviewPage } from '../http/reviews.ts'
import type { Db } from '../store/db.ts'
import {
  findSimilarTickets,
  readQueueLines,
  readQueueMark,
  readRecentReviewers,
} from '../store/desk.ts'
import { closeSession, findSession, openSession } from '../store/desk-sessions.ts'
import { findReceipt } from '../store/receipts.ts'
import { findTicket, readTicketHistory } from '../store/tickets.ts'
import { rememberBriefly } from './remember-briefly.ts'

/** A shift; who signs in again shows the key again. */
const SESSION_HOURS = 12
const QUEUE_PAGE = 25
const HISTORY_PAGE = 50
const EXPLAINED = 500
const SIMILAR = 5
const REVIEWERS_DAYS = 90
/** All open pages together ask the store about this often. */
const MARK_MS = 900

/** What the review desk needs beside the API's own dependencies. */
export function createDeskDeps({
  db,
  now,
  elapsedMs,
  listReviews,
  findPolicy,
}: {
  readonly db: Db
  readonly now: () => Date
  readonly elapsedMs: () => number
} & Pick<AppDeps, 'listReviews' | 'findPolicy'>): Pick<
  DeskDeps,
  | 'openSession'
  | 'findSession'
  | 'closeSession'
  | 'queuePage'
  | 'queueMark'
  | 'readCard'
  | 'historyPage'
  | 'recentReviewers'
  | 'now'
> {
  /** Each review with how its ticket begins. */
  async function withLines({ reviews, next }: ReviewPage) {
    const lines = await readQueueLines(
      db,
      reviews.map(({ id }) => id),
    )
    const unknown = { subject: '', body: '', customerId: null }
    return {
      items: reviews.map((review) => ({ review, ...(lines.get(review.id) ?? unknown) })),
      next,
    }
  }
  const explanations = new Map<string, Explanation>()
  /** Receipts never change, and working out what would change one is dear. */
  function explained(receipt: Receipt, policy: CompiledPolicy): Explanation {
    const known = explanations.get(receipt.decisionId)
    if (known !== undefined) return known
    if (explanations.size >= EXPLAINED) explanations.delete(explanations.keys().next().value!)
    const explanation = explain(receipt, policy)
    explanations.set(receipt.decisionId, explanation)
    return explanation
  }
  return {
    now,
    openSession: async (key) => {
      const token = randomBytes(32).toString('base64url')
      const expiresAt = new Date(now().getTime() + SESSION_HOURS * 3_600_000)
      const opened = await openSession(db, { token, key, now: now(), expiresAt })
      return opened ? { token, expiresAt } : undefined
    },
    findSession: (token) => findSession(db, token, now()),
    closeSession: (token) => closeSession(db, token, now()),
    queueMark: rememberBriefly(() => readQueueMark(db, now()), MARK_MS, elapsedMs),
    historyPage: async ({ outcome, ...filter }) =>
      withLines(await listReviews({ state: outcome ?? 'decided', limit: HISTORY_PAGE, ...filter })),
    recentReviewers: () => readRecentReviewers(db, daysBefore(now(), REVIEWERS_DAYS)),
    queuePage: async (cursor) =>
      withLines(
        await listReviews({
          state: 'open',
          limit: QUEUE_PAGE,
          ...(cursor !== undefined && { cursor }),
        }),
      ),
    readCard: async (review) => {
      const stored = await findReceipt(db, review.decisionId)
      if (stored === undefined) throw new Error('A review without its receipt')
      const [ticket, history, similar] = await Promise.all([
        findTicket(db, stored.caller, review.ticketId),
        readTicketHistory(db, stored.caller, review.ticketId),
        findSimilarTickets(db, review.id, SIMILAR),
      ])
      if (ticket === undefined) throw new Error('A review without its ticket')
      const policy = await findPolicy(stored.receipt.policy.hash)
      return {
        review,
        receipt: stored.receipt,
        ticket: ticket.original,
        clocks: ticket.clocks,
        history,
        similar,
        ...(policy !== undefined && { explanation: explained(stored.receipt, policy) }),
      }
    },
  }
}

const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * 86_400_000)
